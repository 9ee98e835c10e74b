// SPDX-License-Identifier: GPL-3.0-or-later
// Preloaded by allocations.t into a program under test: counts its allocations and fails those it is told to. What it is told stands in a file that
// the test writes too, mapped before anything else runs, so that a process can be armed while it runs, shut in as it is.
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FRAMES = 24 };

// allocations.t has the same table.
struct control {
    uint64_t process;  // that was armed; 0 before one has begun
    uint64_t first;    // the allocation to fail, counted from 1; 0: none
    uint64_t last;     // and those up to this one
    uint64_t count;    // allocations since it was armed
    uint64_t failed;
    int64_t live;      // allocations not freed yet
    uint64_t frames[FRAMES]; // where the first failed, innermost first
};

static struct control *control; // NULL: this program is left alone

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

static void note_frames(void)
{
    void *frames[FRAMES] = {0};
    struct control *mine = control;
    control = NULL; // what backtrace() allocates is no business of ours
    int count = backtrace(frames, FRAMES);
    control = mine;
    for (int i = 0; i < count; i++)
        mine->frames[i] = (uint64_t)(uintptr_t)frames[i];
}

static int fails(void)
{
    if (control == NULL || control->first == 0)
        return 0;
    uint64_t number = __atomic_add_fetch(&control->count, 1, __ATOMIC_RELAXED);
    if (number < control->first || number > control->last)
        return 0;
    if (__atomic_add_fetch(&control->failed, 1, __ATOMIC_RELAXED) == 1)
        note_frames();
    errno = ENOMEM;
    return 1;
}

static void *counted(void *memory)
{
    if (memory != NULL && control != NULL)
        __atomic_add_fetch(&control->live, 1, __ATOMIC_RELAXED);
    return memory;
}

void *malloc(size_t size)
{
    return fails() ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
    return fails() ? NULL : counted(__libc_calloc(count, size));
}

void free(void *memory)
{
    if (memory != NULL && control != NULL)
        __atomic_sub_fetch(&control->live, 1, __ATOMIC_RELAXED);
    __libc_free(memory);
}

void *realloc(void *memory, size_t size)
{
    if (memory == NULL)
        return malloc(size);
    if (size == 0) {
        free(memory);
        return NULL;
    }
    return fails() ? NULL : __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) {
        errno = ENOMEM;
        return NULL;
    }
    return realloc(memory, bytes);
}

void *memalign(size_t alignment, size_t size)
{
    return fails() ? NULL : counted(__libc_memalign(alignment, size));
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size)
{
    void *got = memalign(alignment, size);
    if (got == NULL)
        return ENOMEM;
    *memory = got;
    return 0;
}

// Where its code lies, for who wants to know in which function an allocation failed.
static void keep_maps(const char *path)
{
    char to[4096 + 8], bytes[4096];
    snprintf(to, sizeof to, "%s.maps", path);
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC), file = open(to, O_WRONLY | O_TRUNC | O_CLOEXEC);
    for (ssize_t length; maps >= 0 && file >= 0 && (length = read(maps, bytes, sizeof bytes)) > 0;)
        if (write(file, bytes, (size_t)length) != length)
            break;
    if (maps >= 0)
        close(maps);
    if (file >= 0)
        close(file);
}

// FAULT_ALLOCATIONS is a folder; the file in it is named after the program, or the role of dsrd: what has no file is left alone.
// Beside it, FILE.maps.
__attribute__((constructor)) static void begin(int argc, char **argv)
{
    const char *folder = getenv("FAULT_ALLOCATIONS");
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *program = slash != NULL ? slash + 1 : argc > 0 ? argv[0] : "";
    char path[4096];
    void *frames[2];
    snprintf(path, sizeof path, "%s/%s", folder != NULL ? folder : "", strcmp(program, "dsrd") == 0 && argc > 1 ? argv[1] : program);
    int file = folder != NULL ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0)
        return;
    void *mapped = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped == MAP_FAILED)
        return;
    backtrace(frames, 2); // loads what it needs now
    keep_maps(path);
    struct control *shared = mapped;
    shared->process = (uint64_t)getpid();
    control = shared;
}
