// SPDX-License-Identifier: GPL-3.0-or-later
// Under which law an item is asked: the one that `dsr advise` suggests, else the vendor's own policy, and why.
#include "client/homework.h"

#include <string.h>

#include "client/advice_document.h"
#include "client/dates.h"
#include "law/places.h"
#include "request/residence.h"
#include "shared/json.h"
#include "shared/memory.h"

#define VOLUNTARY "voluntary"

static const json_t *row_of(const json_t *advice, const char *id)
{
    size_t index;
    json_t *law;
    json_array_foreach(json_object_get(advice, "laws"), index, law)
        if (id != NULL && strcmp(id, json_text(law, "law")) == 0)
            return law;
    return NULL;
}

static const char *first_reason(const json_t *row, const char *weight)
{
    size_t index;
    json_t *reason;
    json_array_foreach(json_object_get(row, "reasons"), index, reason)
        if (strcmp(json_text(reason, "weight"), weight) == 0)
            return json_text(reason, "text");
    return NULL;
}

// One sentence for the person: how far the law carries.
static void explain(const json_t *row, const char *strength, struct text *why)
{
    const char *against = first_reason(row, "against"), *depends = first_reason(row, "depends"), *policy = first_reason(row, "note");
    const char *name = json_text(row, "short");
    if (strcmp(strength, "likely") == 0)
        text_format(why, "The %s applies, as far as is known here.", name);
    else if (strcmp(strength, "possible") == 0)
        text_format(why, "The %s may apply. %s", name, depends != NULL ? depends : "");
    else if (strcmp(strength, "doubtful") == 0)
        text_format(why, "The %s is doubtful, but there is nothing stronger. %s", name, against != NULL ? against : "");
    else if (depends == NULL)
        text_format(why, "No law is likely to apply; the vendor's own policy gives it. %s", policy != NULL ? policy : "");
    else
        text_format(why, "No law known here gives it: you ask for a courtesy. %s", depends);
}

static bool set_law(json_t *item, const char *law, const char *name, const char *strength, const char *why)
{
    return json_object_set_new(item, "law", json_string(law)) == 0 && json_object_set_new(item, "law_name", json_string(name)) == 0 &&
           json_object_set_new(item, "strength", json_string(strength)) == 0 && json_object_set_new(item, "why", json_string(why)) == 0;
}

// The days that the vendor's own policy gives itself.
static bool set_days(json_t *item, const json_t *row)
{
    json_t *days = json_object_get(row, "days");
    return !json_is_integer(days) || json_object_set(item, "courtesy_days", days) == 0;
}

// That the vendor gives the right of its own accord too.
static void add_policy(const json_t *advice, struct text *why)
{
    size_t index;
    json_t *law;
    json_array_foreach(json_object_get(advice, "laws"), index, law)
        if (strcmp(json_text(law, "strength"), "policy") == 0 && first_reason(law, "depends") == NULL && first_reason(law, "note") != NULL)
            text_format(why, " Of its own accord, without a law: %s --law " VOLUNTARY " asks for that.", first_reason(law, "note"));
}

static bool set_advised(json_t *item, const json_t *advice)
{
    const json_t *row = row_of(advice, json_text(advice, "suggested"));
    struct text why = {0};
    if (row == NULL)
        return set_law(item, VOLUNTARY, VOLUNTARY, "courtesy", "No law known here gives it: you ask for a courtesy.");
    const char *strength = json_text(row, "strength");
    bool courtesy = strcmp(strength, "policy") == 0 && first_reason(row, "depends") != NULL;
    explain(row, strength, &why);
    if (strcmp(strength, "possible") == 0 || strcmp(strength, "doubtful") == 0)
        add_policy(advice, &why);
    bool good = !why.failed && set_law(item, json_text(row, "law"), json_text(row, "short"), courtesy ? "courtesy" : strength, why.text);
    text_release(&why);
    return good && set_days(item, row);
}

bool homework_choose_law(const struct homework *homework, const json_t *vendor, json_t *item, struct error *error)
{
    char residence[RESIDENCE_SIZE];
    const struct law *law = homework->law != NULL ? catalogue_find_law(homework->catalogue, homework->law, error) : NULL;
    if (homework->law != NULL && law == NULL)
        return false;
    if (!residence_parse(json_text(item, "residence"), residence, error) || !place_check(residence, error))
        return false;
    json_t *advice = advice_document(homework->catalogue, vendor, json_text(item, "right"), residence, dates_today(), error);
    if (advice == NULL)
        return false;
    bool good = law == NULL ? set_advised(item, advice)
                            : set_law(item, law_id(law), law_short_name(law), "chosen", "You chose the law.") &&
                                  set_days(item, row_of(advice, law_id(law)));
    json_decref(advice);
    return good || memory_error(error);
}
