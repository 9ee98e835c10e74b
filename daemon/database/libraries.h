// SPDX-License-Identifier: GPL-3.0-or-later
// The libraries of the database, as catalogue_state() lists them.
#ifndef DATABASE_LIBRARIES_H
#define DATABASE_LIBRARIES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct library {
    int id;
    const char *name, *zone;
    const char *contact; // whom mails and pages name for questions; NULL: as dsrd.conf says
};

struct libraries; // never empty

// From [{id, name, zone, contact}]; NULL when there is none in it, or no memory.
struct libraries *libraries_new(const json_t *list);
void libraries_free(struct libraries *libraries); // NULL is fine
bool libraries_same(const struct libraries *one, const struct libraries *other);

size_t libraries_count(const struct libraries *libraries);
const struct library *libraries_at(const struct libraries *libraries, size_t index); // by id
const struct library *libraries_find(const struct libraries *libraries, int id);     // or NULL

#endif
