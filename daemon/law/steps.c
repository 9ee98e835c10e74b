// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/steps.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void step_add(struct clock *clock, bool *failed, const char *rule, const char *cite, date on, const char *format, ...)
{
    if (*failed || clock->bare)
        return;
    char *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&text, format, arguments);
    va_end(arguments);
    struct clock_step *grown =
        length < 0 ? NULL : reallocarray(clock->steps, clock->step_count + 1, sizeof *clock->steps);
    if (grown == NULL) {
        if (length >= 0)
            free(text);
        *failed = true;
        return;
    }
    clock->steps = grown;
    grown[clock->step_count++] = (struct clock_step){rule, text, cite != NULL ? cite : "", on};
}

void steps_release(struct clock *clock)
{
    for (size_t i = 0; i < clock->step_count; i++)
        free(clock->steps[i].text);
    free(clock->steps);
    clock->steps = NULL;
    clock->step_count = 0;
}
