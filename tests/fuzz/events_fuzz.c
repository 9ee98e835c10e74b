// SPDX-License-Identifier: GPL-3.0-or-later
// Event sequences by every law: whatever comes, dates are in order and each is one that a step of the explanation gives.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "law/clock.h"
#include "law/words.h"
#include "request/event.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { HEAD = 4, EVENT = 3, EVENTS_MAXIMUM = 40, FIRST_DAY = 18262, DAYS = 7671 }; // 2020-01-01, to the end of 2040

static bool is_explained(const struct clock *clock)
{
    for (size_t i = 0; i < clock->step_count; i++)
        if (clock->steps[i].on == clock->due)
            return true;
    return false;
}

static void check(const struct clock_answer *answer)
{
    for (size_t i = 0; i < answer->clock_count; i++) {
        const struct clock *clock = &answer->clocks[i];
        bool dated = clock->due != DATE_NONE;
        if (dated && (clock->earliest > clock->due || clock->due > clock->latest || !is_explained(clock)))
            abort();
        if (!dated && (clock->earliest != DATE_NONE || clock->latest != DATE_NONE || clock->state == CLOCK_RUNNING))
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalogue *catalogue; // loaded once
    struct law_event events[EVENTS_MAXIMUM];
    struct error error;
    struct clock_answer answer;
    size_t count = 0;
    if (catalogue == NULL && (catalogue = catalogue_load("etc/laws", "etc/calendars", &error)) == NULL)
        abort();
    if (size < HEAD)
        return 0;
    for (size_t at = HEAD; at + EVENT <= size && count < EVENTS_MAXIMUM; at += EVENT)
        events[count++] = (struct law_event){event_kinds[data[at] % event_kind_count].name, FIRST_DAY + (data[at + 1] * 256 + data[at + 2]) % DAYS};
    struct clock_question question = {
        .law = catalogue_law_at(catalogue, data[0] % catalogue_law_count(catalogue)),
        .right = right_words[data[1] % 10],
        .events = events,
        .event_count = count,
        .channel = (enum channel_kind)(data[2] % 7),
        .designation = (enum designation)(data[2] / 7 % 3),
        .calendar = data[3] == 0 ? NULL : calendar_id(catalogue_calendar_at(catalogue, data[3] % catalogue_calendar_count(catalogue))),
        .letter_days = 5,
    };
    if (!clocks_compute(catalogue, &question, &answer, &error))
        return 0;
    check(&answer);
    clock_answer_release(&answer);
    return 0;
}
