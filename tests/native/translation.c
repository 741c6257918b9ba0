// An object such as kilnc makes of the code in multiply.h: all rounds that are left at once.
#include "device/softgpu/interpreter/wave.h"
#include "device/softgpu/translator/translated.h"
#include "multiply.h"

translated_fn translated;

const struct {
    uint32_t count, entries[1];
} translated_entries = {1, {LOOP}};

uint32_t translated(struct wave *w, uint32_t entry, uint64_t base)
{
    (void)entry, (void)base;
    for (unsigned lane = 0; lane < 32; lane++) *wave_lane(w, lane, 1) += *wave_lane(w, lane, 0) * w->sgpr[4];
    w->sgpr[4] = 0;
    w->scc = 0;
    w->place = BEHIND_LOOP;
    return WAVE_UNTRANSLATED;
}
