// Votes, ballots, logical operations, the place of an item among sub-groups, broadcasts of vectors, and that
// a spinning sub-group does not keep the others of its group from running.
#include "launch.h"

#include <CL/cl_ext.h>
#include <stdio.h>
#include <string.h>

// One item of one sub-group of a launch, with `active` items of which those in `yes` say yes.
struct item {
    cl_uint active, yes; // only bits of items that are there
    unsigned id, size;   // the item's place and the sub-group's size
    cl_uint lanes;       // bits of all items that the launch's largest sub-group has
};

typedef cl_uint expect_fn(const struct item *);

static cl_uint before(const struct item *i) { return (1U << i->id) - 1; }
static cl_uint until(const struct item *i) { return before(i) << 1 | 1; }
static cl_uint cluster_of_4(const struct item *i) { return 15U << (i->id & ~3U); }
static cl_uint parity(cl_uint set) { return (cl_uint)__builtin_parity(set); }
static cl_uint count(cl_uint set) { return (cl_uint)__builtin_popcount(set); }

static cl_uint elect(const struct item *i) { return !(i->active & before(i)); }
static cl_uint all(const struct item *i) { return i->yes == i->active; }
static cl_uint any(const struct item *i) { return i->yes != 0; }
static cl_uint same(const struct item *i) { return i->yes == i->active || !i->yes; }
static cl_uint always(const struct item *i) { return i->size > 0; }
static cl_uint alone(const struct item *i) { return (i->active & (i->active - 1)) == 0; }
static cl_uint never(const struct item *i) { return i->size == 0; }
static cl_uint ballot(const struct item *i) { return i->yes; }
static cl_uint own(const struct item *i) { return i->yes >> i->id & 1; }
static cl_uint bit_5(const struct item *i) { return i->yes >> 5 & 1; }
static cl_uint yes_count(const struct item *i) { return count(i->yes); }
static cl_uint yes_until(const struct item *i) { return count(i->yes & until(i)); }
static cl_uint yes_before(const struct item *i) { return count(i->yes & before(i)); }
static cl_uint lowest(const struct item *i) { return (cl_uint)__builtin_ctz(i->yes); }
static cl_uint highest(const struct item *i) { return 31 - (cl_uint)__builtin_clz(i->yes); }
static cl_uint lanes_count(const struct item *i) { return count(i->lanes); }
static cl_uint mask_eq(const struct item *i) { return 1U << i->id; }
static cl_uint mask_ge(const struct item *i) { return ~before(i) & i->lanes; }
static cl_uint mask_gt(const struct item *i) { return ~until(i) & i->lanes; }
static cl_uint mask_le(const struct item *i) { return until(i); }
static cl_uint mask_lt(const struct item *i) { return before(i); }

static cl_uint no(const struct item *i) { return i->active & ~i->yes; }
static cl_uint and_until(const struct item *i) { return !(no(i) & until(i)); }
static cl_uint and_before(const struct item *i) { return !(no(i) & before(i)); }
static cl_uint and_cluster(const struct item *i) { return !(no(i) & cluster_of_4(i)); }
static cl_uint or_until(const struct item *i) { return (i->yes & until(i)) != 0; }
static cl_uint or_before(const struct item *i) { return (i->yes & before(i)) != 0; }
static cl_uint or_cluster(const struct item *i) { return (i->yes & cluster_of_4(i)) != 0; }
static cl_uint xor_all(const struct item *i) { return parity(i->yes); }
static cl_uint xor_until(const struct item *i) { return parity(i->yes & until(i)); }
static cl_uint xor_before(const struct item *i) { return parity(i->yes & before(i)); }
static cl_uint xor_cluster(const struct item *i) { return parity(i->yes & cluster_of_4(i)); }

