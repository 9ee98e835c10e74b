// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/advice.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/law.h"
#include "law/places.h"
#include "shared/memory.h"
#include "shared/text.h"

static const char *const strength_names[] = {"likely", "possible", "doubtful", "later", "policy"};
static const char *const weight_names[] = {"against", "depends", "note"};

const char *advice_strength_name(enum advice_strength strength)
{
    return strength_names[strength];
}

const char *advice_weight_name(enum advice_weight weight)
{
    return weight_names[weight];
}

// `confidence` is that of the fact in the law file, NULL where it has none: one that was not read in the law gets a ~.
__attribute__((format(printf, 6, 7))) static bool add_reason(struct advice_row *row, const char *word, enum advice_weight weight,
                                                             const char *cite, const char *confidence, const char *format, ...)
{
    struct text text = {0};
    char *sentence = NULL;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&sentence, format, arguments);
    va_end(arguments);
    if (length < 0)
        return false;
    text_append(&text, confidence != NULL && strcmp(confidence, "sure") != 0 ? "~" : "");
    text_append(&text, sentence);
    free(sentence);
    struct advice_reason *grown = text.failed ? NULL : reallocarray(row->reasons, row->reason_count + 1, sizeof *grown);
    if (grown == NULL) {
        text_release(&text);
        return false;
    }
    row->reasons = grown;
    grown[row->reason_count++] = (struct advice_reason){word, weight, text_take(&text), cite};
    return true;
}

static bool answers_for(const struct advice_establishment *establishment, const struct law *law)
{
    for (size_t i = 0; i < establishment->law_count; i++)
        if (strcmp(establishment->laws[i], law->id) == 0)
            return true;
    return establishment->law_count == 0;
}

static const struct advice_establishment *default_establishment(const struct advice_question *question)
{
    for (size_t i = 0; i < question->establishment_count; i++)
        if (question->establishments[i].law_count == 0)
            return &question->establishments[i];
    return NULL;
}

// Where the law holds: the default establishment before others, for it is the one that answers everybody.
static const struct advice_establishment *establishment_in(const struct advice_question *question, const struct law *law)
{
    const struct advice_establishment *found = NULL;
    for (size_t i = 0; i < question->establishment_count; i++) {
        const struct advice_establishment *one = &question->establishments[i];
        if (place_is_in(one->country, law->jurisdiction) && answers_for(one, law) && (found == NULL || one->law_count == 0))
            found = one;
    }
    return found;
}

static bool add_reach(const struct advice_question *question, const struct advice_establishment *here, struct advice_row *row)
{
    struct text text = {0};
    const struct law *law = row->law;
    const struct advice_establishment *other = default_establishment(question);
    bool good = true;
    if (law->kind == LAW_VOLUNTARY)
        text_append(&text, "by its own policy, whomever that names");
    else if (row->by_residence)
        text_format(&text, "by where the person lives (%s)", question->residence);
    else
        text_format(&text, "%sby its establishment in %s%s%s%s [%s]", strcmp(law->reach_confidence, "sure") != 0 ? "~" : "", here->country,
                    here->name != NULL ? " (" : "", here->name != NULL ? here->name : "", here->name != NULL ? ")" : "",
                    law->reach_establishment);
    row->reach = text_take(&text);
    if (!row->by_residence && here->law_count > 0)
        good = add_reason(row, "reach", ADVICE_DEPENDS, law->reach_establishment, NULL, "Only for what the establishment in %s itself "
                          "handles: %s%s%s%s may answer people elsewhere.",
                          here->country, other != NULL && other->name != NULL ? other->name : "another one", other != NULL ? " (" : "",
                          other != NULL ? other->country : "", other != NULL ? ")" : "");
    if (row->by_residence && here == NULL && law->reach_abroad != NULL)
        good = add_reason(row, "abroad", ADVICE_DEPENDS, NULL, law->reach_confidence, "No establishment there is known, and it binds one "
                          "abroad by %s.", law->reach_abroad);
    return good && row->reach != NULL;
}

// "covered" is all right, and with more words worth a note; "exempt" is a fact; anything else depends.
static bool add_nonprofit(const struct advice_question *question, struct advice_row *row)
{
    const char *coverage = row->law->coverage[COVERAGE_NONPROFITS];
    if (!question->nonprofit || (coverage != NULL && strcmp(coverage, "covered") == 0))
        return true;
    if (coverage == NULL)
        return add_reason(row, "nonprofit", ADVICE_DEPENDS, NULL, NULL, "%s is a non-profit, and whether this law binds those is not "
                          "known here.", question->vendor);
    if (strcmp(coverage, "exempt") == 0)
        return add_reason(row, "nonprofit", ADVICE_AGAINST, NULL, NULL, "%s is a non-profit, and this law exempts those.",
                          question->vendor);
    return add_reason(row, "nonprofit", strncmp(coverage, "covered", 7) == 0 ? ADVICE_NOTE : ADVICE_DEPENDS, NULL, NULL,
                      "%s is a non-profit, and of those this law has: %s.", question->vendor, coverage);
}

