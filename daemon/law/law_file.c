// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/law_file.h"

#include <stdlib.h>
#include <string.h>

#include "law/law_clock_file.h"
#include "law/sources.h"
#include "shared/text.h"
#include "shared/zone.h"

static const char *const identity_words[] = {"none", "condition", "suspends", "resets", "starts", NULL};
static const char *const clarification_words[] = {"none", "days_out", NULL};
static const char *const fee_words[] = {"none", "resets", "reflection", NULL};
static const char *const agent_words[] = {"unknown", "yes", "no", NULL};
static const char *const after_words[] = {"may_refuse", "may_charge", NULL};
static const char *const verdict_words[] = {"confirmed", "corrected", "not_found", NULL};
static const char *const status_words[] = {"in_force", "future", NULL};

right_set law_file_rights(struct conf *conf, const config_setting_t *group, const char *member)
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
    if (list != NULL && (count == 0 || count > RIGHTS_MAXIMUM)) {
        conf_fail(conf, list, "rights", "must hold 1 to %d rights, or be left out for a law that gives none.", RIGHTS_MAXIMUM);
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
        right->cite = conf_copy(conf, group, "cite", CONF_REQUIRED);
        law->right_count++;
    }
}

bool law_file_identifier_is_good(const char *id)
{
    size_t length = strlen(id);
    return length > 0 && length <= 40 && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

static void read_frequency(struct conf *conf, const config_setting_t *group, struct law *law)
{
    static const char *const members[] = {"count", "window_months", "calendar_year", "rights", "cite", "confidence", "free",
                                          "after", "note", NULL};
    if (group == NULL || !conf_only(conf, group, members))
        return;
    law->frequency.count = conf_int(conf, group, "count", CONF_OPTIONAL, 1, 1000, 0);
    law->frequency.months = conf_int(conf, group, "window_months", CONF_OPTIONAL, 1, 120, 0);
    law->frequency.calendar_year = conf_bool(conf, group, "calendar_year", false);
    law->frequency.may_charge = conf_word(conf, group, "after", CONF_OPTIONAL, after_words) == 1;
    law->frequency.rights = law_file_rights(conf, group, "rights");
    law->frequency.cite = conf_copy(conf, group, "cite", CONF_REQUIRED);
    conf_word(conf, group, "confidence", CONF_REQUIRED, confidence_words);
    conf_string(conf, group, "free", CONF_OPTIONAL);
    if (law->frequency.count > 0 && (law->frequency.months > 0) == law->frequency.calendar_year)
        conf_fail(conf, group, "count", "needs either `window_months` or `calendar_year = true`.");
}

static int read_effect(struct conf *conf, const config_setting_t *law, const char *name, const char *const *words,
                       char **cite, right_set *rights)
{
    static const char *const members[] = {"effect", "days", "cite", "confidence", "rights", "note", NULL};
    const config_setting_t *group = conf_group(conf, law, name, CONF_OPTIONAL);
    if (group == NULL || !conf_only(conf, group, members))
        return 0;
    int effect = conf_word(conf, group, "effect", CONF_REQUIRED, words);
    *cite = conf_copy(conf, group, "cite", CONF_OPTIONAL);
    conf_word(conf, group, "confidence", CONF_OPTIONAL, confidence_words);
    right_set set = law_file_rights(conf, group, "rights");
    if (rights != NULL)
        *rights = set;
    return effect < 0 ? 0 : effect;
}

static void read_versions(struct conf *conf, const config_setting_t *list, struct law *law)
{
    static const char *const members[] = {"from", "what", NULL};
    law->versions = conf_new(conf, (size_t)conf_count(list), sizeof *law->versions);
    for (int i = 0; i < conf_count(list) && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group == NULL || !conf_only(conf, group, members))
            return;
        struct law_version *version = &law->versions[law->version_count++];
        version->from = conf_date(conf, group, "from", CONF_OPTIONAL);
        version->what = conf_copy(conf, group, "what", CONF_REQUIRED);
    }
}

static const char *read_confidence(struct conf *conf, const config_setting_t *group)
{
    int confidence = conf_word(conf, group, "confidence", CONF_REQUIRED, confidence_words);
    return confidence_words[confidence >= 0 ? confidence : CONFIDENCE_UNSURE];
}

