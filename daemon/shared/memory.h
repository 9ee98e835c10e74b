// SPDX-License-Identifier: GPL-3.0-or-later
// What was put together while memory ran out lacks a part: jansson drops a member it has no room for, and so does a text. Whoever hands on what was
// put together (an answer, a row, a mail) asks here whether an allocation has failed since it began, instead of looking after each member.
#ifndef SHARED_MEMORY_H
#define SHARED_MEMORY_H

#include <stdbool.h>

#include "shared/error.h"

// Has jansson allocate here, with a reserve; called by main before anything uses it.
void memory_watch(void);

// How many allocations have failed in this process.
unsigned long memory_failures(void);

// An allocation has failed, or a file could not be read for want of means; for those who see that themselves.
void memory_failed(void);

// Whether none has failed since there were `before`; else false, with the error that says so.
bool memory_sufficed(unsigned long before, struct error *error);

// One has failed that only the caller saw: counts it, and gives the error. Returns false.
bool memory_ran_out(struct error *error);

// The error alone. Returns false.
bool memory_error(struct error *error);

// Whether this errno says that the system lacks memory or descriptors for now.
bool memory_is_short(int code);

// ERROR_unavailable where it does, since another try may have them; else `otherwise`.
enum error_code memory_error_code(int code, enum error_code otherwise);

#endif