static bool add_coverage(const struct advice_question *question, struct advice_row *row)
{
    const struct law *law = row->law;
    const char *thresholds = law->coverage[COVERAGE_THRESHOLDS], *note = law->coverage[COVERAGE_NOTE];
    const char *end = note != NULL ? strrchr(note, '.') : NULL;
    bool good = add_nonprofit(question, row);
    if (thresholds != NULL)
        good = good && add_reason(row, "thresholds", ADVICE_DEPENDS, NULL, NULL, "Its thresholds: %s.", thresholds);
    else if (law->coverage[COVERAGE_NONPROFITS] == NULL)
        good = good && add_reason(row, "thresholds", ADVICE_DEPENDS, NULL, NULL, "Whom it binds, and from what size, is not known here.");
    if (note != NULL)
        good = good && add_reason(row, "coverage", ADVICE_NOTE, NULL, NULL, "%s%s", note, end != NULL && end[1] == '\0' ? "" : ".");
    return good;
}

// The rights for which an agent is taken, in words.
static void append_agent_rights(struct text *text, right_set rights)
{
    for (int i = 0, count = 0; right_words[i] != NULL; i++)
        if ((rights & (1u << i)) != 0)
            text_format(text, "%s%s", count++ > 0 ? ", " : "", right_words[i]);
}

// The patron may always ask: that agents are refused matters to staff who would do it, and does not make the law weaker.
static bool add_agent(const struct advice_question *question, struct advice_row *row)
{
    const struct law *law = row->law;
    const char *how = law->agent_how != NULL ? law->agent_how : "", *colon = how[0] != '\0' ? ": " : "";
    struct text rights = {0};
    bool good;
    append_agent_rights(&rights, law->agent_rights);
    if (law->agent == AGENT_UNKNOWN)
        good = add_reason(row, "agent", ADVICE_NOTE, law->agent_cite, NULL, "Whether staff may ask for the patron is not known here.");
    else if (law->agent == AGENT_NO)
        good = add_reason(row, "agent", ADVICE_NOTE, law->agent_cite, law->agent_confidence, "Agents are refused%s%s. The patron must "
                          "ask, not staff.", colon, how);
    else if ((law->agent_rights & (1u << right_index(question->right))) == 0)
        good = add_reason(row, "agent", ADVICE_NOTE, law->agent_cite, law->agent_confidence, "Agents are refused for this right (taken "
                          "for: %s). The patron must ask, not staff.", rights.text != NULL ? rights.text : "");
    else
        good = add_reason(row, "agent", ADVICE_NOTE, law->agent_cite, law->agent_confidence, "Staff may ask for the patron%s%s.", colon,
                          how);
    good = good && !rights.failed;
    text_release(&rights);
    return good;
}

static bool add_policy(const struct advice_question *question, struct advice_row *row)
{
    bool good = true;
    for (size_t i = 0; good && i < question->extension_count; i++) {
        const struct advice_extension *extension = &question->extensions[i];
        char days[32] = "";
        if (extension->days > 0)
            snprintf(days, sizeof days, ", within %d days", extension->days);
        row->days = row->days > 0 ? row->days : extension->days;
        good = add_reason(row, "policy", ADVICE_NOTE, extension->source, NULL, "%s gives it to: %s%s (seen %s).", question->vendor,
                          extension->people, days, extension->date_seen);
    }
    if (question->extension_count == 0)
        good = add_reason(row, "policy", ADVICE_DEPENDS, NULL, NULL, "Nothing is known here of %s giving this right to people whom no law "
                          "protects: read its policy.", question->vendor);
    return good;
}

static bool add_reasons(const struct advice_question *question, struct advice_row *row)
{
    const struct law *law = row->law;
    if (question->processor &&
        !add_reason(row, "processor", ADVICE_AGAINST, NULL, NULL,
                    "%s mostly acts for libraries: it may refer the person to the library, which decides.", question->vendor))
        return false;
    if (law->kind == LAW_VOLUNTARY)
        return add_policy(question, row);
    if (law->kind != LAW_STATUTE &&
        !add_reason(row, "kind", ADVICE_AGAINST, NULL, NULL, "It is a law of %s: it gives people little to ask for.",
                    law->kind == LAW_CONFIDENTIALITY ? "confidentiality" : "registers"))
        return false;
    return add_coverage(question, row) && add_agent(question, row);
}

static date first_day(const struct law *law, const char *right)
{
    date from = law->effective_from;
    for (size_t i = 0; i < law->right_count; i++)
        if (law->rights[i].right == right_index(right) && law->rights[i].from_date > from) // DATE_NONE is before every day
            from = law->rights[i].from_date;
    return from;
}