// `x` is whether the item says yes. Truth is any number but 0, so it is compared.
static const struct vote {
    const char *expression;
    expect_fn *expect;
    bool uniform; // called by all items
    bool some;    // only where somebody says yes
} votes[] = {
    {"sub_group_all(x) != 0", all, true, false},
    {"sub_group_any(x) != 0", any, true, false},
    {"sub_group_elect() != 0", elect, false, false},
    {"sub_group_non_uniform_all(x * 8) != 0", all, false, false},
    {"sub_group_non_uniform_any(x * -1) != 0", any, false, false},
    {"sub_group_non_uniform_all_equal((long)x << 40) != 0", same, false, false},
    {"sub_group_non_uniform_all_equal((char)x) != 0", same, false, false},
    {"sub_group_non_uniform_all_equal(x ? 0.0f : -0.0f) != 0", always, false, false},
    {"sub_group_non_uniform_all_equal(lane) != 0", alone, false, false},
    {"sub_group_non_uniform_all_equal(NAN) != 0", never, false, false},
    {"sub_group_ballot(x * 256).x", ballot, false, false},
    {"any(sub_group_ballot(1).yzw != 0)", never, false, false},
    {"sub_group_inverse_ballot(sub_group_ballot(x)) != 0", own, false, false},
    {"sub_group_ballot_bit_extract(sub_group_ballot(x), 5u) != 0", bit_5, false, false},
    {"sub_group_ballot_bit_count(sub_group_ballot(x))", yes_count, false, false},
    {"sub_group_ballot_bit_count((uint4)(~0u))", lanes_count, false, false},
    {"sub_group_ballot_inclusive_scan(sub_group_ballot(x))", yes_until, false, false},
    {"sub_group_ballot_exclusive_scan(sub_group_ballot(x))", yes_before, false, false},
    {"sub_group_ballot_find_lsb(sub_group_ballot(x))", lowest, false, true},
    {"sub_group_ballot_find_msb(sub_group_ballot(x))", highest, false, true},
    {"get_sub_group_eq_mask().x", mask_eq, false, false},
    {"get_sub_group_ge_mask().x", mask_ge, false, false},
    {"get_sub_group_gt_mask().x", mask_gt, false, false},
    {"get_sub_group_le_mask().x", mask_le, false, false},
    {"get_sub_group_lt_mask().x", mask_lt, false, false},
    {"any(get_sub_group_gt_mask().yzw != 0)", never, false, false},
    {"sub_group_non_uniform_reduce_logical_and(x) != 0", all, false, false},
    {"sub_group_non_uniform_reduce_logical_or(x * 2) != 0", any, false, false},
    {"sub_group_non_uniform_reduce_logical_xor(x * 3) != 0", xor_all, false, false},
    {"sub_group_non_uniform_scan_inclusive_logical_and(x) != 0", and_until, false, false},
    {"sub_group_non_uniform_scan_inclusive_logical_or(x) != 0", or_until, false, false},
    {"sub_group_non_uniform_scan_inclusive_logical_xor(x) != 0", xor_until, false, false},
    {"sub_group_non_uniform_scan_exclusive_logical_and(x) != 0", and_before, false, false},
    {"sub_group_non_uniform_scan_exclusive_logical_or(x) != 0", or_before, false, false},
    {"sub_group_non_uniform_scan_exclusive_logical_xor(x) != 0", xor_before, false, false},
    {"sub_group_clustered_reduce_logical_and(x, 4u) != 0", and_cluster, false, false},
    {"sub_group_clustered_reduce_logical_or(x, 4u) != 0", or_cluster, false, false},
    {"sub_group_clustered_reduce_logical_xor(x, 4u) != 0", xor_cluster, false, false},
};
enum { VOTES = sizeof votes / sizeof *votes };

