// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/memory.h"

#include <errno.h>
#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { RESERVE = 512 * 1024 }; // more than the longest string of a body takes

// As with the log, there is one for the whole process: memory is, too.
static atomic_ulong failures;
static _Atomic(void *) reserve; // never touched, so it costs nothing but addresses

static void fill_reserve(void)
{
    void *fresh = malloc(RESERVE), *none = NULL;
    if (!atomic_compare_exchange_strong(&reserve, &none, fresh))
        free(fresh);
}

// A reader of jansson's that has no room for the end of a string runs over what it has: so it gets the room, and the failure is counted.
static void *allocate(size_t size)
{
    void *memory = malloc(size);
    if (memory == NULL) {
        memory_failed();
        free(atomic_exchange(&reserve, NULL));
        memory = malloc(size);
    } else if (atomic_load(&reserve) == NULL) {
        fill_reserve();
    }
    return memory;
}

void memory_watch(void)
{
    fill_reserve();
    json_set_alloc_funcs(allocate, free);
}

unsigned long memory_failures(void)
{
    return atomic_load(&failures);
}

void memory_failed(void)
{
    atomic_fetch_add(&failures, 1);
}

bool memory_error(struct error *error)
{
    return error_set(error, ERROR_unavailable, "", "Out of memory; try again.");
}

bool memory_ran_out(struct error *error)
{
    memory_failed();
    return memory_error(error);
}

bool memory_sufficed(unsigned long before, struct error *error)
{
    return memory_failures() == before || memory_error(error);
}

bool memory_is_short(int code)
{
    return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

enum error_code memory_error_code(int code, enum error_code otherwise)
{
    return memory_is_short(code) ? ERROR_unavailable : otherwise;
}
