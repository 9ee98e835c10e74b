// SPDX-License-Identifier: GPL-3.0-or-later
// The explanation of one clock while it grows.
#ifndef LAW_STEPS_H
#define LAW_STEPS_H

#include <stdbool.h>

#include "law/clock.h"

// Appends a step to the clock. `cite` must outlive the answer (it belongs to the catalogue). Sets *failed without memory.
void step_add(struct clock *clock, bool *failed, const char *rule, const char *cite, date on, const char *format, ...)
    __attribute__((format(printf, 6, 7)));
void steps_release(struct clock *clock);

#endif