static void vote_check(const struct vote *vote, const struct shape *shape, const cl_uint *says,
                       const cl_uint *out)
{
    struct sub_group sub_groups[ITEMS_MAX];
    unsigned groups = shape_sub_groups(shape, sub_groups);
    unsigned items = sub_groups[groups - 1].first + sub_groups[groups - 1].size;
    for (unsigned m = 0; m < (vote->uniform ? 1U : (unsigned)MASKS); m++)
        for (unsigned g = 0; g < groups; g++) {
            const struct sub_group *here = &sub_groups[g];
            struct item item = {.size = here->size, .lanes = 0xffffffff >> (32 - sub_groups[0].size)};
            item.active = masks[m] & 0xffffffff >> (32 - here->size);
            for (unsigned i = 0; i < here->size; i++) item.yes |= (says[here->first + i] & 1) << i;
            item.yes &= item.active;
            if (vote->some && !item.yes) continue;
            for (item.id = 0; item.id < here->size; item.id++) {
                cl_uint got = out[m * items + here->first + item.id];
                if (!(item.active >> item.id & 1) || got == vote->expect(&item)) continue;
                fail_msg("%s, item %u of %u, active %08x, yes %08x: %x, not %x", vote->expression, item.id,
                         item.size, item.active, item.yes, got, vote->expect(&item));
            }
        }
}

static void votes_and_ballots(void **state)
{
    static char source[VOTES * 400];
    static cl_uint out[ITEMS_MAX * MASKS], says[3][ITEMS_MAX];
    struct session session;
    cl_int status;
    (void)state;
    session_open(&session);
    size_t used = (size_t)snprintf(source, sizeof source, "%s", prelude);
    for (unsigned i = 0; i < VOTES; i++)
        used += (size_t)snprintf(
            source + used, sizeof source - used,
            "kernel void vote_%u(global const int *in, global uint *out, constant uint *masks) {"
            " int x = in[INDEX]; uint lane = get_sub_group_local_id();"
            " FOR_MASKS PUT(0, %s); }\n",
            i, votes[i].expression);
    for (unsigned i = 0; i < ITEMS_MAX; i++) says[0][i] = i * i / 3 & 1, says[1][i] = 1; // and nobody
    cl_program program = session_program(&session, source, "-cl-std=CL3.0");
    for (unsigned i = 0; i < VOTES; i++) {
        char name[16];
        snprintf(name, sizeof name, "vote_%u", i);
        cl_kernel kernel = clCreateKernel(program, name, &status);
        assert_int_equal(status, CL_SUCCESS);
        for (unsigned s = 0; s < shape_count; s++)
            for (unsigned k = 0; k < 3; k++) {
                kernel_launch(&session, kernel, &shapes[s], sizeof **says, 1, says[k], out);
                vote_check(&votes[i], &shapes[s], says[k], out);
            }
        assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    }
    assert_int_equal(clReleaseProgram(program), CL_SUCCESS);
    session_close(&session);
}

// The same kernel answers on the device what the host is told of it.
static void places_and_queries(void **state)
{
    static const char source[] =
        "kernel void use(global const uint8 *in, global uint8 *out, constant uint *masks) {"
        " out[INDEX] = (uint8)(get_sub_group_id(), get_sub_group_local_id(), get_sub_group_size(),"
        " get_max_sub_group_size(), get_num_sub_groups(), get_enqueued_num_sub_groups(), in[INDEX].s0, "
        "masks[0]); }";
    static cl_uint in[ITEMS_MAX * 8], out[ITEMS_MAX * 8 * MASKS];
    char text[2048];
    struct session session;
    (void)state;
    session_open(&session);
    snprintf(text, sizeof text, "%s%s", prelude, source);
    cl_kernel kernel = session_kernel(&session, text, "use", "-cl-std=CL3.0");
    for (unsigned s = 0; s < shape_count; s++) {
        const struct shape *shape = &shapes[s];
        struct sub_group sub_groups[ITEMS_MAX];
        size_t input = shape->dimensions * sizeof(size_t), most, enqueued;
        unsigned groups = shape_sub_groups(shape, sub_groups);
        kernel_launch(&session, kernel, shape, sizeof(cl_uint8), 1, in, out);
        assert_int_equal(clGetKernelSubGroupInfo(kernel, session.device,
                                                 CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE, input,
                                                 shape->local, sizeof most, &most, NULL),
                         CL_SUCCESS);
        assert_int_equal(clGetKernelSubGroupInfo(kernel, session.device,
                                                 CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE, input, shape->local,
                                                 sizeof enqueued, &enqueued, NULL),
                         CL_SUCCESS);
        size_t group = shape->local[0] * shape->local[1] * shape->local[2];
        for (unsigned g = 0; g < groups; g++)
            for (unsigned i = 0; i < sub_groups[g].size; i++) {
                const cl_uint *place = out + (sub_groups[g].first + i) * 8;
                unsigned start = sub_groups[g].first - sub_groups[g].first % (unsigned)group, there = 0;
                for (unsigned k = 0; k < groups; k++)
                    there += sub_groups[k].first >= start && sub_groups[k].first < start + group;
                assert_int_equal(place[0], (sub_groups[g].first - start) / SUB_GROUP);
                assert_int_equal(place[1], i);
                assert_int_equal(place[2], sub_groups[g].size);
                assert_int_equal(place[3], most);
                assert_int_equal(place[4], there);
                assert_int_equal(place[5], enqueued);
            }
    }
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    session_close(&session);
}

