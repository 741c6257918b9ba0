#include "unpack.h"

#include <mpack.h>
#include <string.h>

static void fail(struct unpack *unpack, const char *why)
{
    if (!unpack->bad) unpack->bad = why;
}

// Reads one token; the bytes of a string are left in place. False where there is none.
static bool token_read(struct unpack *unpack, mpack_token_t *token)
{
    mpack_tokbuf_t buffer;
    mpack_tokbuf_init(&buffer);
    if (unpack->bad) return false;
    if (unpack->left && mpack_read(&buffer, &unpack->next, &unpack->left, token) == MPACK_OK) return true;
    fail(unpack, "malformed or truncated MessagePack");
    return false;
}

static const char *bytes_take(struct unpack *unpack, uint32_t length)
{
    const char *bytes = unpack->next;
    if (length > unpack->left) {
        fail(unpack, "a string beyond the end");
        return NULL;
    }
    unpack->next += length;
    unpack->left -= length;
    return bytes;
}

static uint32_t count_read(struct unpack *unpack, mpack_token_type_t type, const char *why)
{
    mpack_token_t token;
    if (token_read(unpack, &token) && token.type == type) return token.length;
    fail(unpack, why);
    return 0;
}

uint32_t unpack_map(struct unpack *unpack)
{
    return count_read(unpack, MPACK_TOKEN_MAP, "a map was expected");
}

uint32_t unpack_array(struct unpack *unpack)
{
    return count_read(unpack, MPACK_TOKEN_ARRAY, "an array was expected");
}

struct text unpack_text(struct unpack *unpack)
{
    mpack_token_t token;
    bool string = token_read(unpack, &token) && token.type == MPACK_TOKEN_STR;
    if (!string) fail(unpack, "a string was expected");
    const char *bytes = string ? bytes_take(unpack, token.length) : NULL;
    if (bytes && memchr(bytes, '\0', token.length)) fail(unpack, "a string with a NUL");
    return unpack->bad ? (struct text){"", 0} : (struct text){bytes, token.length};
}

uint32_t unpack_number(struct unpack *unpack)
{
    mpack_token_t token;
    if (token_read(unpack, &token) && token.type == MPACK_TOKEN_UINT && !token.data.value.hi)
        return token.data.value.lo;
    fail(unpack, "a number of at most 32 bits was expected");
    return 0;
}

bool unpack_bool(struct unpack *unpack)
{
    mpack_token_t token;
    bool fits =
        token_read(unpack, &token) && (token.type == MPACK_TOKEN_BOOLEAN || token.type == MPACK_TOKEN_UINT);
    if (fits && !token.data.value.hi && token.data.value.lo <= 1) return token.data.value.lo;
    fail(unpack, "a boolean was expected");
    return false;
}

void unpack_skip(struct unpack *unpack)
{
    uint64_t values = 1; // still to be skipped; a container's elements are added as it is met
    mpack_token_t token;
    while (values-- && token_read(unpack, &token)) {
        if (token.type == MPACK_TOKEN_ARRAY) values += token.length;
        if (token.type == MPACK_TOKEN_MAP) values += 2 * (uint64_t)token.length;
        if (token.type >= MPACK_TOKEN_BIN) bytes_take(unpack, token.length);
        if (values > unpack->left) fail(unpack, "more elements than bytes");
    }
}