static void read_names(struct conf *conf, const config_setting_t *group, struct law *law)
{
    const char *id = conf_string(conf, group, "id", CONF_REQUIRED);
    if (id != NULL && !law_file_identifier_is_good(id))
        conf_fail(conf, group, "id", "\"%s\" is no identifier; use small letters, digits, _ and -.", id);
    law->id = conf_keep(conf, id);
    law->name = conf_copy(conf, group, "name", CONF_REQUIRED);
    law->short_name = conf_copy(conf, group, "short", CONF_REQUIRED);
    law->jurisdiction = conf_copy(conf, group, "jurisdiction", CONF_REQUIRED);
    law->who = conf_copy(conf, group, "who", CONF_REQUIRED);
    law->penalty = conf_copy(conf, group, "penalty", CONF_OPTIONAL);
    law->authority = conf_copy(conf, group, "authority", CONF_OPTIONAL);
    law->appeal = conf_copy(conf, group, "appeal", CONF_OPTIONAL);
    law->zone = conf_copy(conf, group, "zone", CONF_REQUIRED);
    law->kind = (enum law_kind)conf_word(conf, group, "kind", CONF_REQUIRED, kind_words);
    law->future = conf_word(conf, group, "status", CONF_REQUIRED, status_words) == 1;
    law->effective_from = conf_date(conf, group, "effective_from", CONF_OPTIONAL);
    law->confidence = read_confidence(conf, group);
    if (!conf->failed && !zone_is_known(law->zone))
        conf_fail(conf, group, "zone", "\"%s\" is not a time zone of this system.", law->zone);
}

static void read_agent(struct conf *conf, const config_setting_t *group, struct law *law)
{
    static const char *const members[] = {"allowed", "cite", "how", "confidence", "rights", NULL};
    if (group == NULL || !conf_only(conf, group, members))
        return;
    law->agent = (enum agent)conf_word(conf, group, "allowed", CONF_REQUIRED, agent_words);
    law->agent_rights = law_file_rights(conf, group, "rights");
    law->agent_cite = conf_copy(conf, group, "cite", CONF_OPTIONAL);
    law->agent_how = conf_copy(conf, group, "how", CONF_OPTIONAL);
    law->agent_confidence = read_confidence(conf, group);
}

static void read_reach(struct conf *conf, const config_setting_t *group, struct law *law)
{
    static const char *const members[] = {"establishment", "abroad", "confidence", NULL};
    if (group == NULL || !conf_only(conf, group, members))
        return;
    law->reach_establishment = conf_copy(conf, group, "establishment", CONF_OPTIONAL);
    law->reach_abroad = conf_copy(conf, group, "abroad", CONF_OPTIONAL);
    law->reach_confidence = read_confidence(conf, group);
}

static void read_coverage(struct conf *conf, const config_setting_t *group, struct law *law)
{
    if (group == NULL || !conf_only(conf, group, coverage_words))
        return;
    for (int i = 0; i < COVERAGE_COUNT; i++)
        law->coverage[i] = conf_copy(conf, group, coverage_words[i], CONF_OPTIONAL);
}

// What was read when, where, and how strong that is. For the reader; only its words are checked.
static void check_readings(struct conf *conf, const config_setting_t *list)
{
    static const char *const members[] = {"of", "found", "verdict", "strength", "where", "text_of", "on", "quote", NULL};
    for (int i = 0; i < conf_count(list) && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group == NULL || !conf_only(conf, group, members))
            return;
        conf_string(conf, group, "of", CONF_REQUIRED);
        conf_string(conf, group, "found", CONF_REQUIRED);
        conf_string(conf, group, "where", CONF_REQUIRED);
        conf_word(conf, group, "verdict", CONF_REQUIRED, verdict_words);
        conf_word(conf, group, "strength", CONF_REQUIRED, strength_words);
        conf_date(conf, group, "on", CONF_REQUIRED);
    }
}

