// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_change.h"

#include <stdlib.h>
#include <string.h>

#include "shared/json.h"

// The newest event of that name, or the one with that id; its index, or -1.
static int find_event(const json_t *events, const char *wanted)
{
    for (size_t i = json_array_size(events); i > 0; i--) {
        const json_t *event = json_array_get(events, i - 1);
        if (strcmp(json_text(event, "event"), wanted) == 0 || strcmp(json_text(event, "id"), wanted) == 0)
            return (int)(i - 1);
    }
    return -1;
}

static bool refuse(const char *name, const char *voided, struct error *error)
{
    return error_set(error, ERROR_conflict, "event", "%s rests on %s: undo %s first.", name, voided, name);
}

static bool has_what_it_needs(const struct event_kind *kind, const struct past_event *past, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (event_rests_on(kind, past[i].event))
            return true;
    return false;
}

// Whether what stays would make sense without the voided event: nothing may need it, and all must fit the state they find.
static bool check_rest(const struct past_event *past, size_t count, const char *voided, struct error *error)
{
    const char *misfit;
    for (size_t i = 0; i < count; i++) {
        const struct event_kind *kind = event_kind_find(past[i].event);
        if (kind != NULL && event_rests_on(kind, voided) && !has_what_it_needs(kind, past, count))
            return refuse(past[i].event, voided, error);
    }
    event_replay(past, count, &misfit);
    return misfit == NULL || refuse(misfit, voided, error);
}

static void set_state(const json_t *rest, enum request_state state, json_t *set)
{
    const json_t *ending = NULL;
    bool sent = false;
    size_t index;
    json_t *event;
    json_array_foreach(rest, index, event) {
        sent = sent || strcmp(json_text(event, "event"), "sent") == 0;
        const struct event_kind *kind = event_kind_find(json_text(event, "event"));
        if (kind != NULL && !kind->keeps_state && kind->next == REQUEST_CLOSED)
            ending = event;
    }
    if (state != REQUEST_CLOSED)
        ending = NULL;
    json_object_set_new(set, "state", json_string(request_state_name(state)));
    for (const char *const *member = (const char *const[]){"outcome", "reason", NULL}; *member != NULL; member++)
        json_object_set_new(set, *member, ending != NULL ? json_incref(json_object_get(ending, *member)) : json_null());
    json_object_set_new(set, "closed_on", ending != NULL ? json_incref(json_object_get(ending, "on")) : json_null());
    if (!sent) // also what is closed: it uses up no limit, and is a draft when it is opened again
        json_object_set_new(set, "sent_on", json_null());
}

static bool describe_void(struct change *change, const char *id, json_t *write, struct error *error)
{
    const char *reason = json_text(exchange_body(change->exchange), "reason");
    char *sealed = NULL;
    if (reason != NULL) {
        sealed = vault_seal(exchange_service(change->exchange)->vault, "event", "void_reason", id, reason, strlen(reason), error);
        if (sealed == NULL)
            return false;
    }
    json_array_append_new(json_object_get(write, "void"), json_pack("{s:s, s:s?}", "id", id, "reason_sealed", sealed));
    free(sealed);
    return true;
}

bool change_apply_void(struct change *change, struct request_work *work, const json_t *state, json_t *write, struct error *error)
{
    const char *wanted = json_text(exchange_body(change->exchange), "event");
    json_t *rest = json_copy(json_object_get(state, "events"));
    struct past_event past[CHANGE_PAST_MAXIMUM];
    size_t count = 0;
    const char *misfit;
    int index = find_event(rest, wanted);
    bool good = false;
    if (index < 0) {
        error_set(error, ERROR_not_found, "event", "This request has no event %s; `dsr show` lists its events.", wanted);
    } else {
        json_t *event = json_incref(json_array_get(rest, (size_t)index));
        const char *name = json_text(event, "event");
        json_array_remove(rest, (size_t)index);
        count = change_past_events(rest, past);
        if (strcmp(name, "amended") == 0)
            error_set(error, ERROR_conflict, "event", "A correction is not undone but corrected again, with `dsr amend`.");
        else
            good = check_rest(past, count, name, error) && describe_void(change, json_text(event, "id"), write, error);
        json_decref(event);
    }
    if (good) {
        set_state(rest, event_replay(past, count, &misfit), json_object_get(write, "set"));
        good = request_work_restore(work, state, time(NULL), error) && request_work_add_events(work, rest, error);
    }
    json_decref(rest);
    return good;
}
