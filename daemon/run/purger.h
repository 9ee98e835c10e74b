// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the database for how long things are kept, and lets it purge what is over in a library, once a day of its own, batch by batch. Any
// number of dsrd may do so: the database sees to it that one works at a time, and that another goes on where one has died.
#ifndef RUN_PURGER_H
#define RUN_PURGER_H

#include <uv.h>

#include "config/config.h"
#include "database/database.h"

struct purger;
struct purger *purger_new(uv_loop_t *loop, struct database *database, const struct config *config, int library); // NULL without memory
void purger_start(struct purger *purger);
void purger_reload(struct purger *purger); // the settings may have changed
void purger_stop(struct purger *purger);   // no new batch; one under way may still finish
void purger_free(struct purger *purger);   // NULL is fine; after the database is closed

#endif
