// SPDX-License-Identifier: GPL-3.0-or-later
// `dsrd setup`: asks for, or takes as options, what dsrd must know, and makes the rest.
#ifndef SETUP_SETUP_H
#define SETUP_SETUP_H

#include "run/options.h"

int setup_run(const struct options *options); // the exit status

#endif
