// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/law.h"

#include <string.h>

#include "shared/text.h"

enum { NEAR_MAXIMUM = 4 }; // farther is no misspelling

int right_index(const char *right)
{
    for (int i = 0; right_words[i] != NULL; i++)
        if (strcmp(right_words[i], right) == 0)
            return i;
    return -1;
}

static const struct law_right *find_right(const struct law *law, const char *right)
{
    int index = right_index(right);
    for (size_t i = 0; i < law->right_count; i++)
        if (law->rights[i].right == index)
            return &law->rights[i];
    return NULL;
}

static bool refuse_unknown(const char *right, struct error *error)
{
    struct text known = {0};
    const char *near = NULL;
    unsigned best = NEAR_MAXIMUM;
    for (int i = 0; right_words[i] != NULL; i++) {
        text_format(&known, "%s%s", i > 0 ? ", " : "", right_words[i]);
        if (text_distance(right_words[i], right) < best) {
            best = text_distance(right_words[i], right);
            near = right_words[i];
        }
    }
    error_set(error, ERROR_invalid, "right", "There is no right %s.%s%s%s There are: %s.", right, near != NULL ? " Did you mean " : "",
              near != NULL ? near : "", near != NULL ? "?" : "", known.text != NULL ? known.text : "see dsr(1)");
    text_release(&known);
    return false;
}

bool law_check_right(const struct law *law, const char *right, struct error *error)
{
    struct text given = {0};
    if (right_index(right) < 0)
        return refuse_unknown(right, error);
    if (find_right(law, right) != NULL)
        return true;
    for (size_t i = 0; i < law->right_count; i++)
        text_format(&given, "%s%s", i > 0 ? ", " : "", right_words[law->rights[i].right]);
    error_set(error, ERROR_invalid, "right", "The %s has no right %s; it gives %s.", law->short_name, right,
              given.text != NULL ? given.text : "none");
    text_release(&given);
    return false;
}

const char *law_id(const struct law *law)
{
    return law->id;
}

const char *law_hash(const struct law *law)
{
    return law->hash;
}

const char *law_short_name(const struct law *law)
{
    return law->short_name;
}

const char *law_name(const struct law *law)
{
    return law->name;
}

bool law_counts_by(const struct law *law, const struct calendar *calendar)
{
    for (size_t i = 0; i < law->clock_count; i++) {
        const struct counting *counting = law->clocks[i].counting;
        if (counting->calendar == calendar || counting->earliest == calendar || counting->latest == calendar)
            return true;
    }
    return false;
}

bool law_is_statute(const struct law *law)
{
    return law->kind != LAW_VOLUNTARY;
}

bool law_clock_counts_from_refusal(const struct law_clock *rule)
{
    return strcmp(rule->from, "refused_or_deemed") == 0;
}

bool law_silence_refuses(const struct law *law)
{
    bool refuses = law->silence_refuses;
    for (size_t i = 0; i < law->clock_count; i++)
        refuses = refuses || law_clock_counts_from_refusal(&law->clocks[i]);
    return refuses;
}

bool law_has_right(const struct law *law, const char *right, date on)
{
    const struct law_right *found = find_right(law, right);
    return found != NULL && (law->effective_from == DATE_NONE || on >= law->effective_from) &&
           (found->from_date == DATE_NONE || on >= found->from_date);
}

date law_right_from(const struct law *law, const char *right)
{
    const struct law_right *found = find_right(law, right);
    date from = found != NULL ? found->from_date : DATE_NONE;
    return from == DATE_NONE || (law->effective_from != DATE_NONE && law->effective_from > from) ? law->effective_from : from;
}

const char *law_right_cite(const struct law *law, const char *right)
{
    const struct law_right *found = find_right(law, right);
    return found != NULL ? found->cite : NULL;
}

const char *law_authority(const struct law *law)
{
    return law->authority;
}

const char *law_appeal(const struct law *law)
{
    return law->appeal;
}

const char *law_zone(const struct law *law)
{
    return law->zone;
}

const char *law_text(const struct law *law)
{
    return law->text;
}

struct law_frequency law_frequency(const struct law *law, const char *right)
{
    int index = right_index(right);
    return (struct law_frequency){
        .count = law->frequency.count,
        .calendar_year = law->frequency.calendar_year,
        .months = law->frequency.months,
        .cite = law->frequency.cite,
        .may_charge = law->frequency.may_charge,
        .counts_right = index >= 0 && (law->frequency.rights & (1u << index)) != 0,
    };
}

bool law_rights_counted_together(const struct law *law, const char *right, const char *other_right)
{
    return law_frequency(law, right).counts_right && law_frequency(law, other_right).counts_right;
}
