// SPDX-License-Identifier: GPL-3.0-or-later
// etc/calendars/*.conf
#ifndef LAW_CALENDAR_FILE_H
#define LAW_CALENDAR_FILE_H

#include "law/calendar.h"
#include "shared/conf.h"

// Reads one opened file. NULL, with conf->error filled, when it is wrong. The caller owns the result: calendar_free().
struct calendar *calendar_file_read(struct conf *conf);

#endif
