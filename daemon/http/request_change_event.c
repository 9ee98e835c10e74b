// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_change.h"

#include <string.h>

#include "request/outcome.h"
#include "shared/json.h"
#include "shared/text.h"

size_t change_past_events(const json_t *events, struct past_event past[CHANGE_PAST_MAXIMUM])
{
    size_t count = 0, index;
    json_t *event;
    json_array_foreach(events, index, event)
        if (count < CHANGE_PAST_MAXIMUM && date_parse(json_text(event, "on"), &past[count].on))
            past[count++].event = json_text(event, "event");
    return count;
}

static bool refuse_unknown(const char *name, struct error *error)
{
    struct text known = {0};
    event_list_known(name, &known);
    error_set(error, ERROR_invalid, "event", "There is no event %s. %s.", name, known.text != NULL ? known.text : "See dsr(1)");
    text_release(&known);
    return false;
}

// What closing or opening again does to the request's own columns.
static bool set_ending(const struct event_kind *kind, bool sent, const json_t *body, const char *day, json_t *set, const char **outcome,
                       struct error *error)
{
    const char *reason = json_text(body, "reason");
    *outcome = json_text(body, "outcome");
    bool closes = strcmp(kind->name, "closed") == 0;
    if (!closes && (*outcome != NULL || reason != NULL))
        return error_set(error, ERROR_invalid, *outcome != NULL ? "outcome" : "reason", "An outcome and its reason belong to the event closed, not to %s.", kind->name);
    if (closes && !outcome_check(*outcome, reason, error))
        return false;
    if (strcmp(kind->name, "withdrawn") == 0 || strcmp(kind->name, "abandoned") == 0)
        *outcome = kind->name;
    if (kind->keeps_state)
        return true;
    enum request_state next = event_next(kind, REQUEST_DRAFT, sent);
    json_object_set_new(set, "state", json_string(request_state_name(next)));
    bool ends = next == REQUEST_CLOSED;
    json_object_set_new(set, "outcome", ends ? json_string(*outcome) : json_null());
    json_object_set_new(set, "reason", ends && reason != NULL ? json_string(reason) : json_null());
    json_object_set_new(set, "closed_on", ends ? json_string(day) : json_null());
    if (strcmp(kind->name, "sent") == 0)
        json_object_set_new(set, "sent_on", json_string(day));
    return true;
}

bool change_apply_event(struct change *change, struct request_work *work, const json_t *state, json_t *write, struct error *error)
{
    const json_t *body = exchange_body(change->exchange);
    const char *name = json_text(body, "event"), *on_text = json_text(body, "on"), *outcome;
    const struct event_kind *kind = event_kind_find(name);
    struct past_event past[CHANGE_PAST_MAXIMUM];
    enum request_state now_in = REQUEST_OPEN;
    char day[DATE_TEXT_SIZE];
    if (kind == NULL || kind->by == BY_SYSTEM)
        return refuse_unknown(name, error);
    if (strcmp(name, "note") == 0 && json_text(body, "note") == NULL)
        return error_set(error, ERROR_invalid, "note", "The note has no text (--note TEXT).");
    if (!request_work_restore(work, state, time(NULL), error) || !request_work_add_events(work, json_object_get(state, "events"), error))
        return false;
    size_t past_count = change_past_events(json_object_get(state, "events"), past);
    date on;
    if (!request_work_day(work, kind, past, past_count, "on", on_text, &on, error))
        return false;
    request_state_parse(json_text(state, "state"), &now_in);
    bool sends = strcmp(name, "sent") == 0;
    if (!event_check(kind, now_in, past, past_count, on, work->today, error) ||
        !set_ending(kind, sends || !json_is_null(json_object_get(state, "sent_on")), body, date_format(on, day), json_object_get(write, "set"),
                    &outcome, error) ||
        !request_work_add_event(work, name, on, error))
        return false;
    change->event = kind->name;
    change->recheck = sends;
    change->keeps_ended = now_in == REQUEST_CLOSED && kind->keeps_state;
    json_t *event = request_write_event(change->exchange, name, on, json_text(body, "note"), outcome, json_text(body, "reason"), NULL, error);
    return event != NULL && json_array_append_new(json_object_get(write, "events"), event) == 0;
}
