// Build options.
#include "compiler/kilnc/options.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = strndup((const char *)data, size);
    struct build_options options;
    struct buffer log = {0};
    options_init(&options);
    if (text && options_parse_text(text, OPTIONS_OF_COMPILE, &options, &log) && !log.size)
        abort(); // no word about why
    options_free(&options);
    buffer_clear(&log);
    free(text);
    return 0;
}
