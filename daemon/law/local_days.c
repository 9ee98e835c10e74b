// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/local_days.h"

#include <string.h>

#include "law/hash.h"

static struct calendar *find_calendar(const struct catalogue *catalogue, const char *id)
{
    for (size_t i = 0; i < catalogue->calendar_count; i++)
        if (strcmp(catalogue->calendars[i]->id, id) == 0)
            return catalogue->calendars[i];
    return NULL;
}

static void mix_into_hash(struct calendar *calendar, const char *day, const char *name)
{
    char before[HASH_TEXT_SIZE];
    memcpy(before, calendar->hash, sizeof before);
    struct hash_part parts[] = {{before, HASH_TEXT_SIZE}, {day, strlen(day)}, {name, strlen(name)}};
    hash_parts(parts, 3, calendar->hash);
}

static void read_day(struct conf *conf, const config_setting_t *group, struct catalogue *catalogue)
{
    static const char *const members[] = {"calendar", "on", "name", "source", NULL};
    char text[DATE_TEXT_SIZE];
    if (!conf_only(conf, group, members))
        return;
    const char *id = conf_string(conf, group, "calendar", CONF_REQUIRED);
    const char *name = conf_string(conf, group, "name", CONF_REQUIRED);
    date on = conf_date(conf, group, "on", CONF_REQUIRED);
    conf_string(conf, group, "source", CONF_OPTIONAL);
    if (conf->failed)
        return;
    struct calendar *calendar = find_calendar(catalogue, id);
    if (calendar == NULL) {
        conf_fail(conf, config_setting_get_member(group, "calendar"), "calendar", "there is no calendar \"%s\" in this folder.", id);
        return;
    }
    int year, month, day_of_month;
    date_split(on, &year, &month, &day_of_month);
    if (year < CALENDAR_FIRST_YEAR || year > CALENDAR_LAST_YEAR)
        conf_fail(conf, group, "on", "%s must lie between %d and %d.", date_format(on, text), CALENDAR_FIRST_YEAR, CALENDAR_LAST_YEAR);
    else if (calendar_holiday(calendar, on) != NULL)
        conf_fail(conf, group, "on", "%s is a day off in the calendar %s already: %s.", date_format(on, text), id, calendar_holiday(calendar, on));
    else if (!calendar_add_day(calendar, on, name))
        conf_fail(conf, group, "on", "no memory for this day, or %d has too many days off already.", year);
    else
        mix_into_hash(calendar, date_format(on, text), name);
}

bool local_days_read(struct conf *conf, struct catalogue *catalogue)
{
    static const char *const top[] = {"days", NULL};
    const config_setting_t *root = config_root_setting(&conf->config);
    conf_only(conf, root, top);
    const config_setting_t *list = conf_list(conf, root, "days", CONF_REQUIRED);
    for (int i = 0; i < conf_count(list) && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group != NULL)
            read_day(conf, group, catalogue);
    }
    return !conf->failed;
}
