// Integers, bytes and branches: sparse matrix, SHA-256, string search, rays over heights, private arrays.
#include "kernels.h"

#include <stdint.h>
#include <string.h>

// --- Sparse matrix times vector: rows of up to 32 elements, whose values are small whole numbers ---

enum { ROWS = 1 << 13, LONGEST = 32 };

static void sparse(const void *in, void *out)
{
    const uint32_t *length = in, *element = length + ROWS, *x = element + (size_t)ROWS * LONGEST;
    for (uint32_t row = 0; row < ROWS; row++) {
        uint32_t sum = 0;
        for (uint32_t k = 0; k < length[row] % LONGEST; k++) {
            uint32_t e = element[row * LONGEST + k];
            sum += (e >> 24) * (x[e % ROWS] & 0xff);
        }
        ((uint32_t *)out)[row] = sum;
    }
}

const struct workload workload_sparse = {
    .name = "sparse",
    .source = "kernel void sparse(global const uint *in, global uint *out)\n"
              "{\n"
              "    size_t row = get_global_id(0), rows = get_global_size(0);\n"
              "    global const uint *element = in + rows + row * ROUNDS, *x = in + rows * (1 + ROUNDS);\n"
              "    float sum = 0;\n"
              "    for (uint k = 0, n = in[row] % ROUNDS; k < n; k++)\n"
              "        sum += (float)(element[k] >> 24) * (float)(x[element[k] % rows] & 0xff);\n"
              "    out[row] = (uint)sum;\n"
              "}\n",
    .type = WORDS,
    .inputs = ROWS * (2 + LONGEST),
    .outputs = ROWS,
    .rounds = LONGEST,
    .dimensions = 1,
    .global = {ROWS},
    .local = {64},
    .reference = sparse,
};

// --- SHA-256 of 64-byte blocks, without padding ---

enum { BLOCKS = 1 << 12 };

#define SHA_CONSTANTS                                                                                        \
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,          \
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,      \
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,      \
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,      \
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,      \
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,      \
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,      \
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2
#define SHA_START                                                                                            \
    0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19
#define TEXT_OF(...) #__VA_ARGS__
#define TEXT(...)    TEXT_OF(__VA_ARGS__)

static uint32_t turned(uint32_t x, unsigned by) { return x >> by | x << (32 - by); }

static void block_hash(const uint32_t block[16], uint32_t hash[8])
{
    static const uint32_t constants[64] = {SHA_CONSTANTS}, start[8] = {SHA_START};
    uint32_t w[64], v[8];
    memcpy(w, block, 64);
    memcpy(v, start, sizeof v);
    for (unsigned i = 16; i < 64; i++) {
        uint32_t a = w[i - 15], b = w[i - 2];
        w[i] = w[i - 16] + w[i - 7] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) +
               (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
    }
    for (unsigned i = 0; i < 64; i++) {
        uint32_t s1 = turned(v[4], 6) ^ turned(v[4], 11) ^ turned(v[4], 25);
        uint32_t s0 = turned(v[0], 2) ^ turned(v[0], 13) ^ turned(v[0], 22);
        uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants[i] + w[i];
        uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
        memmove(v + 1, v, 7 * sizeof *v);
        v[0] = t1 + t2;
        v[4] += t1;
    }
    for (unsigned k = 0; k < 8; k++) hash[k] = start[k] + v[k];
}

static void sha256(const void *in, void *out)
{
    for (unsigned i = 0; i < BLOCKS; i++)
        block_hash((const uint32_t *)in + (size_t)16 * i, (uint32_t *)out + (size_t)8 * i);
}

const struct workload workload_sha256 = {
    .name = "sha256",
    .source = "constant uint constants[64] = {" TEXT(
        SHA_CONSTANTS) "};\n"
                       "uint turned(uint x, uint by) { return rotate(x, 32 - by); }\n"
                       "kernel void sha256(global const uint *in, global uint *out)\n"
                       "{\n"
                       "    uint w[16], start[8] = {" TEXT(
                           SHA_START) "}, v[8];\n"
                                      "    for (int i = 0; i < 16; i++) w[i] = in[16 * get_global_id(0) + "
                                      "i];\n"
                                      "    for (int i = 0; i < 8; i++) v[i] = start[i];\n"
                                      "    for (int round = 0; round < 64; round += 16) {\n"
                                      "#pragma unroll\n"
                                      "        for (int i = 0; i < 16; i++) {\n"
                                      "            uint t1 = v[7] + (turned(v[4], 6) ^ turned(v[4], 11) ^ "
                                      "turned(v[4], 25)) +\n"
                                      "                      bitselect(v[6], v[5], v[4]) + constants[round + "
                                      "i] + w[i];\n"
                                      "            uint t2 = (turned(v[0], 2) ^ turned(v[0], 13) ^ "
                                      "turned(v[0], 22)) +\n"
                                      "                      bitselect(v[0], v[1], v[2] ^ v[0]);\n"
                                      "            v[7] = v[6]; v[6] = v[5]; v[5] = v[4]; v[4] = v[3] + t1;\n"
                                      "            v[3] = v[2]; v[2] = v[1]; v[1] = v[0]; v[0] = t1 + t2;\n"
                                      "            uint a = w[(i + 1) % 16], b = w[(i + 14) % 16];\n"
                                      "            w[i] += w[(i + 9) % 16] + (turned(a, 7) ^ turned(a, 18) ^ "
                                      "a >> 3) +\n"
                                      "                    (turned(b, 17) ^ turned(b, 19) ^ b >> 10);\n"
                                      "        }\n"
                                      "    }\n"
                                      "    for (int i = 0; i < 8; i++) out[8 * get_global_id(0) + i] = "
                                      "start[i] + v[i];\n"
                                      "}\n",
    .type = WORDS,
    .inputs = 16 * BLOCKS,
    .outputs = 8 * BLOCKS,
    .dimensions = 1,
    .global = {BLOCKS},
    .local = {64},
    .reference = sha256,
};