// Groups that are for the reader alone: only their words are checked.
static void check_prose(struct conf *conf, const config_setting_t *group)
{
    static const char *const cure[] = {"n", "unit", "what", "cite", "confidence", "note", NULL};
    static const char *const sentences[] = {"denial", "grants", "relevant_time", "website_duty",
                                            "answer_covers", "appeal", NULL};
    for (int i = 0; sentences[i] != NULL; i++)
        conf_string(conf, group, sentences[i], CONF_OPTIONAL);
    const config_setting_t *notes = conf_array(conf, group, "notes", CONF_OPTIONAL);
    for (int i = 0; i < conf_count(notes); i++)
        conf_string_at(conf, notes, i);
    const config_setting_t *part = conf_group(conf, group, "cure", CONF_OPTIONAL);
    if (part != NULL)
        conf_only(conf, part, cure);
    sources_check(conf, group);
    check_readings(conf, conf_list(conf, group, "readings", CONF_OPTIONAL));
}

static void read_parts(struct conf *conf, const config_setting_t *group, const struct catalogue *catalogue, struct law *law)
{
    read_names(conf, group, law);
    read_law_rights(conf, conf_list(conf, group, "rights", CONF_OPTIONAL), law);
    law_clocks_read(conf, conf_list(conf, group, "clocks", CONF_OPTIONAL), catalogue, law);
    read_versions(conf, conf_list(conf, group, "versions", CONF_OPTIONAL), law);
    read_frequency(conf, conf_group(conf, group, "frequency", CONF_OPTIONAL), law);
    law->identity = (enum identity_effect)read_effect(conf, group, "identity", identity_words, &law->identity_cite, NULL);
    law->clarification = (enum pause_effect)read_effect(conf, group, "clarification", clarification_words,
                                                        &law->clarification_cite, &law->clarification_rights);
    law->fee = (enum fee_effect)read_effect(conf, group, "fee", fee_words, &law->fee_cite, &law->fee_rights);
    if (law->fee == FEE_REFLECTION)
        law->fee_days = conf_int(conf, config_setting_get_member(group, "fee"), "days", CONF_REQUIRED, 1, 365, 1);
    read_agent(conf, conf_group(conf, group, "agent", CONF_OPTIONAL), law);
    read_reach(conf, conf_group(conf, group, "reach", CONF_OPTIONAL), law);
    read_coverage(conf, conf_group(conf, group, "coverage", CONF_OPTIONAL), law);
    law->silence_refuses = conf_string(conf, group, "deemed_refusal", CONF_OPTIONAL) != NULL;
    check_prose(conf, group);
}

struct law *law_file_read(struct conf *conf, const struct catalogue *catalogue)
{
    static const char *const top[] = {"law", NULL};
    static const char *const members[] = {
        "id", "name", "short", "jurisdiction", "kind", "status", "effective_from", "who", "confidence", "zone", "penalty",
        "authority", "notes", "denial", "deemed_refusal", "grants", "relevant_time", "website_duty", "answer_covers", "rights",
        "clocks", "versions", "frequency", "identity", "clarification", "fee", "reach", "coverage", "agent", "cure", "appeal", "sources",
        "readings", NULL};
    const config_setting_t *root = config_root_setting(&conf->config);
    struct law *law = conf_new(conf, 1, sizeof *law);
    const config_setting_t *group = conf_only(conf, root, top) ? conf_group(conf, root, "law", CONF_REQUIRED) : NULL;
    if (conf->failed || !conf_only(conf, group, members))
        goto failed;
    read_parts(conf, group, catalogue, law);
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
    law_clocks_release(law);
    for (size_t i = 0; i < law->version_count; i++)
        free(law->versions[i].what);
    char *const owned[] = {law->id,   law->name,   law->short_name,   law->jurisdiction,  law->who,
                           law->penalty, law->authority, law->appeal, law->zone,
                           law->text, law->frequency.cite, law->identity_cite, law->clarification_cite, law->fee_cite,
                           law->agent_cite, law->agent_how, law->reach_establishment, law->reach_abroad};
    for (size_t j = 0; j < sizeof owned / sizeof owned[0]; j++)
        free(owned[j]);
    for (int i = 0; i < COVERAGE_COUNT; i++)
        free(law->coverage[i]);
    free(law->versions);
    free(law);
}
