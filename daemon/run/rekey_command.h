// SPDX-License-Identifier: GPL-3.0-or-later
// `dsrd rekey`: seals anew, now and with the progress shown, what the daemon would do by itself. May be
// broken off and called again at any time.
#ifndef RUN_REKEY_COMMAND_H
#define RUN_REKEY_COMMAND_H

#include "config/config.h"
#include "run/options.h"

int rekey_command(const struct options *options, const struct config *config); // returns the exit status

#endif
