// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/law_clock_file.h"

#include <stdlib.h>
#include <string.h>

static void read_met_by(struct conf *conf, const config_setting_t *group, struct law_clock *clock)
{
    const config_setting_t *list = conf_array(conf, group, "met_by", CONF_OPTIONAL);
    if (list == NULL)
        return;
    clock->met_by = conf_new(conf, (size_t)conf_count(list), sizeof *clock->met_by);
    for (int i = 0; !conf->failed && i < conf_count(list); i++) {
        const char *word = conf_string_at(conf, list, i);
        if (word != NULL && !law_file_identifier_is_good(word))
            conf_fail(conf, list, "met_by", "\"%s\" is no name of an event.", word);
        clock->met_by[i] = conf_keep(conf, word);
    }
    if (conf_count(list) == 0)
        conf_fail(conf, group, "met_by", "must name at least one event, or be left out.");
}

static void read_clock_source(struct conf *conf, const config_setting_t *group, const struct catalogue *catalogue,
                              struct law_clock *clock)
{
    const char *counting = conf_string(conf, group, "counting", CONF_REQUIRED);
    clock->counting = counting != NULL ? catalogue_counting(catalogue, counting) : NULL;
    if (counting != NULL && clock->counting == NULL)
        conf_fail(conf, config_setting_get_member(group, "counting"), "counting",
                  "there is no counting rule \"%s\" in counting.conf.", counting);
    bool by_working_days = clock->unit == UNIT_BUSINESS_DAYS || clock->unit == UNIT_WORKING_DAYS;
    // The controller's calendar is not always known.
    if (clock->counting != NULL && by_working_days && clock->counting->calendar == NULL)
        conf_fail(conf, group, "unit", "business days need a counting rule with a calendar.");
    clock->when = conf_word(conf, group, "when", CONF_OPTIONAL, when_words);
    int party = conf_word(conf, group, "party", CONF_OPTIONAL, party_words);
    clock->party = party == 1 ? PARTY_REQUESTER : PARTY_VENDOR;
    clock->from_date = conf_date(conf, group, "from_date", CONF_OPTIONAL);
    clock->until_date = conf_date(conf, group, "until_date", CONF_OPTIONAL);
    clock->not_before = conf_date(conf, group, "not_before", CONF_OPTIONAL);
    clock->extended_clock = conf_copy(conf, group, "extends", CONF_OPTIONAL);
    clock->extends = clock->extended_clock != NULL;
    clock->notice_any_day = conf_bool(conf, group, "notice_any_day", false);
    clock->advisory = !conf_bool(conf, group, "binding", true);
    clock->repeats = conf_bool(conf, group, "repeats", false);
    read_met_by(conf, group, clock);
}

static void read_clock(struct conf *conf, const config_setting_t *group, const struct catalogue *catalogue,
                       struct law_clock *clock)
{
    static const char *const members[] = {"id",   "rights",     "n",    "unit", "from",  "counting",  "cite",
                                          "confidence", "seen", "when", "party", "from_date", "until_date", "not_before",
                                          "extends", "length", "notice", "notice_any_day", "binding", "repeats", "met_by", "note", NULL};
    conf_only(conf, group, members);
    const char *id = conf_string(conf, group, "id", CONF_REQUIRED);
    if (id != NULL && !law_file_identifier_is_good(id))
        conf_fail(conf, group, "id", "\"%s\" is no identifier; use small letters, digits, _ and -.", id);
    clock->id = conf_keep(conf, id);
    clock->rights = law_file_rights(conf, group, "rights");
    bool open = config_setting_get_member(group, "n") == NULL && config_setting_get_member(group, "extends") != NULL;
    clock->n = open ? LENGTH_OPEN : conf_int(conf, group, "n", CONF_REQUIRED, 0, 3660, 1);
    clock->unit = (enum unit)conf_word(conf, group, "unit", CONF_REQUIRED, unit_words);
    int from = conf_word(conf, group, "from", CONF_REQUIRED, from_words);
    clock->from = from >= 0 ? from_words[from] : NULL;
    clock->cite = conf_copy(conf, group, "cite", CONF_REQUIRED);
    clock->note = conf_copy(conf, group, "note", CONF_OPTIONAL);
    conf_string(conf, group, "notice", CONF_OPTIONAL);
    int confidence = conf_word(conf, group, "confidence", CONF_REQUIRED, confidence_words);
    clock->confidence = confidence_words[confidence >= 0 ? confidence : CONFIDENCE_UNSURE];
    if (!conf_bool(conf, group, "seen", false) && confidence == CONFIDENCE_SURE)
        conf_fail(conf, group, "confidence",
                  "a figure nobody has read cannot be sure: read it and write seen = true, or write likely or unsure.");
    read_clock_source(conf, group, catalogue, clock);
}

