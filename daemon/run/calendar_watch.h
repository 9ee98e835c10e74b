// SPDX-License-Identifier: GPL-3.0-or-later
// Looks once a day whether a calendar that open requests count by will soon run out of yearly days, and warns a year ahead.
#ifndef RUN_CALENDAR_WATCH_H
#define RUN_CALENDAR_WATCH_H

#include <uv.h>

#include "http/exchange.h"

struct calendar_watch;

// Keeps service->calendar_warnings [{"calendar", "until"}] true; NULL without memory.
struct calendar_watch *calendar_watch_new(uv_loop_t *loop, struct service *service);
void calendar_watch_start(struct calendar_watch *watch);
void calendar_watch_stop(struct calendar_watch *watch);
void calendar_watch_free(struct calendar_watch *watch); // NULL is fine

#endif
