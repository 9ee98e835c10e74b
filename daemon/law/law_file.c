// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/law_file.h"

#include <stdlib.h>
#include <string.h>

#include "shared/text.h"
#include "shared/zone.h"

static const char *const identity_words[] = {"none", "condition", "suspends", "resets", "starts", NULL};
static const char *const clarification_words[] = {"none", "days_out", NULL};
static const char *const fee_words[] = {"none", "resets", NULL};
static const char *const kind_words[] = {"statute", "voluntary", NULL};
static const char *const status_words[] = {"in_force", "future", NULL};

static right_set read_rights(struct conf *conf, const config_setting_t *group, const char *member)
{
    const config_setting_t *list = conf_array(conf, group, member, CONF_OPTIONAL);
    if (list == NULL)
        return ALL_RIGHTS;
    right_set set = 0;
    for (int i = 0; i < conf_count(list); i++) {
        const char *word = conf_string_at(conf, list, i);
        int index = word != NULL ? right_index(word) : -1;
        if (index < 0) {
            conf_fail(conf, list, member, "\"%s\" is no right; see the README of this folder for the words.",
                      word != NULL ? word : "");
            return 0;
        }
        set |= 1u << index;
    }
    if (set == 0)
        conf_fail(conf, group, member, "must name at least one right, or be left out for all.");
    return set;
}

static void read_law_rights(struct conf *conf, const config_setting_t *list, struct law *law)
{
    static const char *const members[] = {"id", "cite", "from", "note", NULL};
    int count = conf_count(list);
    if (count == 0 || count > RIGHTS_MAXIMUM) {
        conf_fail(conf, list, "rights", "must hold 1 to %d rights.", RIGHTS_MAXIMUM);
        return;
    }
    for (int i = 0; i < count && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group == NULL || !conf_only(conf, group, members))
            return;
        struct law_right *right = &law->rights[law->right_count];
        right->right = conf_word(conf, group, "id", CONF_REQUIRED, right_words);
        right->from_date = conf_date(conf, group, "from", CONF_OPTIONAL);
        conf_string(conf, group, "note", CONF_OPTIONAL);
        for (size_t j = 0; j < law->right_count; j++)
            if (law->rights[j].right == right->right)
                conf_fail(conf, group, "id", "this right stands here twice.");
        right->cite = words_copy(conf_string(conf, group, "cite", CONF_REQUIRED));
        law->right_count++;
    }
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
    if (clock->counting != NULL && by_working_days && clock->counting->calendar == NULL &&
        !clock->counting->controllers_calendar)
        conf_fail(conf, group, "unit", "business days need a counting rule with a calendar.");
    clock->when = conf_word(conf, group, "when", CONF_OPTIONAL, when_words);
    int party = conf_word(conf, group, "party", CONF_OPTIONAL, party_words);
    clock->party = party == 1 ? PARTY_REQUESTER : PARTY_VENDOR;
    clock->from_date = conf_date(conf, group, "from_date", CONF_OPTIONAL);
    clock->until_date = conf_date(conf, group, "until_date", CONF_OPTIONAL);
    clock->not_before = conf_date(conf, group, "not_before", CONF_OPTIONAL);
    clock->extended_clock = words_copy(conf_string(conf, group, "extends", CONF_OPTIONAL));
    clock->extends = clock->extended_clock != NULL;
    clock->notice_any_day = conf_bool(conf, group, "notice_any_day", false);
}

