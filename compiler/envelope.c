#include "envelope.h"

#include "digest.h"

#include <string.h>

static const char magic[8] = "KILNPRG";
static const size_t digested = offsetof(struct envelope, version);

static struct digest digest_after(const void *binary, size_t size)
{
    return digest_of((const char *)binary + digested, size - digested);
}

void envelope_seal(void *binary, size_t size, enum envelope_type type, const char *isa)
{
    struct envelope envelope = {.version = ENVELOPE_VERSION, .type = type};
    memcpy(envelope.magic, magic, sizeof magic);
    strncpy(envelope.isa, isa, sizeof envelope.isa - 1);
    memcpy(binary, &envelope, sizeof envelope);
    struct digest digest = digest_after(binary, size);
    memcpy((char *)binary + offsetof(struct envelope, digest), &digest, sizeof digest);
}

int envelope_read(const void *binary, size_t size, struct envelope *envelope)
{
    if (size < sizeof *envelope) return -1;
    memcpy(envelope, binary, sizeof *envelope);
    if (memcmp(envelope->magic, magic, sizeof magic) != 0 || envelope->version != ENVELOPE_VERSION) return -1;
    struct digest digest = digest_after(binary, size);
    return memcmp(envelope->digest, &digest, sizeof digest) ? -1 : 0;
}
