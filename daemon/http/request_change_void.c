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

// Whether what stays would make sense without the voided event: nothing may need it.
static bool check_rest(const json_t *rest, const char *voided, struct error *error)
{
    size_t index;
    json_t *event;
    bool still_there = find_event(rest, voided) >= 0;
    json_array_foreach(rest, index, event) {
        const char *name = json_text(event, "event");
        const struct event_kind *kind = event_kind_find(name);
        bool needs_it = kind != NULL && kind->needs != NULL && strcmp(kind->needs, voided) == 0 && !still_there;
        bool needs_sent = strcmp(voided, "sent") == 0 && kind != NULL && (kind->allowed & (1u << REQUEST_DRAFT)) == 0;
        if (needs_it || needs_sent)
            return error_set(error, ERROR_conflict, "event", "%s rests on %s: undo %s first.", name, voided, name);
    }
    return true;
}

static void set_state(const json_t *rest, json_t *set)
{
    struct past_event past[CHANGE_PAST_MAXIMUM];
    json_t *holder = json_pack("{s:O}", "events", rest);
    size_t count = change_past_events(holder, past);
    enum request_state state = event_replay(past, count);
    const json_t *ending = NULL;
    size_t index;
    json_t *event;
    json_array_foreach(rest, index, event) {
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
    if (state == REQUEST_DRAFT)
        json_object_set_new(set, "sent_on", json_null());
    json_decref(holder);
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
    int index = find_event(rest, wanted);
    bool good = false;
    if (index < 0) {
        error_set(error, ERROR_not_found, "event", "This request has no event %s; `dsr show` lists its events.", wanted);
    } else {
        json_t *event = json_incref(json_array_get(rest, (size_t)index));
        const char *name = json_text(event, "event");
        json_array_remove(rest, (size_t)index);
        if (strcmp(name, "amended") == 0)
            error_set(error, ERROR_conflict, "event", "A correction is not undone but corrected again, with `dsr amend`.");
        else
            good = check_rest(rest, name, error) && describe_void(change, json_text(event, "id"), write, error);
        json_decref(event);
    }
    if (good) {
        set_state(rest, json_object_get(write, "set"));
        good = request_work_restore(work, state, time(NULL), error) && request_work_add_events(work, rest, error);
    }
    json_decref(rest);
    return good;
}
