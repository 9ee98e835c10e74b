// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/calendar_file.h"

#include <stdlib.h>
#include <string.h>

#include "law/sources.h"
#include "law/words.h"
#include "shared/memory.h"
#include "shared/zone.h"

static const char *const rule_words[] = {"fixed", "nth", "last", "easter", "table", "st-brigid", "before", "period", NULL};
static const char *const observed_words[] = {"sun->mon", "sat->fri", "sat->mon", "sun->prevsat", "uk", NULL};
static const char *const weekday_words[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun", NULL};

static int word_at(struct conf *conf, const config_setting_t *array, int index, const char *const *words)
{
    const char *text = conf_string_at(conf, array, index);
    for (int i = 0; text != NULL && words[i] != NULL; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    if (text != NULL)
        conf_fail(conf, array, config_setting_name(array), "\"%s\" is not known here.", text);
    return -1;
}

static void read_observed(struct conf *conf, const config_setting_t *group, struct holiday *holiday)
{
    const config_setting_t *list = conf_array(conf, group, "observed", CONF_OPTIONAL);
    for (int i = 0; i < conf_count(list); i++) {
        int word = word_at(conf, list, i, observed_words);
        if (word >= 0)
            holiday->observed |= 1u << word;
    }
    if (list != NULL && (holiday->rule == HOLIDAY_TABLE || holiday->rule == HOLIDAY_PERIOD))
        conf_fail(conf, list, "observed", "a table or a period has no single day that could move.");
    holiday->only_observed = conf_bool(conf, group, "only_observed", false);
    if (holiday->only_observed && holiday->observed == 0)
        conf_fail(conf, group, "only_observed", "needs `observed`.");
}

static void read_dates(struct conf *conf, const config_setting_t *group, struct holiday *holiday)
{
    const config_setting_t *list = conf_array(conf, group, "dates", CONF_REQUIRED);
    int count = conf_count(list);
    if (count == 0) {
        conf_fail(conf, group, "dates", "must hold at least one day.");
        return;
    }
    holiday->dates = conf_new(conf, (size_t)count, sizeof *holiday->dates);
    for (int i = 0; !conf->failed && i < count; i++) {
        const char *text = conf_string_at(conf, list, i);
        if (text == NULL)
            return;
        if (!date_parse(text, &holiday->dates[i])) {
            conf_fail(conf, list, "dates", "\"%s\" is no day; write it as \"2026-11-23\".", text);
            return;
        }
        if (i > 0 && holiday->dates[i] <= holiday->dates[i - 1])
            conf_fail(conf, list, "dates", "%s does not come after the day before it in the list.", text);
        holiday->date_count++;
    }
}

static void read_day_of_year(struct conf *conf, const config_setting_t *group, const char *month_member,
                             const char *day_member, int *month, int *day)
{
    *month = conf_int(conf, group, month_member, CONF_REQUIRED, 1, 12, 1);
    *day = conf_int(conf, group, day_member, CONF_REQUIRED, 1, 31, 1);
    // 29 February is refused too: such a holiday would vanish in three years of four.
    if (*day > date_days_in_month(2001, *month))
        conf_fail(conf, group, day_member, "month %d has no day %d.", *month, *day);
}

static void read_weekend(struct conf *conf, const config_setting_t *list, struct calendar *calendar)
{
    int days = 0;
    for (int i = 0; i < conf_count(list); i++)
        calendar->weekend[word_at(conf, list, i, weekday_words) + 1] = true;
    calendar->weekend[0] = false;
    for (int weekday = 1; weekday <= 7; weekday++)
        days += calendar->weekend[weekday];
    if (days == 7)
        conf_fail(conf, list, "weekend", "leaves no working day.");
}

static void read_rule(struct conf *conf, const config_setting_t *group, struct holiday *holiday)
{
    bool dated = holiday->rule == HOLIDAY_FIXED || holiday->rule == HOLIDAY_BEFORE || holiday->rule == HOLIDAY_PERIOD;
    bool by_weekday = holiday->rule == HOLIDAY_NTH || holiday->rule == HOLIDAY_LAST || holiday->rule == HOLIDAY_BEFORE;
    if (dated)
        read_day_of_year(conf, group, "month", "day", &holiday->month, &holiday->day);
    if (holiday->rule == HOLIDAY_PERIOD)
        read_day_of_year(conf, group, "to_month", "to_day", &holiday->to_month, &holiday->to_day);
    if (holiday->rule == HOLIDAY_NTH || holiday->rule == HOLIDAY_LAST)
        holiday->month = conf_int(conf, group, "month", CONF_REQUIRED, 1, 12, 1);
    if (by_weekday)
        holiday->weekday = (enum weekday)(conf_word(conf, group, "weekday", CONF_REQUIRED, weekday_words) + 1);
    if (holiday->rule == HOLIDAY_NTH) {
        holiday->n = conf_int(conf, group, "n", CONF_REQUIRED, 1, 4, 1);
        holiday->offset = conf_int(conf, group, "plus_days", CONF_OPTIONAL, -7, 7, 0);
    }
    if (holiday->rule == HOLIDAY_EASTER)
        holiday->offset = conf_int(conf, group, "offset", CONF_REQUIRED, -70, 70, 0);
    if (holiday->rule == HOLIDAY_TABLE)
        read_dates(conf, group, holiday);
}

static void read_holiday(struct conf *conf, const config_setting_t *group, struct holiday *holiday)
{
    static const char *const members[] = {"name", "rule", "month", "day",  "n",        "weekday",       "plus_days", "offset",
                                          "dates", "observed", "only_observed", "from", "until", "even_years",
                                          "to_month", "to_day", "note", NULL};
    conf_only(conf, group, members);
    const char *name = conf_string(conf, group, "name", CONF_REQUIRED);
    int rule = conf_word(conf, group, "rule", CONF_REQUIRED, rule_words);
    conf_string(conf, group, "note", CONF_OPTIONAL);
    if (conf->failed)
        return;
    holiday->name = conf_keep(conf, name);
    holiday->rule = (enum holiday_rule)rule;
    holiday->first_year = conf_int(conf, group, "from", CONF_OPTIONAL, 1900, 9999, 0);
    holiday->last_year = conf_int(conf, group, "until", CONF_OPTIONAL, 1900, 9999, 0);
    holiday->even_years = conf_bool(conf, group, "even_years", false);
    read_rule(conf, group, holiday);
    read_observed(conf, group, holiday);
}

static void read_holidays(struct conf *conf, const config_setting_t *list, struct calendar *calendar)
{
    int count = conf_count(list);
    calendar->holidays = conf_new(conf, (size_t)count, sizeof *calendar->holidays);
    for (int i = 0; i < count && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        struct holiday *holiday = &calendar->holidays[calendar->holiday_count];
        if (group == NULL)
            return;
        calendar->holiday_count++;
        read_holiday(conf, group, holiday);
        if (holiday->date_count > 1) { // a table of one day is a proclaimed single day, not a yearly table
            int year, month, day;
            date_split(holiday->dates[holiday->date_count - 1], &year, &month, &day);
            date known = date_make(year, 12, 31);
            if (calendar->table_until == DATE_NONE || known < calendar->table_until)
                calendar->table_until = known;
        }
    }
}

// A year's list has a fixed size; a file that would overflow it is refused, not cut.
static bool check_room(struct conf *conf, const config_setting_t *group, const struct calendar *calendar)
{
    for (int year = CALENDAR_FIRST_YEAR; year <= CALENDAR_LAST_YEAR; year++)
        if (calendar->years[year - CALENDAR_FIRST_YEAR].count >= YEAR_DAYS_MAXIMUM)
            return conf_fail(conf, group, "holidays", "%d has more than %d days off; a calendar may have that many.", year,
                             YEAR_DAYS_MAXIMUM - 1);
    return true;
}

struct calendar *calendar_file_read(struct conf *conf)
{
    static const char *const members[] = {"id", "name", "zone", "weekend", "confidence", "note", "sources", "holidays", NULL};
    static const char *const top[] = {"calendar", NULL};
    const config_setting_t *root = config_root_setting(&conf->config);
    struct calendar *calendar = conf_new(conf, 1, sizeof *calendar);
    const config_setting_t *group = conf_only(conf, root, top) ? conf_group(conf, root, "calendar", CONF_REQUIRED) : NULL;
    if (conf->failed || !conf_only(conf, group, members))
        goto failed;
    calendar->table_until = DATE_NONE;
    calendar->id = conf_copy(conf, group, "id", CONF_REQUIRED);
    calendar->name = conf_copy(conf, group, "name", CONF_REQUIRED);
    calendar->zone = conf_copy(conf, group, "zone", CONF_REQUIRED);
    calendar->note = conf_copy(conf, group, "note", CONF_OPTIONAL);
    sources_check_confidence(conf, group);
    int confidence = conf_word(conf, group, "confidence", CONF_REQUIRED, confidence_words);
    read_weekend(conf, conf_array(conf, group, "weekend", CONF_REQUIRED), calendar);
    read_holidays(conf, conf_list(conf, group, "holidays", CONF_REQUIRED), calendar);
    if (!conf->failed && !zone_is_known(calendar->zone))
        conf_fail(conf, group, "zone", "\"%s\" is not a time zone of this system.", calendar->zone);
    if (conf->failed)
        goto failed;
    calendar->confidence = confidence_words[confidence];
    if (!calendar_prepare(calendar))
        memory_error(conf->error);
    else if (check_room(conf, group, calendar))
        return calendar;
failed:
    calendar_free(calendar);
    return NULL;
}