// The extended clock must exist, and the total must be its length and the extension's together.
static void check_extension(struct conf *conf, const config_setting_t *group, const struct law *law,
                            const struct law_clock *extension)
{
    // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): without an array there are no clocks
    if (!extension->extends)
        return;
    const struct law_clock *base = NULL;
    for (size_t i = 0; base == NULL && i < law->clock_count; i++)
        if (strcmp(law->clocks[i].id, extension->extended_clock) == 0 && !law->clocks[i].extends &&
            (law->clocks[i].rights & extension->rights) != 0)
            base = &law->clocks[i];
    int length = conf_int(conf, group, "length", CONF_OPTIONAL, 1, 3660, 0);
    if (base == NULL)
        conf_fail(conf, group, "extends", "there is no clock \"%s\" to extend for these rights.", extension->extended_clock);
    else if (length > 0 && (extension->n != base->n + length || extension->unit != base->unit))
        conf_fail(conf, group, "length", "%d more after %d is not the total of %d given as `n`.", length, base->n, extension->n);
    else if (extension->n != LENGTH_OPEN && extension->unit == base->unit && extension->n < base->n)
        conf_fail(conf, group, "n", "an extension to %d is shorter than the %d it extends.", extension->n, base->n);
}

void law_clocks_read(struct conf *conf, const config_setting_t *list, const struct catalogue *catalogue, struct law *law)
{
    int count = conf_count(list);
    law->clocks = conf_new(conf, (size_t)count, sizeof *law->clocks);
    for (int i = 0; i < count && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group == NULL)
            return;
        struct law_clock *clock = &law->clocks[law->clock_count++];
        read_clock(conf, group, catalogue, clock);
        for (size_t j = 0; !conf->failed && j + 1 < law->clock_count; j++) {
            const struct law_clock *other = &law->clocks[j];
            bool times_meet = (clock->until_date == DATE_NONE || other->from_date == DATE_NONE ||
                               other->from_date < clock->until_date) &&
                              (other->until_date == DATE_NONE || clock->from_date == DATE_NONE ||
                               clock->from_date < other->until_date);
            if (strcmp(other->id, clock->id) == 0 && (other->rights & clock->rights) != 0 && times_meet &&
                other->when == clock->when)
                conf_fail(conf, group, "id", "there are two clocks \"%s\" for the same right and time.", clock->id);
        }
    }
    for (size_t i = 0; !conf->failed && i < law->clock_count; i++)
        check_extension(conf, config_setting_get_elem(list, (unsigned)i), law, &law->clocks[i]);
}

void law_clocks_release(struct law *law)
{
    for (size_t i = 0; i < law->clock_count; i++) {
        struct law_clock *clock = &law->clocks[i];
        for (size_t j = 0; clock->met_by != NULL && clock->met_by[j] != NULL; j++)
            free(clock->met_by[j]);
        free(clock->met_by);
        free(clock->id);
        free(clock->cite);
        free(clock->note);
        free(clock->extended_clock);
    }
    free(law->clocks);
}
