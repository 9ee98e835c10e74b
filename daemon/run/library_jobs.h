// SPDX-License-Identifier: GPL-3.0-or-later
// What the api role does of its own accord in each library: reminders, the daily purge, closed quarters, the audit log's
// day, and what is sent written into the record.
#ifndef RUN_LIBRARY_JOBS_H
#define RUN_LIBRARY_JOBS_H

#include <uv.h>

#include "http/exchange.h"

struct library_jobs;

struct library_jobs *library_jobs_new(uv_loop_t *loop, struct service *service); // NULL without memory
// Begins in each library of service->libraries where it has not begun yet.
void library_jobs_start(struct library_jobs *jobs);
void library_jobs_wake(struct library_jobs *jobs, int library); // reminders were planned in it; 0: in any
void library_jobs_log_letters(struct library_jobs *jobs, int library); // one was sent
void library_jobs_reload(struct library_jobs *jobs);            // the settings may have changed
int library_jobs_stuck(const struct library_jobs *jobs);         // a library whose reminders are not looked at any more; 0: none
void library_jobs_stop(struct library_jobs *jobs);              // nothing new; what is under way may still finish
void library_jobs_free(struct library_jobs *jobs);              // NULL is fine; after the database is closed

#endif
