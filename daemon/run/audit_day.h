// SPDX-License-Identifier: GPL-3.0-or-later
// At the start and at each midnight of a library: takes away what the audit log has kept long enough, and writes the heads of its
// chains to dsrd's log, so that a cut tail can be noticed by whoever keeps that log.
#ifndef RUN_AUDIT_DAY_H
#define RUN_AUDIT_DAY_H

#include <uv.h>

#include "http/exchange.h"

struct audit_day;

struct audit_day *audit_day_new(uv_loop_t *loop, struct service *service, int library); // NULL without memory
void audit_day_start(struct audit_day *day);
void audit_day_stop(struct audit_day *day);
void audit_day_free(struct audit_day *day); // NULL is fine

#endif
