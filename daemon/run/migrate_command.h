// SPDX-License-Identifier: GPL-3.0-or-later
// `dsrd migrate`.
#ifndef RUN_MIGRATE_COMMAND_H
#define RUN_MIGRATE_COMMAND_H

#include "config/config.h"
#include "run/options.h"

// With --private also makes the database, the key ring and the owner's account. Returns the exit status.
int migrate_command(const struct options *options, const struct config *config);

#endif
