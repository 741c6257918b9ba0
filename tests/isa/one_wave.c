#include "one_wave.h"

#include "device/softgpu/interpreter/compute_unit.h"
#include "device/softgpu/interpreter/op.h"

#include <immintrin.h>

struct wave *one_wave_open(bool wave64)
{
    static const bool never;
    static struct fault fault;
    static struct dispatch dispatches[2];
    static struct group groups[2];
    uint32_t lanes = wave64 ? 64 : 32;
    struct dispatch *dispatch = &dispatches[wave64];
    struct group *group = &groups[wave64];
    *dispatch = (struct dispatch){
        .local = {(uint16_t)lanes, 1, 1}, .global = {lanes, 1, 1}, .groups = {1, 1, 1}, .wave64 = wave64};
    *group = (struct group){.cu = compute_unit_create(),
                            .dispatch = dispatch,
                            .cancel = &never,
                            .fault = &fault,
                            .wave_count = 1,
                            .size = {lanes, 1, 1}};
    if (!group->cu) return NULL;
    struct wave *wave = group->cu->waves;
    compute_unit_set_items(group->cu, group->size);
    wave_prepare(group->cu->model, group, NULL);
    lanes_prepare(wave, group);
    wave_launch(wave, group, 0);
    return wave;
}

const struct op *one_wave_decode(struct wave *wave, const uint32_t *code)
{
    interpreter_invalidate_code();
    compute_unit_refresh(wave->group->cu);
    return compute_unit_find(wave->group->cu, (uintptr_t)code, wave->wave64).op;
}

void one_wave_run(struct wave *wave, const struct op *entry, uint32_t mode)
{
    unsigned host = _mm_getcsr();
    wave_set_mode(wave, mode);
    wave->op = entry;
    _mm_setcsr(wave->mxcsr[ARITHMETIC_F32]);
    entry->run(wave, entry);
    _mm_setcsr(host);
}