static void queries_and_their_errors(void **state)
{
    struct session session;
    size_t local[3] = {9, 9, 9}, count = 3, size = 0, got = 0;
    (void)state;
    session_open(&session);
    cl_kernel kernel = session_kernel(&session, "kernel void use() {}", "use", "");
    cl_kernel fixed = session_kernel(
        &session, "kernel __attribute__((reqd_work_group_size(64, 1, 1))) void use() {}", "use", "");
    const cl_kernel_sub_group_info for_count = CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT;
#define ASK(kernel, name, input_size, input, size, value, size_out)                                          \
    clGetKernelSubGroupInfo(kernel, session.device, name, input_size, input, size, value, size_out)
    assert_int_equal(ASK(kernel, for_count, sizeof count, &count, sizeof local, local, &size), CL_SUCCESS);
    assert_int_equal(size, sizeof local);
    assert_true(local[0] == 96 && local[1] == 1 && local[2] == 1);
    assert_int_equal(ASK(kernel, for_count, sizeof count, &count, sizeof(size_t), &got, NULL), CL_SUCCESS);
    assert_int_equal(got, 96);
    assert_int_equal(ASK(fixed, for_count, sizeof count, &count, sizeof local, local, NULL), CL_SUCCESS);
    assert_true(local[0] == 0 && local[1] == 0 && local[2] == 0);
    count = 2;
    assert_int_equal(ASK(fixed, for_count, sizeof count, &count, sizeof local, local, NULL), CL_SUCCESS);
    assert_true(local[0] == 64 && local[1] == 1 && local[2] == 1);
    count = 9;
    assert_int_equal(ASK(kernel, for_count, sizeof count, &count, sizeof local, local, NULL), CL_SUCCESS);
    assert_true(local[0] == 0 && local[1] == 0 && local[2] == 0);
    assert_int_equal(ASK(kernel, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0, NULL, sizeof got, &got, NULL), CL_SUCCESS);
    assert_int_equal(got, 8);
    assert_int_equal(ASK(fixed, CL_KERNEL_COMPILE_NUM_SUB_GROUPS, 0, NULL, sizeof got, &got, NULL),
                     CL_SUCCESS);
    assert_int_equal(got, 0);

    static const cl_kernel_sub_group_info with_input[] = {CL_KERNEL_MAX_SUB_GROUP_SIZE_FOR_NDRANGE,
                                                          CL_KERNEL_SUB_GROUP_COUNT_FOR_NDRANGE,
                                                          CL_KERNEL_LOCAL_SIZE_FOR_SUB_GROUP_COUNT};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(ASK(kernel, with_input[i], sizeof(size_t), NULL, sizeof got, &got, NULL),
                         CL_INVALID_VALUE);
        assert_int_equal(ASK(kernel, with_input[i], 7, local, sizeof got, &got, NULL), CL_INVALID_VALUE);
        assert_int_equal(ASK(kernel, with_input[i], 4 * sizeof(size_t), local, sizeof got, &got, NULL),
                         CL_INVALID_VALUE);
        count = 1;
        assert_int_equal(ASK(kernel, with_input[i], sizeof count, &count, 1, &got, NULL), CL_INVALID_VALUE);
        assert_int_equal(ASK(kernel, with_input[i], sizeof count, &count, 0, NULL, &size), CL_SUCCESS);
    }
    assert_int_equal(ASK(kernel, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0, NULL, 1, &got, NULL), CL_INVALID_VALUE);
    assert_int_equal(ASK(kernel, CL_KERNEL_WORK_GROUP_SIZE, 0, NULL, sizeof got, &got, NULL),
                     CL_INVALID_VALUE);
    assert_int_equal(ASK(NULL, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0, NULL, sizeof got, &got, NULL),
                     CL_INVALID_KERNEL);
    assert_int_equal(clGetKernelSubGroupInfo(kernel, (cl_device_id)kernel, CL_KERNEL_MAX_NUM_SUB_GROUPS, 0,
                                             NULL, sizeof got, &got, NULL),
                     CL_INVALID_DEVICE);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    assert_int_equal(clReleaseKernel(fixed), CL_SUCCESS);
    session_close(&session);
}

