// SPDX-License-Identifier: GPL-3.0-or-later
// `dsrd library`: shows, adds and changes the libraries of the database.
#ifndef RUN_LIBRARY_COMMAND_H
#define RUN_LIBRARY_COMMAND_H

#include "config/config.h"
#include "run/options.h"

int library_command(const struct options *options, const struct config *config);

#endif
