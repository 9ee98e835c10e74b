// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/clock_json.h"

static json_t *day(date on)
{
    char text[DATE_TEXT_SIZE];
    return on == DATE_NONE ? json_null() : json_string(date_format(on, text));
}

// A list that lacks something would be a wrong answer: without memory for one item there is no list.
static void append(json_t **list, json_t *item)
{
    if (json_array_append_new(*list, item) == 0)
        return;
    json_decref(*list);
    *list = NULL;
}

static json_t *steps_to_json(const struct clock *clock)
{
    json_t *steps = json_array();
    for (size_t i = 0; i < clock->step_count; i++) {
        const struct clock_step *step = &clock->steps[i];
        append(&steps, json_pack("{s:s, s:s, s:s, s:o}", "rule", step->rule, "text", step->text, "cite", step->cite, "on", day(step->on)));
    }
    return steps;
}

static json_t *clock_to_json(const struct clock *clock)
{
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:b, s:b, s:s, s:s, s:s, s:o}", "clock", clock->id, "party",
                     clock_party_name(clock->party), "state", clock_state_name(clock->state), "due", day(clock->due),
                     "earliest", day(clock->earliest), "latest", day(clock->latest), "raw", day(clock->raw), "extended",
                     day(clock->extended), "assumed", clock->assumed, "legal", clock->legal, "confidence",
                     clock->confidence, "cite", clock->cite, "law_hash", clock->hash, "steps", steps_to_json(clock));
}

json_t *clock_answer_to_json(const struct clock_answer *answer)
{
    json_t *clocks = json_array();
    for (size_t i = 0; i < answer->clock_count; i++)
        append(&clocks, clock_to_json(&answer->clocks[i]));
    json_t *valid = answer->extension == EXTENSION_NONE ? json_null() : json_boolean(answer->extension == EXTENSION_VALID);
    return json_pack("{s:o, s:b, s:o, s:{s:o, s:o, s:o}, s:o}", "received", day(answer->received), "received_assumed",
                     answer->received_assumed, "clocks", clocks, "extension", "valid", valid, "notice_by",
                     day(answer->extension_notice_by), "until", day(answer->extension_until), "next_free_from",
                     day(answer->next_free_from));
}
