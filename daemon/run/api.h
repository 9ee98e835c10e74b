// SPDX-License-Identifier: GPL-3.0-or-later
// The api role: one loop with the HTTP API, the database pool and the scheduler. What is started first is stopped last.
#ifndef RUN_API_H
#define RUN_API_H

#include "run/options.h"
#include "config/config.h"

// Runs until SIGTERM or SIGINT; a second one ends it at once. Returns the exit status.
int api_run(const struct options *options, struct config *config);

#endif
