// SPDX-License-Identifier: GPL-3.0-or-later
// Looks now and then whether a quarter of a library is to be closed, and makes its published tables: once, for good.
#ifndef RUN_QUARTER_CLOSE_H
#define RUN_QUARTER_CLOSE_H

#include <uv.h>

#include "config/config.h"
#include "database/database.h"

struct quarter_close;
struct quarter_close *quarter_close_new(uv_loop_t *loop, struct database *database, const struct config *config, int library); // NULL without memory
void quarter_close_start(struct quarter_close *closing);
void quarter_close_stop(struct quarter_close *closing); // no new look; one under way may still finish
void quarter_close_free(struct quarter_close *closing); // NULL is fine; after the database is closed

#endif
