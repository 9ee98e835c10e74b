// SPDX-License-Identifier: GPL-3.0-or-later
// `dsrd keys` and `dsrd keys make [--now]`: the key ring of this host, without the database.
#ifndef RUN_KEYS_COMMAND_H
#define RUN_KEYS_COMMAND_H

#include "config/config.h"
#include "run/options.h"

int keys_command(const struct options *options, const struct config *config); // returns the exit status

#endif
