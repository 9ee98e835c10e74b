// SPDX-License-Identifier: GPL-3.0-or-later
#include <stdlib.h>
#include <string.h>

#include "law/law_file.h"
#include "law/sources.h"

static const char *const roll_words[] = {"saturday", "sunday", "holiday", NULL};

static const struct calendar *read_calendar(struct conf *conf, const config_setting_t *group, const char *member,
                                            const struct catalogue *catalogue)
{
    const char *id = conf_string(conf, group, member, CONF_OPTIONAL);
    if (id == NULL)
        return NULL;
    const struct calendar *calendar = catalogue_calendar(catalogue, id);
    if (calendar == NULL)
        conf_fail(conf, config_setting_get_member(group, member), member,
                  "there is no calendar \"%s\" in the folder of calendars.", id);
    return calendar;
}

static void read_roll(struct conf *conf, const config_setting_t *list, const char *member, struct roll *roll)
{
    for (int i = 0; i < conf_count(list); i++) {
        const char *word = conf_string_at(conf, list, i);
        if (word == NULL)
            return;
        if (!word_is_in(word, roll_words)) {
            conf_fail(conf, list, member, "\"%s\" is not known; allowed are: saturday, sunday, holiday.", word);
            return;
        }
        roll->saturday |= strcmp(word, "saturday") == 0;
        roll->sunday |= strcmp(word, "sunday") == 0;
        roll->holiday |= strcmp(word, "holiday") == 0;
    }
}

static void read_rolls(struct conf *conf, const config_setting_t *group, struct counting *counting)
{
    read_roll(conf, conf_array(conf, group, "roll", CONF_REQUIRED), "roll", &counting->roll);
    const config_setting_t *latest = conf_array(conf, group, "latest_roll", CONF_OPTIONAL);
    counting->rolls_latest = latest != NULL;
    read_roll(conf, latest, "latest_roll", &counting->latest_roll);
    bool holidays = counting->roll.holiday || counting->latest_roll.holiday;
    if (!conf->failed && holidays && counting->calendar == NULL && !counting->controllers_calendar)
        conf_fail(conf, group, counting->roll.holiday ? "roll" : "latest_roll",
                  "holidays need a `calendar` or `controllers_calendar = true`.");
    const struct roll *roll = &counting->roll, *wider = &counting->latest_roll;
    bool narrower = (roll->saturday && !wider->saturday) || (roll->sunday && !wider->sunday) || (roll->holiday && !wider->holiday);
    if (!conf->failed && counting->rolls_latest && narrower)
        conf_fail(conf, group, "latest_roll", "must hold all that `roll` holds: it is the later reading.");
}

static void read_rule(struct conf *conf, const config_setting_t *group, struct catalogue *catalogue,
                      struct counting *counting)
{
    static const char *const members[] = {"id",   "roll", "latest_roll", "calendar", "controllers_calendar", "earliest", "latest",
                                          "cite", "note", "confidence",  "zone",     "sources",              NULL};
    conf_only(conf, group, members);
    counting->id = conf_copy(conf, group, "id", CONF_REQUIRED);
    counting->cite = conf_copy(conf, group, "cite", CONF_REQUIRED);
    counting->note = conf_copy(conf, group, "note", CONF_OPTIONAL);
    conf_string(conf, group, "zone", CONF_OPTIONAL);
    int confidence = conf_word(conf, group, "confidence", CONF_REQUIRED, confidence_words);
    counting->confidence = confidence_words[confidence >= 0 ? confidence : CONFIDENCE_UNSURE];
    counting->controllers_calendar = conf_bool(conf, group, "controllers_calendar", false);
    counting->calendar = read_calendar(conf, group, "calendar", catalogue);
    counting->earliest = read_calendar(conf, group, "earliest", catalogue);
    counting->latest = read_calendar(conf, group, "latest", catalogue);
    sources_check_confidence(conf, group);
    read_rolls(conf, group, counting);
    if (!conf->failed && catalogue_counting(catalogue, counting->id) != NULL)
        conf_fail(conf, group, "id", "there are two counting rules \"%s\".", counting->id);
}

bool counting_file_read(struct conf *conf, struct catalogue *catalogue)
{
    static const char *const top[] = {"counting", NULL};
    const config_setting_t *root = config_root_setting(&conf->config);
    conf_only(conf, root, top);
    const config_setting_t *list = conf_list(conf, root, "counting", CONF_REQUIRED);
    int count = conf_count(list);
    catalogue->countings = conf_new(conf, (size_t)count, sizeof *catalogue->countings);
    for (int i = 0; i < count && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group == NULL)
            break;
        struct counting *counting = &catalogue->countings[catalogue->counting_count];
        read_rule(conf, group, catalogue, counting);
        catalogue->counting_count++;
    }
    return !conf->failed;
}

void counting_release(struct counting *counting)
{
    free(counting->id);
    free(counting->cite);
    free(counting->note);
}
