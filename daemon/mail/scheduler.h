// SPDX-License-Identifier: GPL-3.0-or-later
// Looks now and then for reminders of a library that fall due and lets the database put them into mails. The library's zone, quiet hours and weekends
// are judged there, by the database's clock.
#ifndef MAIL_SCHEDULER_H
#define MAIL_SCHEDULER_H

#include <stdbool.h>
#include <uv.h>

#include "config/config.h"
#include "database/database.h"

struct scheduler;
struct scheduler *scheduler_new(uv_loop_t *loop, struct database *database, const struct config *config, int library); // NULL without memory
void scheduler_start(struct scheduler *scheduler);
void scheduler_wake(struct scheduler *scheduler); // something was planned: look now
// Whether no look has come to an end for longer than a pause and a call of the database can last.
bool scheduler_is_stuck(const struct scheduler *scheduler);
void scheduler_stop(struct scheduler *scheduler); // no new look; one under way may still finish
void scheduler_free(struct scheduler *scheduler); // NULL is fine; after the database is closed

#endif
