// SPDX-License-Identifier: GPL-3.0-or-later
// One-off days off that an operator adds to the calendars, in one file: local.conf in the folder of calendars.
#ifndef LAW_LOCAL_DAYS_H
#define LAW_LOCAL_DAYS_H

#include "law/law.h"
#include "shared/conf.h"

// Adds the days of the file to the calendars it names, whose hashes change with it. False: the error is in conf->error.
bool local_days_read(struct conf *conf, struct catalogue *catalogue);

#endif