static bool identifier_is_good(const char *id)
{
    size_t length = strlen(id);
    return length > 0 && length <= 40 && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

static void read_clock(struct conf *conf, const config_setting_t *group, const struct catalogue *catalogue,
                       struct law_clock *clock)
{
    static const char *const members[] = {"id",   "rights",     "n",    "unit", "from",  "counting",  "cite",
                                          "confidence", "seen", "when", "party", "from_date", "until_date", "not_before",
                                          "extends", "notice", "notice_any_day", "note", NULL};
    conf_only(conf, group, members);
    const char *id = conf_string(conf, group, "id", CONF_REQUIRED);
    if (id != NULL && !identifier_is_good(id))
        conf_fail(conf, group, "id", "\"%s\" is no identifier; use small letters, digits, _ and -.", id);
    clock->id = words_copy(id);
    clock->rights = read_rights(conf, group, "rights");
    clock->n = conf_int(conf, group, "n", CONF_REQUIRED, 1, 3660, 1);
    clock->unit = (enum unit)conf_word(conf, group, "unit", CONF_REQUIRED, unit_words);
    int from = conf_word(conf, group, "from", CONF_REQUIRED, from_words);
    clock->from = words_copy(from >= 0 ? from_words[from] : NULL);
    clock->cite = words_copy(conf_string(conf, group, "cite", CONF_REQUIRED));
    clock->note = words_copy(conf_string(conf, group, "note", CONF_OPTIONAL));
    conf_string(conf, group, "notice", CONF_OPTIONAL);
    int confidence = conf_word(conf, group, "confidence", CONF_REQUIRED, confidence_words);
    clock->confidence = confidence_words[confidence >= 0 ? confidence : CONFIDENCE_UNSURE];
    conf_bool(conf, group, "seen", false);
    read_clock_source(conf, group, catalogue, clock);
}

static void read_clocks(struct conf *conf, const config_setting_t *list, const struct catalogue *catalogue,
                        struct law *law)
{
    int count = conf_count(list);
    law->clocks = calloc((size_t)count + 1, sizeof *law->clocks);
    for (int i = 0; law->clocks != NULL && i < count && !conf->failed; i++) {
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
    for (size_t i = 0; !conf->failed && i < law->clock_count; i++) {
        bool found = !law->clocks[i].extends;
        for (size_t j = 0; !found && j < law->clock_count; j++)
            found = strcmp(law->clocks[j].id, law->clocks[i].extended_clock) == 0;
        if (!found)
            conf_fail(conf, list, "extends", "there is no clock \"%s\" to extend.", law->clocks[i].extended_clock);
    }
}

static void read_frequency(struct conf *conf, const config_setting_t *group, struct law *law)
{
    static const char *const members[] = {"count", "window_months", "calendar_year", "rights", "cite", "confidence", "free",
                                          "note", NULL};
    if (group == NULL || !conf_only(conf, group, members))
        return;
    law->frequency.count = conf_int(conf, group, "count", CONF_OPTIONAL, 1, 1000, 0);
    law->frequency.months = conf_int(conf, group, "window_months", CONF_OPTIONAL, 1, 120, 0);
    law->frequency.calendar_year = conf_bool(conf, group, "calendar_year", false);
    law->frequency.rights = read_rights(conf, group, "rights");
    law->frequency.cite = words_copy(conf_string(conf, group, "cite", CONF_REQUIRED));
    conf_word(conf, group, "confidence", CONF_REQUIRED, confidence_words);
    conf_string(conf, group, "free", CONF_OPTIONAL);
    if (law->frequency.count > 0 && (law->frequency.months > 0) == law->frequency.calendar_year)
        conf_fail(conf, group, "count", "needs either `window_months` or `calendar_year = true`.");
}

static int read_effect(struct conf *conf, const config_setting_t *law, const char *name, const char *const *words,
                       char **cite, right_set *rights)
{
    static const char *const members[] = {"effect", "cite", "confidence", "rights", "note", NULL};
    const config_setting_t *group = conf_group(conf, law, name, CONF_OPTIONAL);
    if (group == NULL || !conf_only(conf, group, members))
        return 0;
    int effect = conf_word(conf, group, "effect", CONF_REQUIRED, words);
    *cite = words_copy(conf_string(conf, group, "cite", CONF_OPTIONAL));
    conf_word(conf, group, "confidence", CONF_OPTIONAL, confidence_words);
    right_set set = read_rights(conf, group, "rights");
    if (rights != NULL)
        *rights = set;
    return effect < 0 ? 0 : effect;
}

static void read_versions(struct conf *conf, const config_setting_t *list, struct law *law)
{
    static const char *const members[] = {"from", "what", NULL};
    law->versions = calloc((size_t)conf_count(list) + 1, sizeof *law->versions);
    for (int i = 0; law->versions != NULL && i < conf_count(list) && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group == NULL || !conf_only(conf, group, members))
            return;
        struct law_version *version = &law->versions[law->version_count++];
        version->from = conf_date(conf, group, "from", CONF_REQUIRED);
        version->what = words_copy(conf_string(conf, group, "what", CONF_REQUIRED));
    }
}

static void read_names(struct conf *conf, const config_setting_t *group, struct law *law)
{
    const char *id = conf_string(conf, group, "id", CONF_REQUIRED);
    if (id != NULL && !identifier_is_good(id))
        conf_fail(conf, group, "id", "\"%s\" is no identifier; use small letters, digits, _ and -.", id);
    law->id = words_copy(id);
    law->name = words_copy(conf_string(conf, group, "name", CONF_REQUIRED));
    law->short_name = words_copy(conf_string(conf, group, "short", CONF_REQUIRED));
    law->jurisdiction = words_copy(conf_string(conf, group, "jurisdiction", CONF_REQUIRED));
    law->who = words_copy(conf_string(conf, group, "who", CONF_REQUIRED));
    law->penalty = words_copy(conf_string(conf, group, "penalty", CONF_OPTIONAL));
    law->authority = words_copy(conf_string(conf, group, "authority", CONF_OPTIONAL));
    law->note = words_copy(conf_string(conf, group, "note", CONF_OPTIONAL));
    law->denial = words_copy(conf_string(conf, group, "denial", CONF_OPTIONAL));
    law->zone = words_copy(conf_string(conf, group, "zone", CONF_REQUIRED));
    law->statute = conf_word(conf, group, "kind", CONF_REQUIRED, kind_words) == 0;
    law->future = conf_word(conf, group, "status", CONF_REQUIRED, status_words) == 1;
    law->effective_from = conf_date(conf, group, "effective_from", CONF_OPTIONAL);
    int confidence = conf_word(conf, group, "confidence", CONF_REQUIRED, confidence_words);
    law->confidence = confidence_words[confidence >= 0 ? confidence : CONFIDENCE_UNSURE];
    if (!conf->failed && !zone_is_known(law->zone))
        conf_fail(conf, group, "zone", "\"%s\" is not a time zone of this system.", law->zone);
}

// Groups that are for the reader alone: only their words are checked.
static void check_prose(struct conf *conf, const config_setting_t *group)
{
    static const char *const coverage[] = {"thresholds", "nonprofits", "higher_ed", "government", "note", NULL};
    static const char *const agent[] = {"allowed", "cite", "how", "confidence", "rights", NULL};
    static const char *const source[] = {"where", "seen", "what", NULL};
    static const char *const cure[] = {"n", "unit", "what", "cite", "confidence", "note", NULL};
    const config_setting_t *part = conf_group(conf, group, "coverage", CONF_OPTIONAL);
    if (part != NULL)
        conf_only(conf, part, coverage);
    part = conf_group(conf, group, "agent", CONF_OPTIONAL);
    if (part != NULL)
        conf_only(conf, part, agent);
    part = conf_group(conf, group, "cure", CONF_OPTIONAL);
    if (part != NULL)
        conf_only(conf, part, cure);
    const config_setting_t *list = conf_list(conf, group, "sources", CONF_OPTIONAL);
    for (int i = 0; i < conf_count(list); i++) {
        part = conf_group_at(conf, list, i);
        if (part != NULL)
            conf_only(conf, part, source);
    }
}

struct law *law_file_read(struct conf *conf, const struct catalogue *catalogue)
{
    static const char *const top[] = {"law", NULL};
    static const char *const members[] = {
        "id",     "name",   "short",     "jurisdiction", "kind",     "status",        "effective_from", "who",   "confidence",
        "zone",   "penalty", "authority", "note",         "denial",   "rights",        "clocks",         "versions", "frequency",
        "identity", "clarification", "fee", "coverage", "agent", "cure", "appeal", "sources", NULL};
    const config_setting_t *root = config_root_setting(&conf->config);
    struct law *law = calloc(1, sizeof *law);
    const config_setting_t *group = conf_only(conf, root, top) ? conf_group(conf, root, "law", CONF_REQUIRED) : NULL;
    if (law == NULL || group == NULL || !conf_only(conf, group, members))
        goto failed;
    read_names(conf, group, law);
    read_law_rights(conf, conf_list(conf, group, "rights", CONF_REQUIRED), law);
    read_clocks(conf, conf_list(conf, group, "clocks", CONF_REQUIRED), catalogue, law);
    read_versions(conf, conf_list(conf, group, "versions", CONF_OPTIONAL), law);
    read_frequency(conf, conf_group(conf, group, "frequency", CONF_OPTIONAL), law);
    law->identity = (enum identity_effect)read_effect(conf, group, "identity", identity_words, &law->identity_cite, NULL);
    law->clarification = (enum pause_effect)read_effect(conf, group, "clarification", clarification_words,
                                                        &law->clarification_cite, &law->clarification_rights);
    law->fee = (enum fee_effect)read_effect(conf, group, "fee", fee_words, &law->fee_cite, NULL);
    conf_string(conf, group, "appeal", CONF_OPTIONAL);
    check_prose(conf, group);
    if (!conf->failed)
        return law;
failed:
    law_free(law);
    return NULL;
}

void law_free(struct law *law)
{
    if (law == NULL)
        return;
    for (size_t i = 0; i < law->right_count; i++)
        free(law->rights[i].cite);
    for (size_t i = 0; i < law->clock_count; i++) {
        struct law_clock *clock = &law->clocks[i];
        char *const owned[] = {clock->id, clock->from, clock->cite, clock->note, clock->extended_clock};
        for (size_t j = 0; j < sizeof owned / sizeof owned[0]; j++)
            free(owned[j]);
    }
    for (size_t i = 0; i < law->version_count; i++)
        free(law->versions[i].what);
    char *const owned[] = {law->id,   law->name,   law->short_name,   law->jurisdiction,  law->who,
                           law->penalty, law->authority, law->note,    law->denial,        law->zone,
                           law->text, law->frequency.cite, law->identity_cite, law->clarification_cite, law->fee_cite};
    for (size_t j = 0; j < sizeof owned / sizeof owned[0]; j++)
        free(owned[j]);
    free(law->clocks);
    free(law->versions);
    free(law);
}
