// SPDX-License-Identifier: GPL-3.0-or-later
// `dsrd time`: whether the clocks are in doubt; `dsrd time confirm`: they are right now.
#ifndef RUN_TIME_COMMAND_H
#define RUN_TIME_COMMAND_H

#include "config/config.h"
#include "run/options.h"

int time_command(const struct options *options, const struct config *config); // an exit status

#endif
