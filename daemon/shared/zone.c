// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/zone.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/memory.h"
#include "shared/text.h"

static const char zoneinfo[] = "/usr/share/zoneinfo/";
enum { ZONE_NAME_MAXIMUM = 64 };

static bool name_is_safe(const char *zone)
{
    size_t length = strnlen(zone, ZONE_NAME_MAXIMUM + 1);
    if (length == 0 || length > ZONE_NAME_MAXIMUM || zone[0] == '/' || zone[0] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        char c = zone[i];
        bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' ||
                     c == '-' || c == '+' || c == '/';
        if (!plain)
            return false;
    }
    return true;
}

// PostgreSQL takes these names for abbreviations, which know no summer time: midnight would be at two moments.
static const char *const abbreviations[] = {"CET", "EET", "MET", "WET", NULL};

bool zone_is_known(const char *zone)
{
    char path[sizeof zoneinfo + ZONE_NAME_MAXIMUM];
    if (!name_is_safe(zone) || text_is_one_of(zone, abbreviations))
        return false;
    snprintf(path, sizeof path, "%s%s", zoneinfo, zone);
    FILE *file = fopen(path, "re");
    if (file == NULL && (memory_is_short(errno) || errno == EIO))
        memory_failed(); // another zone in its place would be wrong
    if (file == NULL)
        return false;
    char magic[4] = {0};
    size_t got = fread(magic, 1, sizeof magic, file);
    bool good = got == sizeof magic && memcmp(magic, "TZif", sizeof magic) == 0;
    return fclose(file) == 0 && good;
}

// What glibc does when there is no memory to read the zone's file: UTC, named after what stands before the first '/', or "".
static bool was_not_read(const char *zone, const struct tm *local)
{
    size_t length = strlen(local->tm_zone);
    return length == 0 || (strncmp(zone, local->tm_zone, length) == 0 && zone[length] == '/');
}

void zone_local(time_t instant, const char *zone, date *day, int *minute_of_day, int *offset_seconds)
{
    const char *before = getenv("TZ");
    char *kept = before != NULL ? strdup(before) : NULL;
    struct tm local;
    bool good = setenv("TZ", zone, 1) == 0 && (before == NULL) == (kept == NULL);
    tzset();
    localtime_r(&instant, &local);
    if (!good || was_not_read(zone, &local))
        memory_failed();
    if (kept != NULL)
        setenv("TZ", kept, 1);
    else
        unsetenv("TZ");
    tzset();
    free(kept);
    *day = date_make(local.tm_year + 1900, local.tm_mon + 1, local.tm_mday);
    *minute_of_day = local.tm_hour * 60 + local.tm_min;
    *offset_seconds = (int)local.tm_gmtoff;
}

date zone_date(time_t instant, const char *zone)
{
    date day;
    int minute, offset;
    zone_local(instant, zone, &day, &minute, &offset);
    return day;
}

static bool two_digits(const char *text, int maximum, int *value)
{
    if (text[0] < '0' || text[0] > '9' || text[1] < '0' || text[1] > '9')
        return false;
    *value = (text[0] - '0') * 10 + (text[1] - '0');
    return *value <= maximum;
}

bool zone_parse_instant(const char *text, time_t *instant)
{
    char day_text[11] = "";
    size_t length = strnlen(text, 40);
    if (length < 17 || length > 26 || (text[10] != 'T' && text[10] != ' '))
        return false;
    memcpy(day_text, text, 10);
    date day;
    int hour, minute, second = 0, offset_hour = 0, offset_minute = 0, sign = 0;
    if (!date_parse(day_text, &day) || !two_digits(text + 11, 23, &hour) || text[13] != ':' ||
        !two_digits(text + 14, 59, &minute))
        return false;
    const char *rest = text + 16;
    if (*rest == ':') {
        if (!two_digits(rest + 1, 60, &second))
            return false;
        rest += 3;
    }
    if (strcmp(rest, "Z") != 0) {
        sign = *rest == '+' ? 1 : *rest == '-' ? -1 : 0;
        if (sign == 0 || strlen(rest) != 6 || rest[3] != ':' || !two_digits(rest + 1, 14, &offset_hour) ||
            !two_digits(rest + 4, 59, &offset_minute))
            return false;
    }
    *instant = (time_t)day * 86400 + hour * 3600 + minute * 60 + second - sign * (offset_hour * 3600 + offset_minute * 60);
    return true;
}
