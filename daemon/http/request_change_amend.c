// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_change.h"

#include <string.h>

#include "shared/json.h"
#include "shared/zone.h"

static void note_change(json_t *detail, const char *name, json_t *before, json_t *after)
{
    if (!json_equal(before, after))
        json_object_set_new(detail, name, json_pack("{s:O, s:O}", "old", before != NULL ? before : json_null(), "new", after));
}

// A corrected day of sending: the old event is voided, a new one takes its place, and no other event may lie before it.
static bool amend_sent(struct change *change, const json_t *state, const struct request_work *work, const char *text, json_t *write,
                       struct error *error)
{
    date on;
    size_t index;
    json_t *event;
    char day[DATE_TEXT_SIZE];
    if (!request_work_day(work, event_kind_find("sent"), NULL, 0, "sent", text, &on, error))
        return false;
    if (on > work->today)
        return error_set(error, ERROR_invalid, "sent", "%s lies in the future.", text);
    if (json_is_null(json_object_get(state, "sent_on")))
        return error_set(error, ERROR_conflict, "sent", "This request is a draft; log the event sent instead.");
    json_array_foreach(json_object_get(state, "events"), index, event) {
        date other;
        const char *name = json_text(event, "event");
        if (strcmp(name, "sent") == 0)
            json_array_append_new(json_object_get(write, "void"), json_pack("{s:O}", "id", json_object_get(event, "id")));
        else if (strcmp(name, "note") != 0 && strcmp(name, "amended") != 0 && date_parse(json_text(event, "on"), &other) && other < on)
            return error_set(error, ERROR_conflict, "sent", "%s lies after %s, which is recorded for %s.", text, name, json_text(event, "on"));
    }
    json_t *sent = request_write_event(change->exchange, "sent", on, NULL, NULL, NULL, NULL, error);
    json_object_set_new(json_object_get(write, "set"), "sent_on", json_string(date_format(on, day)));
    return sent != NULL && json_array_append_new(json_object_get(write, "events"), sent) == 0;
}

// The events as they will stand: those of the record without the voided ones, and the new day of sending.
static bool add_events(struct request_work *work, const json_t *state, const json_t *write, struct error *error)
{
    bool moved = json_array_size(json_object_get(write, "void")) > 0;
    const char *sent_here = json_text(state, "sent_here"); // not said by functions of before
    if (!moved && sent_here != NULL && !date_parse(sent_here, &work->sent_here))
        return error_set(error, ERROR_internal, "", "The database gave the day %s.", sent_here);
    size_t index;
    json_t *event;
    if (moved && !request_work_add_events(work, json_object_get(write, "events"), error))
        return false;
    json_array_foreach(json_object_get(state, "events"), index, event) {
        date on;
        const char *name = json_text(event, "event");
        if (moved && strcmp(name, "sent") == 0)
            continue;
        if (!date_parse(json_text(event, "on"), &on) || !request_work_add_event(work, name, on, error))
            return false;
    }
    return true;
}

static bool choose(struct change *change, struct request_work *work, const json_t *state, struct error *error)
{
    const json_t *body = exchange_body(change->exchange);
    const char *law = json_text(body, "law"), *right = json_text(body, "right"), *channel = json_text(body, "channel");
    change->redescribe = law != NULL || right != NULL || channel != NULL || json_text(body, "vendor") != NULL;
    if (!change->redescribe)
        return request_work_restore(work, state, time(NULL), error);
    work->courtesy_days = (int)json_integer_value(json_object_get(state, "courtesy_days"));
    work->wanted = json_object_get(state, "wanted");
    if (!request_work_begin(work, law != NULL ? law : json_text(state, "law"), right != NULL ? right : json_text(state, "right"), channel,
                            time(NULL), error))
        return false;
    // Another law does not change how the request went to the vendor, and so when it came there.
    if (channel == NULL && json_text(body, "vendor") == NULL)
        request_work_keep_channel(work, state);
    return true;
}

static bool amend_days(struct change *change, struct request_work *work, const json_t *state, json_t *set, json_t *detail, struct error *error)
{
    json_t *days = json_object_get(exchange_body(change->exchange), "courtesy_days");
    json_t *wanted = json_object_get(exchange_body(change->exchange), "remind");
    if (days != NULL) {
        if (json_integer_value(days) < 1 || json_integer_value(days) > COURTESY_DAYS_MAXIMUM)
            return error_set(error, ERROR_invalid, "courtesy_days", "courtesy_days must be from 1 to 3650.");
        if (!request_work_check_days(work, days, error))
            return false;
        work->courtesy_days = (int)json_integer_value(days);
        json_object_set(set, "courtesy_days", days);
        note_change(detail, "courtesy_days", json_object_get(state, "courtesy_days"), days);
    }
    if (wanted != NULL) {
        if (!request_work_check_wanted(wanted, zone_date(time(NULL), work->library_zone), error))
            return false;
        work->wanted = wanted;
        json_object_set(set, "wanted", wanted);
        note_change(detail, "remind", json_object_get(state, "wanted"), wanted);
    }
    return true;
}

static void describe(const struct request_work *work, const json_t *state, const json_t *set, const char *old_vendor, json_t *detail)
{
    json_t *slug = json_object_get(work->vendor, "slug");
    json_t *after = json_pack("{s:s, s:s, s:s?, s:O}", "law", law_id(work->law), "right", work->right, "channel_id", json_text(work->channel, "id"),
                              "vendor", slug);
    const char *name;
    json_t *value;
    json_object_foreach(after, name, value)
        if (strcmp(name, "vendor") != 0)
            note_change(detail, name, json_object_get(state, name), value);
    json_t *before = old_vendor != NULL ? json_string(old_vendor) : json_null();
    note_change(detail, "vendor", before, slug);
    json_decref(before);
    if (json_object_get(set, "sent_on") != NULL)
        note_change(detail, "sent", json_object_get(state, "sent_on"), json_object_get(set, "sent_on"));
    json_decref(after);
}

bool change_apply_amend(struct change *change, struct request_work *work, const json_t *state, json_t *write, struct error *error)
{
    const json_t *body = exchange_body(change->exchange);
    json_t *set = json_object_get(write, "set");
    const char *sent = json_text(body, "sent");
    json_t *detail = json_object();
    bool good = choose(change, work, state, error) && (sent == NULL || amend_sent(change, state, work, sent, write, error)) &&
                amend_days(change, work, state, set, detail, error) && add_events(work, state, write, error);
    if (good) {
        describe(work, state, set, json_text(state, "vendor_slug"), detail);
        good = json_object_size(detail) > 0 ||
               error_set(error, ERROR_invalid, "", "Nothing would change; say what to correct (--law, --right, --vendor, --channel, --sent, --days or --remind).");
    }
    if (!good) {
        json_decref(detail);
        return false;
    }
    json_object_set(set, "vendor", json_object_get(work->vendor, "slug"));
    change->recheck = change->redescribe || sent != NULL;
    json_t *event = request_write_event(change->exchange, "amended", work->today, json_text(body, "note"), NULL, NULL, detail, error);
    return event != NULL && json_array_append_new(json_object_get(write, "events"), event) == 0;
}
