// SPDX-License-Identifier: GPL-3.0-or-later
// The periods of a law in words, for people who choose between laws.
#include <stdlib.h>
#include <string.h>

#include "law/advice.h"
#include "law/law.h"
#include "shared/text.h"

// Clocks that a request itself starts; those of appeals and refusals come later.
static bool is_started_by_the_request(const struct law_clock *clock, int right)
{
    static const char *const starts[] = {"received", "relevant_time", "authenticated", "drop_submitted", "drop_retrieved", NULL};
    bool complaint = strcmp(right_words[right], "complaint") == 0;
    return word_is_in(clock->from, starts) || strcmp(clock->from, "revocation_received") == 0 ||
           (complaint && strcmp(clock->from, "complaint_received") == 0);
}

static bool counts(const struct law_clock *clock, int right, date on)
{
    return clock->party == PARTY_VENDOR && (clock->rights & (1u << right)) != 0 && is_started_by_the_request(clock, right) &&
           (clock->from_date == DATE_NONE || on >= clock->from_date) && (clock->until_date == DATE_NONE || on < clock->until_date);
}

// An identifier with blanks for its underscores.
static void append_words(struct text *text, const char *identifier, size_t length)
{
    for (size_t i = 0; i < length; i++)
        text_append_char(text, identifier[i] == '_' ? ' ' : identifier[i]);
}

static void append_clock(struct text *text, const struct law_clock *clock)
{
    text_append(text, text->length > 0 ? "; " : "");
    append_words(text, clock->id, strlen(clock->id));
    text_append(text, strcmp(clock->confidence, "sure") == 0 ? " " : " ~");
    if (clock->n == LENGTH_OPEN)
        text_append(text, "as long as the notice says");
    else if (clock->n == 0)
        text_append(text, "at once");
    else {
        const char *unit = unit_words[clock->unit]; // all end in s
        text_format(text, "%d ", clock->n);
        append_words(text, unit, strlen(unit) - (clock->n == 1));
    }
    text_append(text, clock->extends && clock->n != LENGTH_OPEN ? " in all" : "");
    if (strcmp(clock->from, "received") != 0 && strcmp(clock->from, "relevant_time") != 0) {
        text_append(text, " from ");
        append_words(text, clock->from, strlen(clock->from));
    }
    if (clock->when >= 0) {
        text_append(text, " (");
        append_words(text, when_words[clock->when], strlen(when_words[clock->when]));
        text_append(text, ")");
    }
    text_append(text, clock->advisory ? " (guidance)" : "");
}

char *law_periods(const struct law *law, const char *right, date on)
{
    struct text text = {0};
    int index = right_index(right);
    text_append(&text, "");
    for (size_t i = 0; i < law->clock_count; i++)
        if (counts(&law->clocks[i], index, on))
            append_clock(&text, &law->clocks[i]);
    return text_take(&text);
}
