// SPDX-License-Identifier: GPL-3.0-or-later
// Looks at the clocks, this machine's and the database's, again and again: the database then knows whether to
// rely on them (dsr.time_doubt), and mends what one that has gone back had left.
#ifndef RUN_TIME_WATCH_H
#define RUN_TIME_WATCH_H

#include <uv.h>

#include "http/exchange.h"

struct time_watch;

// Keeps service->time true, and calls `good` when a doubt is over; NULL without memory.
struct time_watch *time_watch_new(uv_loop_t *loop, struct service *service, void (*good)(void *context),
                                  void *context);
void time_watch_start(struct time_watch *watch);
void time_watch_stop(struct time_watch *watch);
void time_watch_free(struct time_watch *watch); // NULL is fine

#endif
