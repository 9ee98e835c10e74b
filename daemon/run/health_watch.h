// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps what /v1/health tells of the database's contents at hand, so that it answers at once, however slow the database is.
#ifndef RUN_HEALTH_WATCH_H
#define RUN_HEALTH_WATCH_H

#include <uv.h>

#include "http/exchange.h"

struct health_watch;

struct health_watch *health_watch_new(uv_loop_t *loop, struct service *service); // NULL without memory
// Keeps this (taken) instead; for who has asked on its own.
void health_watch_take(struct health_watch *watch, json_t *health);
void health_watch_start(struct health_watch *watch);
void health_watch_stop(struct health_watch *watch);
void health_watch_free(struct health_watch *watch); // NULL is fine; after the database is closed

#endif