static enum advice_strength strength_of(const struct advice_row *row, const char *right, date on)
{
    enum advice_strength strength = ADVICE_LIKELY;
    if (row->law->kind == LAW_VOLUNTARY)
        return ADVICE_POLICY;
    if (!law_has_right(row->law, right, on) || (row->law->future && row->law->effective_from == DATE_NONE))
        return ADVICE_LATER;
    for (size_t i = 0; i < row->reason_count; i++)
        if (row->reasons[i].weight == ADVICE_AGAINST)
            return ADVICE_DOUBTFUL;
        else if (row->reasons[i].weight == ADVICE_DEPENDS)
            strength = ADVICE_POSSIBLE;
    return strength;
}

// By weight, and in the order in which they came.
static void sort_reasons(struct advice_row *row)
{
    for (size_t i = 1; i < row->reason_count; i++)
        for (size_t j = i; j > 0 && row->reasons[j - 1].weight > row->reasons[j].weight; j--) {
            struct advice_reason moved = row->reasons[j];
            row->reasons[j] = row->reasons[j - 1];
            row->reasons[j - 1] = moved;
        }
}

static bool fill_row(const struct advice_question *question, const struct law *law, const struct advice_establishment *here,
                     struct advice_row *row)
{
    *row = (struct advice_row){.law = law, .cite = law_right_cite(law, question->right), .confidence = law->confidence, .who = law->who,
                               .from = DATE_NONE};
    row->by_residence = place_is_in(question->residence, law->jurisdiction);
    date from = first_day(law, question->right);
    row->clocks = law_periods(law, question->right, from > question->on ? from : question->on);
    if (row->clocks == NULL || !add_reach(question, here, row) || !add_reasons(question, row))
        return false;
    row->strength = strength_of(row, question->right, question->on);
    if (row->strength == ADVICE_LATER)
        row->from = from;
    sort_reasons(row);
    return true;
}

// Strongest first: likely, possible, doubtful, later, policy; among equals statutes before other laws, then the law whose file is surer,
// then the law of the residence before one that holds only where the vendor is, then by id.
static int compare(const void *a, const void *b)
{
    const struct advice_row *first = a, *second = b;
    int order = (int)first->strength - (int)second->strength;
    if (order == 0)
        order = (int)(first->law->kind != LAW_STATUTE) - (int)(second->law->kind != LAW_STATUTE);
    if (order == 0)
        order = confidence_rank(first->confidence) - confidence_rank(second->confidence);
    if (order == 0)
        order = (int)second->by_residence - (int)first->by_residence;
    return order != 0 ? order : strcmp(first->law->id, second->law->id);
}

static bool exempts(const struct advice_row *row)
{
    for (size_t i = 0; i < row->reason_count; i++)
        if (row->reasons[i].weight == ADVICE_AGAINST && strcmp(row->reasons[i].word, "nonprofit") == 0)
            return true;
    return false;
}

// The first law that is not doubtful; else the vendor's policy if it is known to give the right; else a doubtful statute that does not
// exempt the vendor, for a date that no law sets would be called overdue; else the policy.
static const struct advice_row *suggest(const struct advice_question *question, const struct advice *advice)
{
    const struct advice_row *doubtful = NULL;
    for (size_t i = 0; i < advice->row_count; i++) {
        const struct advice_row *row = &advice->rows[i];
        if (row->strength < ADVICE_DOUBTFUL)
            return row;
        if (row->strength == ADVICE_DOUBTFUL && row->law->kind == LAW_STATUTE && !exempts(row) && doubtful == NULL)
            doubtful = row;
        if (row->strength == ADVICE_POLICY)
            return question->extension_count > 0 || doubtful == NULL ? row : doubtful;
    }
    return doubtful;
}

bool advice_give(const struct advice_question *question, struct advice *advice, struct error *error)
{
    size_t count = catalogue_law_count(question->catalogue);
    *advice = (struct advice){.rows = calloc(count + 1, sizeof *advice->rows), .without = calloc(count + 1, sizeof *advice->without)};
    bool good = advice->rows != NULL && advice->without != NULL;
    for (size_t i = 0; good && i < count; i++) {
        const struct law *law = catalogue_law_at(question->catalogue, i);
        const struct advice_establishment *here = establishment_in(question, law);
        if (!place_is_in(question->residence, law->jurisdiction) && (here == NULL || law->reach_establishment == NULL))
            continue;
        if (law_right_cite(law, question->right) != NULL)
            good = fill_row(question, law, here, &advice->rows[advice->row_count++]);
        else if (law->kind != LAW_VOLUNTARY)
            advice->without[advice->without_count++] = law;
    }
    if (!good) {
        advice_release(advice);
        return memory_error(error);
    }
    qsort(advice->rows, advice->row_count, sizeof *advice->rows, compare);
    advice->suggested = suggest(question, advice);
    return true;
}

void advice_release(struct advice *advice)
{
    for (size_t i = 0; i < advice->row_count; i++) {
        for (size_t j = 0; j < advice->rows[i].reason_count; j++)
            free(advice->rows[i].reasons[j].text);
        free(advice->rows[i].reasons);
        free(advice->rows[i].reach);
        free(advice->rows[i].clocks);
    }
    free(advice->rows);
    free(advice->without);
    *advice = (struct advice){0};
}
