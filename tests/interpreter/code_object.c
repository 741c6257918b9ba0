#include "code_object.h"

#include <elf.h>
#include <hsa/hsa.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct code_object {
    char *memory; // the loaded segments
    size_t size;
    const Elf64_Sym *symbols;
    size_t symbol_count;
    const char *names;
};

__attribute__((noreturn)) static void fail(const char *path, const char *what)
{
    fprintf(stderr, "%s: %s\n", path, what);
    exit(1);
}

static char *file_read(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    long length = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    char *bytes = length > 0 ? malloc((size_t)length) : NULL;
    if (!bytes || fseek(file, 0, SEEK_SET) != 0 || fread(bytes, 1, (size_t)length, file) != (size_t)length)
        fail(path, "cannot be read");
    (void)fclose(file);
    *size = (size_t)length;
    return bytes;
}

static void segments_load(struct code_object *object, const char *file)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    const Elf64_Phdr *segments = (const Elf64_Phdr *)(file + header->e_phoff);
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD && segments[i].p_vaddr + segments[i].p_memsz > object->size)
            object->size = segments[i].p_vaddr + segments[i].p_memsz;
    }
    if (object->size == 0) fail("code object", "nothing to load");
    object->memory = mmap(NULL, object->size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (int i = 0; i < header->e_phnum; i++) {
        if (segments[i].p_type == PT_LOAD)
            memcpy(object->memory + segments[i].p_vaddr, file + segments[i].p_offset, segments[i].p_filesz);
    }
}

struct code_object *code_object_load(const char *path)
{
    struct code_object *object = calloc(1, sizeof *object);
    size_t size;
    char *file = file_read(path, &size);
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)file;
    if (size < sizeof *header || memcmp(file, ELFMAG, SELFMAG) != 0) fail(path, "no ELF file");
    segments_load(object, file);
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(file + header->e_shoff);
    for (int i = 0; i < header->e_shnum; i++) { // the dynamic symbols are in loaded memory
        if (sections[i].sh_type != SHT_DYNSYM) continue;
        object->symbols = (const Elf64_Sym *)(object->memory + sections[i].sh_addr);
        object->symbol_count = sections[i].sh_size / sizeof *object->symbols;
        object->names = object->memory + sections[sections[i].sh_link].sh_addr;
    }
    if (!object->symbols) fail(path, "no symbols");
    free(file);
    return object;
}

void code_object_free(struct code_object *object)
{
    interpreter_forget_code();
    munmap(object->memory, object->size);
    free(object);
}

uint64_t code_object_symbol(const struct code_object *object, const char *name)
{
    for (size_t i = 0; i < object->symbol_count; i++) {
        if (strcmp(object->names + object->symbols[i].st_name, name) == 0)
            return (uint64_t)object->memory + object->symbols[i].st_value;
    }
    fail(name, "no such symbol");
}

// llvm's kernel_descriptor_t (AMDGPUUsage, "Code Object V3+ Kernel Descriptor").
struct kernel_descriptor {
    uint32_t group_segment_fixed_size, private_segment_fixed_size, kernarg_size, reserved0;
    int64_t kernel_code_entry_byte_offset;
    uint8_t reserved1[20];
    uint32_t compute_pgm_rsrc3, compute_pgm_rsrc1, compute_pgm_rsrc2;
    uint16_t kernel_code_properties;
    uint8_t reserved2[6];
};

enum { PROPERTY_WAVE32 = 1 << 10, KERNARG_BYTES = 1024 };

// The hidden arguments of code object v5, as far as kernels without libraries look at them.
struct hidden_arguments {
    uint32_t block_count[3];
    uint16_t group_size[3], remainder[3];
    uint8_t reserved[16];
    uint64_t global_offset[3];
    uint16_t grid_dims;
};

struct launch {
    struct dispatch dispatch;
    hsa_kernel_dispatch_packet_t packet;
    _Alignas(64) char kernarg[KERNARG_BYTES];
    unsigned threads;
    bool cancel;
    pthread_mutex_t lock;
    uint64_t next; // work-group, linear
    bool failed;
    struct fault *fault;
};

static void sizes_fill(struct dispatch *d, struct shape shape, struct hidden_arguments *hidden)
{
    for (int i = 0; i < 3; i++) {
        d->local[i] = shape.local[i] ? shape.local[i] : 1;
        d->global[i] = shape.global[i] ? shape.global[i] : 1;
        d->groups[i] = (d->global[i] + d->local[i] - 1) / d->local[i];
        hidden->block_count[i] = d->global[i] / d->local[i];
        hidden->group_size[i] = d->local[i];
        hidden->remainder[i] = (uint16_t)(d->global[i] % d->local[i]);
    }
    hidden->grid_dims = 3;
}

