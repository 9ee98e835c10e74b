// SPDX-License-Identifier: GPL-3.0-or-later
// `dsrd run`: starts the private cluster, migrates, starts the api role and the mailers, restarts what dies, stops them in order.
// It parses nothing from outside and holds no keys.
#ifndef RUN_SUPERVISOR_H
#define RUN_SUPERVISOR_H

#include "config/config.h"
#include "run/options.h"

// Returns the exit status when all is stopped.
int supervisor_run(const struct options *options, const struct config *config);

#endif