// Sub-group n waits, spinning, for sub-group n + 1: those after it have to get their turns.
static void independent_progress(void **state)
{
    static const char source[] =
        "kernel void use(global const int *in, global int *out, constant uint *masks) {"
        " local atomic_int turn; uint id = get_sub_group_id(), last = get_num_sub_groups() - 1;"
        " if (get_local_id(0) == 0) atomic_init(&turn, (int)last);"
        " work_group_barrier(CLK_LOCAL_MEM_FENCE);"
        " if (sub_group_elect()) { while (atomic_load_explicit(&turn, memory_order_acquire, "
        "memory_scope_work_group)"
        " != (int)id); atomic_store_explicit(&turn, (int)id - 1, memory_order_release, "
        "memory_scope_work_group); }"
        " sub_group_barrier(CLK_LOCAL_MEM_FENCE);"
        " work_group_barrier(CLK_LOCAL_MEM_FENCE); out[INDEX] = atomic_load(&turn); }";
    static const struct shape shape = {1, {256, 1, 1}, {256, 1, 1}};
    static cl_int in[ITEMS_MAX], out[ITEMS_MAX * MASKS];
    char text[2048];
    struct session session;
    (void)state;
    session_open(&session);
    snprintf(text, sizeof text, "%s%s", prelude, source);
    cl_kernel kernel = session_kernel(&session, text, "use", "-cl-std=CL3.0");
    kernel_launch(&session, kernel, &shape, sizeof *in, 1, in, out);
    for (int i = 0; i < 256; i++) assert_int_equal(out[i], -1);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    session_close(&session);
}