static void packet_fill(struct launch *launch)
{
    const struct dispatch *d = &launch->dispatch;
    launch->packet = (hsa_kernel_dispatch_packet_t){
        .setup = 3,
        .workgroup_size_x = d->local[0],
        .workgroup_size_y = d->local[1],
        .workgroup_size_z = d->local[2],
        .grid_size_x = d->global[0],
        .grid_size_y = d->global[1],
        .grid_size_z = d->global[2],
        .private_segment_size = d->scratch_bytes,
        .group_segment_size = d->lds_bytes,
        .kernel_object = d->kernel_object,
        .kernarg_address = launch->kernarg,
    };
}

static void launch_fill(struct launch *launch, struct code_object *object, const char *name,
                        struct shape shape, const void *arguments, size_t size)
{
    char symbol[256];
    struct hidden_arguments hidden = {0};
    struct dispatch *d = &launch->dispatch;
    snprintf(symbol, sizeof symbol, "%s.kd", name);
    d->kernel_object = code_object_symbol(object, symbol);
    const struct kernel_descriptor *descriptor = (const void *)d->kernel_object;
    d->packet = &launch->packet;
    d->kernarg = (uint64_t)launch->kernarg;
    d->entry = d->kernel_object + (uint64_t)descriptor->kernel_code_entry_byte_offset;
    d->rsrc1 = descriptor->compute_pgm_rsrc1;
    d->rsrc2 = descriptor->compute_pgm_rsrc2;
    d->rsrc3 = descriptor->compute_pgm_rsrc3;
    d->properties = descriptor->kernel_code_properties;
    d->wave64 = !(d->properties & PROPERTY_WAVE32);
    d->lds_bytes = descriptor->group_segment_fixed_size + shape.dynamic_lds;
    d->scratch_bytes = descriptor->private_segment_fixed_size;
    sizes_fill(d, shape, &hidden);
    packet_fill(launch);
    memcpy(launch->kernarg, arguments, size);
    memcpy(launch->kernarg + (size + 7) / 8 * 8, &hidden, sizeof hidden);
}

// Work-groups are taken by threes, so that some follow others on a thread and some do not.
static uint64_t groups_take(struct launch *launch, uint64_t *first)
{
    const uint32_t *groups = launch->dispatch.groups;
    uint64_t all = (uint64_t)groups[0] * groups[1] * groups[2], part = 3;
    pthread_mutex_lock(&launch->lock);
    *first = launch->next;
    if (part > all - *first) part = all - *first;
    launch->next += part;
    pthread_mutex_unlock(&launch->lock);
    return part;
}

static void *worker(void *argument)
{
    struct launch *launch = argument;
    struct compute_unit *cu = compute_unit_create();
    uint64_t first, count;
    struct fault fault;
    while (!__atomic_load_n(&launch->cancel, __ATOMIC_RELAXED) && (count = groups_take(launch, &first))) {
        if (work_groups_run(cu, &launch->dispatch, first, count, &launch->cancel, &fault)) continue;
        pthread_mutex_lock(&launch->lock);
        if (!launch->failed) *launch->fault = fault;
        launch->failed = true;
        __atomic_store_n(&launch->cancel, true, __ATOMIC_RELAXED);
        pthread_mutex_unlock(&launch->lock);
    }
    compute_unit_destroy(cu);
    return NULL;
}

bool kernel_run_threads(struct code_object *object, const char *name, struct shape shape,
                        const void *arguments, size_t size, unsigned threads, struct fault *fault)
{
    enum { THREADS_MAX = 16 };
    static const struct launch empty;
    struct launch *launch = aligned_alloc(64, (sizeof *launch + 63) / 64 * 64);
    pthread_t ids[THREADS_MAX];
    *launch = empty;
    launch->fault = fault;
    *fault = (struct fault){0};
    pthread_mutex_init(&launch->lock, NULL);
    launch_fill(launch, object, name, shape, arguments, size);
    if (threads <= 1) {
        worker(launch);
    } else {
        for (unsigned i = 0; i < threads; i++) pthread_create(&ids[i], NULL, worker, launch);
        for (unsigned i = 0; i < threads; i++) pthread_join(ids[i], NULL);
    }
    bool finished = !launch->failed;
    pthread_mutex_destroy(&launch->lock);
    free(launch);
    return finished;
}

bool kernel_run(struct code_object *object, const char *name, struct shape shape, const void *arguments,
                size_t size, struct fault *fault)
{
    return kernel_run_threads(object, name, shape, arguments, size, 1, fault);
}