// --- Bytes: how far each place agrees with a pattern of four letters ---

enum { PLACES = 1 << 16, PATTERN = 8 };
#define LETTERS "abbacaba"

static void search(const void *in, void *out)
{
    const uint8_t *text = in;
    for (unsigned i = 0; i < PLACES; i++) {
        uint32_t k = 0;
        while (k < PATTERN && 'a' + text[i + k] % 4 == LETTERS[k]) k++;
        ((uint32_t *)out)[i] = k;
    }
}

const struct workload workload_search = {
    .name = "search",
    .source = "constant char pattern[] = \"" LETTERS "\";\n"
              "kernel void search(global const uchar *text, global uint *out)\n"
              "{\n"
              "    size_t i = get_global_id(0);\n"
              "    uint k = 0;\n"
              "    while (k < ROUNDS && 'a' + text[i + k] % 4 == pattern[k]) k++;\n"
              "    out[i] = k;\n"
              "}\n",
    .type = WORDS,
    .inputs = PLACES / 4 + PATTERN,
    .outputs = PLACES,
    .rounds = PATTERN,
    .dimensions = 1,
    .global = {PLACES},
    .local = {256},
    .reference = search,
};

// --- Rays that descend over a field of heights until they meet it: divergent, scattered reads ---

enum { RAYS = 256, FIELD = 256, STEPS = 256 };

static void march(const void *in, void *out)
{
    const uint32_t *height = in;
    for (uint32_t y = 0; y < RAYS; y++)
        for (uint32_t x = 0; x < RAYS; x++) {
            uint32_t px = x << 16, py = y << 16, z = 255 << 8, step = 0;
            while (step < STEPS &&
                   z >> 8 > height[(py >> 16) % FIELD * FIELD + (px >> 16) % FIELD] % 256 / 2) {
                px += 0x10000 + (y << 7);
                py += 0x8000 + (x << 8);
                z -= 200;
                step++;
            }
            ((uint32_t *)out)[y * RAYS + x] = step << 16 | (z >> 8);
        }
}

const struct workload workload_march = {
    .name = "march",
    .source = "kernel void march(global const uint *height, global uint *out)\n"
              "{\n"
              "    uint x = get_global_id(0), y = get_global_id(1);\n"
              "    uint px = x << 16, py = y << 16, z = 255 << 8, step = 0;\n"
              "    while (step < ROUNDS && z >> 8 > height[(py >> 16) % 256 * 256 + (px >> 16) % 256] % 256 "
              "/ 2) {\n"
              "        px += 0x10000 + (y << 7);\n"
              "        py += 0x8000 + (x << 8);\n"
              "        z -= 200;\n"
              "        step++;\n"
              "    }\n"
              "    out[y * get_global_size(0) + x] = step << 16 | (z >> 8);\n"
              "}\n",
    .type = WORDS,
    .inputs = FIELD * FIELD,
    .outputs = RAYS * RAYS,
    .rounds = STEPS,
    .dimensions = 2,
    .global = {RAYS, RAYS},
    .local = {16, 16},
    .reference = march,
};

// --- A private array with computed indices, and a function that is called ---

enum { HANDS = 1 << 13, CARDS = 64, DEALT = 64 };

static uint32_t mixed(uint32_t x)
{
    x ^= x >> 16;
    x *= 0x7feb352d;
    return x ^ x >> 15;
}

static void deal(const void *in, void *out)
{
    for (unsigned i = 0; i < HANDS; i++) {
        uint32_t card[CARDS], x = ((const uint32_t *)in)[i];
        for (uint32_t k = 0; k < CARDS; k++) card[k] = k;
        for (unsigned k = 0; k < DEALT; k++) {
            x = mixed(x + k);
            uint32_t a = x % CARDS, b = (x >> 8) % CARDS, kept = card[a];
            card[a] = card[b];
            card[b] = kept;
        }
        uint32_t sum = 0;
        for (uint32_t k = 0; k < CARDS; k++) sum = sum * 31 + card[k];
        ((uint32_t *)out)[i] = sum;
    }
}

const struct workload workload_deal = {
    .name = "deal",
    .source = "__attribute__((noinline)) uint mixed(uint x)\n"
              "{\n"
              "    x ^= x >> 16;\n"
              "    x *= 0x7feb352d;\n"
              "    return x ^ x >> 15;\n"
              "}\n"
              "kernel void deal(global const uint *in, global uint *out)\n"
              "{\n"
              "    uint card[64], x = in[get_global_id(0)], sum = 0;\n"
              "#pragma unroll 1\n"
              "    for (uint k = 0; k < 64; k++) card[k] = k;\n"
              "#pragma unroll 1\n"
              "    for (uint k = 0; k < ROUNDS; k++) {\n"
              "        x = mixed(x + k);\n"
              "        uint a = x % 64, b = (x >> 8) % 64, kept = card[a];\n"
              "        card[a] = card[b];\n"
              "        card[b] = kept;\n"
              "    }\n"
              "#pragma unroll 1\n"
              "    for (uint k = 0; k < 64; k++) sum = sum * 31 + card[k];\n"
              "    out[get_global_id(0)] = sum;\n"
              "}\n",
    .type = WORDS,
    .inputs = HANDS,
    .outputs = HANDS,
    .rounds = DEALT,
    .dimensions = 1,
    .global = {HANDS},
    .local = {64},
    .reference = deal,
};
