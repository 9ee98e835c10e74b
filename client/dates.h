// SPDX-License-Identifier: GPL-3.0-or-later
// Days as people type them.
#ifndef CLIENT_DATES_H
#define CLIENT_DATES_H

#include <jansson.h>
#include <stdbool.h>

#include "client/client.h"
#include "shared/date.h"
#include "shared/error.h"

// Today on this machine.
date dates_today(void);
// The day that was typed (today, yesterday, 3 days ago, 2026-11-23). "on: "monday" is no day; write ..." in error.
bool dates_read(const char *member, const char *text, date today, date *day, struct error *error);

// Sets body[member] of a request's event to what was typed, which dsrd reads: it knows the library's calendar and where the vendor is. Nothing when text is NULL.
bool dates_set_event(json_t *body, const char *member, const char *text, struct error *error);

// The day that was typed by the library's calendar, which dsrd is asked for unless the text is an ISO day already: this machine may be in another zone.
bool dates_read_here(struct client *client, const char *member, const char *text, date *day, struct error *error);
// Sets body[member] to it, as an ISO day; nothing when text is NULL.
bool dates_set(struct client *client, json_t *body, const char *member, const char *text, struct error *error);

#endif
