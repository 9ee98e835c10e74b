// SPDX-License-Identifier: GPL-3.0-or-later
// Memory that runs out at the k-th piece asked for, k = 1, 2, ... until a run asks for fewer. For tests/unit/*_memory_test.c,
// which are linked so that every malloc of dsrd's own code comes here; jansson's come by memory_for_json().
#ifndef UNIT_MEMORY_H
#define UNIT_MEMORY_H

#include <idn2.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "shared/memory.h"
#include "tests/unit/check.h"

enum { MEMORY_PIECES = 1 << 17, MEMORY_RUNS_MAXIMUM = 200000 };

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void *__real_reallocarray(void *old, size_t count, size_t size);
int __real_vasprintf(char **text, const char *format, va_list arguments);
void *__real_sodium_malloc(size_t size);
int __real_sodium_init(void);
int __real_idn2_to_ascii_8z(const char *name, char **ascii, int flags);
void __real_free(void *piece);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void *__wrap_reallocarray(void *old, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t length);
int __wrap_vasprintf(char **text, const char *format, va_list arguments);
int __wrap_asprintf(char **text, const char *format, ...);
int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments); // what they become where the flags harden
int __wrap___asprintf_chk(char **text, int flag, const char *format, ...);
void *__wrap_sodium_malloc(size_t size);
int __wrap_sodium_init(void);
int __wrap_idn2_to_ascii_8z(const char *name, char **ascii, int flags);
void __wrap_free(void *piece);

static struct {
    size_t until; // so many are given, and then one is not; 0: all are
    size_t asked;
    bool failed;
    void *pieces[MEMORY_PIECES]; // those given and not freed, by address
    size_t held;
} memory;

static bool memory_runs_out(void)
{
    if (memory.until == 0 || ++memory.asked != memory.until)
        return false;
    memory.failed = true;
    return true;
}

static size_t memory_place(const void *piece)
{
    size_t at = (uintptr_t)piece / 16 % MEMORY_PIECES;
    while (memory.pieces[at] != NULL && memory.pieces[at] != piece)
        at = (at + 1) % MEMORY_PIECES;
    return at;
}

static void *memory_keep(void *piece)
{
    if (piece == NULL)
        return NULL;
    if (memory.held >= MEMORY_PIECES / 2)
        fail_msg("more pieces of memory are held than the test counts");
    memory.pieces[memory_place(piece)] = piece;
    memory.held++;
    return piece;
}

// What was given by a library itself is not known here, and passes through.
static void memory_forget(const void *piece)
{
    size_t at = memory_place(piece);
    if (piece == NULL || memory.pieces[at] == NULL)
        return;
    memory.held--;
    memory.pieces[at] = NULL;
    // Those behind it that would have stood here move up.
    for (at = (at + 1) % MEMORY_PIECES; memory.pieces[at] != NULL; at = (at + 1) % MEMORY_PIECES) {
        void *moved = memory.pieces[at];
        memory.pieces[at] = NULL;
        memory.pieces[memory_place(moved)] = moved;
    }
}

void *__wrap_malloc(size_t size)
{
    return memory_runs_out() ? NULL : memory_keep(__real_malloc(size));
}

static void *memory_counted(size_t size)
{
    void *piece = __wrap_malloc(size);
    if (piece == NULL)
        memory_failed();
    return piece;
}

// As memory_watch(), but with no reserve: each that is refused shall be felt.
static void memory_for_json(void)
{
    json_set_alloc_funcs(memory_counted, __wrap_free);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return memory_runs_out() ? NULL : memory_keep(__real_calloc(count, size));
}

void *__wrap_reallocarray(void *old, size_t count, size_t size)
{
    if (memory_runs_out())
        return NULL;
    memory_forget(old);
    return memory_keep(__real_reallocarray(old, count, size));
}

void *__wrap_realloc(void *old, size_t size)
{
    return __wrap_reallocarray(old, 1, size);
}

char *__wrap_strndup(const char *text, size_t length)
{
    length = strnlen(text, length);
    char *copy = __wrap_malloc(length + 1);
    if (copy == NULL)
        return NULL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return copy;
}

char *__wrap_strdup(const char *text)
{
    return __wrap_strndup(text, strlen(text));
}

int __wrap_vasprintf(char **text, const char *format, va_list arguments)
{
    if (memory_runs_out())
        return -1;
    int length = __real_vasprintf(text, format, arguments);
    if (length >= 0)
        memory_keep(*text);
    return length;
}

int __wrap___vasprintf_chk(char **text, int flag, const char *format, va_list arguments)
{
    (void)flag;
    return __wrap_vasprintf(text, format, arguments);
}

int __wrap___asprintf_chk(char **text, int flag, const char *format, ...)
{
    va_list arguments;
    (void)flag;
    va_start(arguments, format);
    int length = __wrap_vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

int __wrap_asprintf(char **text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = __wrap_vasprintf(text, format, arguments);
    va_end(arguments);
    return length;
}

void *__wrap_sodium_malloc(size_t size)
{
    return memory_runs_out() ? NULL : __real_sodium_malloc(size); // freed by sodium_free(), so not counted here
}

int __wrap_sodium_init(void)
{
    return memory_runs_out() ? -1 : __real_sodium_init();
}

int __wrap_idn2_to_ascii_8z(const char *name, char **ascii, int flags)
{
    return memory_runs_out() ? IDN2_MALLOC : __real_idn2_to_ascii_8z(name, ascii, flags); // freed by idn2_free()
}

void __wrap_free(void *piece)
{
    memory_forget(piece);
    __real_free(piece);
}

// Runs `scenario` with ever one more piece of memory until it lacks none. It returns whether all went well, and has to release what it
// made; where memory ran out it may go well all the same, or say an error that is not empty (which it checks). Returns how many runs.
typedef bool memory_scenario(void *context);
static size_t memory_each(const char *name, memory_scenario *scenario, void *context)
{
    size_t run = 0, refused = 0;
    do {
        size_t held = memory.held;
        memory.asked = 0;
        memory.failed = false;
        memory.until = ++run;
        bool good = scenario(context);
        memory.until = 0;
        refused += !good;
        if (!good && !memory.failed)
            fail_msg("%s: fails with all the memory it wants", name);
        if (memory.held != held)
            fail_msg("%s: %zd pieces of memory are lost when piece %zu is refused", name, (ssize_t)(memory.held - held), run);
    } while (memory.failed && run < MEMORY_RUNS_MAXIMUM);
    print_message("%s: %zu pieces of memory, each refused once: %zu errors\n", name, run - 1, refused);
    return run;
}

#endif
