// SPDX-License-Identifier: GPL-3.0-or-later
// Time zones by IANA name, from the system's zoneinfo. Single-threaded: it switches TZ and puts it back.
#ifndef SHARED_ZONE_H
#define SHARED_ZONE_H

#include <stdbool.h>
#include <time.h>

#include "shared/date.h"

// glibc silently takes an unknown zone for UTC, so ask first. CET, EET, MET and WET are not: PostgreSQL understands them otherwise.
bool zone_is_known(const char *zone);

// The civil date in the zone at that instant. The zone must be known.
date zone_date(time_t instant, const char *zone);

// Local time of day in minutes since midnight, and the offset from UTC in seconds at that instant.
void zone_local(time_t instant, const char *zone, date *day, int *minute_of_day, int *offset_seconds);

// Strict RFC 3339: 2026-11-21T07:30:00Z, 2026-03-31T16:30-07:00 (seconds may be missing). False for anything else.
bool zone_parse_instant(const char *text, time_t *instant);

#endif
