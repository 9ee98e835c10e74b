// SPDX-License-Identifier: GPL-3.0-or-later
// `dsrd check`: reads everything dsrd would read and says what is wrong.
#ifndef SETUP_CHECK_H
#define SETUP_CHECK_H

#include "config/config.h"

int check_run(const struct config *config); // the exit status

#endif
