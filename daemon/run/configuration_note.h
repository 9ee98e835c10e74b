// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the audit log what this dsrd runs with, at a start and at a reload: an entry names the settings and kinds of files that are
// others than before. The database holds keyed marks of them, and no value.
#ifndef RUN_CONFIGURATION_NOTE_H
#define RUN_CONFIGURATION_NOTE_H

#include <uv.h>

#include "http/exchange.h"

struct configuration_note;

struct configuration_note *configuration_note_new(uv_loop_t *loop, struct service *service); // NULL without memory
// `event`: "start" or "reload", a literal. Tried again until the database has taken it.
void configuration_note_make(struct configuration_note *note, const char *event);
void configuration_note_stop(struct configuration_note *note);
void configuration_note_free(struct configuration_note *note); // NULL is fine

#endif