// sub_group_broadcast takes vectors too: each type in each size.
static void vectors(void **state)
{
    static const char *const names[] = {"char", "uchar", "short", "ushort", "int",
                                        "uint", "long",  "ulong", "float"};
    static const int sizes[] = {2, 3, 4, 8, 16};
    static const struct shape shape = {1, {64, 1, 1}, {32, 1, 1}};
    static char source[16384];
    static cl_int in[ITEMS_MAX], out[ITEMS_MAX * MASKS];
    struct session session;
    (void)state;
    session_open(&session);
    size_t used = (size_t)snprintf(source, sizeof source, "%s", prelude);
    used += (size_t)snprintf(source + used, sizeof source - used,
                             "kernel void use(global const int *in, global int *out, constant uint *masks) {"
                             " int lane = get_sub_group_local_id(), bad = in[INDEX];\n");
    for (int t = 0; t < 9; t++)
        for (int k = 0; k < 5; k++)
            used += (size_t)snprintf(
                source + used, sizeof source - used,
                "{ %s%d x = (%s%d)(%d); x.s1 = lane; x.s%x = lane + 1; %s%d a = sub_group_broadcast(x, 5u),"
                " b = sub_group_non_uniform_broadcast(x, 6u);"
                " bad += a.s1 != %d || a.s%x != 6 || b.s1 != %d || b.s%x != 7; }\n",
                names[t], sizes[k], names[t], sizes[k], t, sizes[k] - 1, names[t], sizes[k],
                sizes[k] == 2 ? 6 : 5, sizes[k] - 1, sizes[k] == 2 ? 7 : 6, sizes[k] - 1);
    snprintf(source + used, sizeof source - used, "out[INDEX] = bad; }");
    cl_kernel kernel = session_kernel(&session, source, "use", "-cl-std=CL3.0");
    kernel_launch(&session, kernel, &shape, sizeof *in, 1, in, out);
    for (int i = 0; i < 64; i++) assert_int_equal(out[i], 0);
    assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    session_close(&session);
}

// Folds run all of a wave's registers, those of items that are not active included: in functions that are
// called, and beside many values that live in registers, these must come out as they went in.
static void calls_and_live_registers(void **state)
{
    static const char source[] =
        "__attribute__((noinline)) int fold(int x) { return sub_group_non_uniform_reduce_add(x); }"
        "__attribute__((noinline)) int scan(int x, int deep) {"
        " if (x & 1) return sub_group_non_uniform_scan_exclusive_max(x) + (deep ? fold(x) : 0);"
        " return deep ? fold(-x) : x; }"
        "kernel void use(global const int *in, global int *out, constant uint *masks) {"
        " int x = in[INDEX], live[40], sum = 0;"
        " for (int i = 0; i < 40; i++) live[i] = x * (2 * i + 1) ^ i;"
        " FOR_MASKS { int total = fold(x); sum += x % 3 ? scan(x, m & 1) : total;"
        " for (int i = 0; i < 40; i++) live[i] += total & i; }"
        " int bad = 0; for (int i = 0; i < 40; i++) { int expected = x * (2 * i + 1) ^ i;"
        " for (uint m = 0; m < MASKS; m++) { uint lane = get_sub_group_local_id();"
        " if (!(masks[m] >> lane & 1)) continue; int total = 0;"
        " for (uint k = 0; k < 32; k++) total += masks[m] >> k & 1 ? in[INDEX - lane + k] : 0;"
        " expected += total & i; } bad += live[i] != expected; }"
        " out[INDEX] = bad; out[ITEMS + INDEX] = sum; }";
    static const struct shape shape = {1, {128, 1, 1}, {64, 1, 1}};
    static cl_int in[ITEMS_MAX], out[2][ITEMS_MAX * MASKS];
    static const char *const options[] = {"-cl-std=CL3.0", "-cl-std=CL3.0 -cl-opt-disable"};
    char text[4096];
    struct session session;
    (void)state;
    session_open(&session);
    snprintf(text, sizeof text, "%s%s", prelude, source);
    for (int i = 0; i < ITEMS_MAX; i++) in[i] = i * 37 % 101;
    for (int o = 0; o < 2; o++) {
        cl_kernel kernel = session_kernel(&session, text, "use", options[o]);
        kernel_launch(&session, kernel, &shape, sizeof *in, 1, in, out[o]);
        for (int i = 0; i < 128; i++) assert_int_equal(out[o][i], 0);
        assert_int_equal(clReleaseKernel(kernel), CL_SUCCESS);
    }
    for (int i = 128; i < 256; i++) assert_int_equal(out[0][i], out[1][i]);
    session_close(&session);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(votes_and_ballots),
        cmocka_unit_test(places_and_queries),
        cmocka_unit_test(queries_and_their_errors),
        cmocka_unit_test(independent_progress),
        cmocka_unit_test(vectors),
        cmocka_unit_test(calls_and_live_registers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
