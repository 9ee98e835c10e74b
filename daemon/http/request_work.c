// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_work.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/request_authority.h"
#include "law/clock_json.h"
#include "request/reminder_plan.h"
#include "shared/json.h"
#include "shared/zone.h"

static void choose_establishment(struct request_work *work)
{
    const json_t *chosen = NULL;
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(work->vendor, "establishments"), index, item) {
        const json_t *laws = json_object_get(item, "laws");
        if (json_array_size(laws) > 0 && request_authority_names(laws, law_id(work->law))) {
            chosen = item;
            break;
        }
        if (chosen == NULL && json_array_size(laws) == 0)
            chosen = item;
    }
    if (chosen == NULL)
        chosen = json_array_get(json_object_get(work->vendor, "establishments"), 0);
    work->zone = json_text(chosen, "zone");
    work->calendar = json_text(chosen, "calendar");
    if (work->zone == NULL || !zone_is_known(work->zone))
        work->zone = law_zone(work->law);
    if (work->calendar != NULL && catalogue_calendar(work->catalogue, work->calendar) == NULL)
        work->calendar = NULL;
}

static int channel_score(const struct request_work *work, const json_t *channel)
{
    const json_t *rights = json_object_get(channel, "rights"), *laws = json_object_get(channel, "laws");
    if (!request_authority_names(rights, work->right) || !request_authority_names(laws, law_id(work->law)))
        return -1;
    return (json_array_size(rights) > 0 ? 4 : 0) + (json_array_size(laws) > 0 ? 2 : 0) +
           (json_is_true(json_object_get(channel, "designated")) ? 1 : 0);
}

static bool choose_channel(struct request_work *work, const char *wanted, struct error *error)
{
    int best = -1;
    bool named = false;
    size_t index;
    json_t *channel;
    json_array_foreach(json_object_get(work->vendor, "channels"), index, channel) {
        const char *id = json_text(channel, "id"), *kind = json_text(channel, "kind");
        bool is_named = wanted == NULL || (id != NULL && strcmp(id, wanted) == 0) || (kind != NULL && strcmp(kind, wanted) == 0);
        named = named || is_named;
        int score = is_named ? channel_score(work, channel) : -1;
        if (score > best) {
            best = score;
            work->channel = channel;
        }
    }
    if (work->channel == NULL && wanted != NULL && named)
        return error_set(error, ERROR_invalid, "channel", "The channel %s of this vendor does not serve the right %s under this law; `dsr vendor show` lists what each serves.", wanted, work->right);
    if (work->channel == NULL && wanted != NULL && !channel_kind_parse(wanted, &work->kind))
        return error_set(error, ERROR_invalid, "channel", "%s is neither a channel of this vendor nor a kind of channel (email, webform, portal, phone, letter, state_platform).", wanted);
    if (work->channel != NULL) {
        const json_t *designated = json_object_get(work->channel, "designated");
        channel_kind_parse(json_text(work->channel, "kind"), &work->kind);
        work->designation = json_is_true(designated)    ? DESIGNATED_ADDRESS
                            : json_is_false(designated) ? OTHER_ADDRESS
                                                        : DESIGNATION_UNKNOWN;
    }
    return true;
}

static void set_today(struct request_work *work, time_t now)
{
    work->today = zone_date(now, work->zone);
    work->today_here = zone_date(now, work->library_zone);
}

bool request_work_begin(struct request_work *work, const char *law, const char *right, const char *channel, time_t now,
                        struct error *error)
{
    work->law = catalogue_find_law(work->catalogue, law, error);
    if (work->law == NULL) {
        error->code = ERROR_invalid; // a value of the body, not what the address names
        return false;
    }
    if (!law_check_right(work->law, right, error))
        return false;
    work->right = right;
    choose_establishment(work);
    set_today(work, now);
    return choose_channel(work, channel, error);
}

static void restore_channel(struct request_work *work, const json_t *state)
{
    const char *id = json_text(state, "channel_id"), *kind = json_text(state, "channel_kind"), *designation = json_text(state, "designation");
    size_t index;
    json_t *channel;
    work->channel = NULL;
    work->kind = CHANNEL_UNKNOWN;
    work->designation = DESIGNATION_UNKNOWN;
    if (kind != NULL)
        channel_kind_parse(kind, &work->kind);
    if (designation != NULL)
        work->designation = strcmp(designation, "designated_address") == 0 ? DESIGNATED_ADDRESS : OTHER_ADDRESS;
    json_array_foreach(json_object_get(work->vendor, "channels"), index, channel)
        if (id != NULL && strcmp(id, json_text(channel, "id")) == 0)
            work->channel = channel;
}

bool request_work_restore(struct request_work *work, const json_t *state, time_t now, struct error *error)
{
    work->law = catalogue_law(work->catalogue, json_text(state, "law"));
    if (work->law == NULL)
        return error_set(error, ERROR_conflict, "law", "The law %s is not among the files of this daemon any more.", json_text(state, "law"));
    work->right = json_text(state, "right");
    work->zone = json_text(state, "zone");
    work->calendar = json_text(state, "calendar");
    work->courtesy_days = (int)json_integer_value(json_object_get(state, "courtesy_days"));
    work->wanted = json_object_get(state, "wanted");
    if (!zone_is_known(work->zone))
        work->zone = law_zone(work->law);
    restore_channel(work, state);
    set_today(work, now);
    return true;
}

bool request_work_day(const struct request_work *work, const struct event_kind *kind, const struct past_event *past, size_t past_count,
                      const char *member, const char *text, date *on, struct error *error)
{
    *on = work->today;
    if (text == NULL)
        return true;
    if (!date_parse_human(text, work->today_here, on))
        return error_set(error, ERROR_invalid, member, "%s is no day; write 2026-11-23, today, yesterday or \"3 days ago\".", text);
    *on = event_day(kind, past, past_count, *on, work->today_here, work->today);
    return true;
}

void request_work_keep_channel(struct request_work *work, const json_t *state)
{
    struct request_work kept = *work;
    if (json_text(state, "channel_kind") == NULL)
        return;
    restore_channel(&kept, state);
    if (kept.channel == NULL || channel_score(&kept, kept.channel) >= 0)
        *work = kept;
}

bool request_work_add_event(struct request_work *work, const char *event, date on, struct error *error)
{
    if (work->event_count == WORK_EVENTS_MAXIMUM)
        return error_set(error, ERROR_conflict, "event", "A request holds at most %d events.", WORK_EVENTS_MAXIMUM);
    work->events[work->event_count++] = (struct law_event){event, on};
    return true;
}

bool request_work_add_events(struct request_work *work, const json_t *events, struct error *error)
{
    size_t index;
    json_t *event;
    date on;
    json_array_foreach(events, index, event)
        if (!date_parse(json_text(event, "on"), &on) || !request_work_add_event(work, json_text(event, "event"), on, error))
            return false;
    return true;
}

static date first_event(const struct request_work *work, const char *name)
{
    for (size_t i = 0; i < work->event_count; i++)
        if (strcmp(work->events[i].event, name) == 0)
            return work->events[i].on;
    return DATE_NONE;
}

enum { EARLIER_MAXIMUM = 64, PURGED_MAXIMUM = 256 };

static size_t read_earlier(const struct request_work *work, struct earlier_request earlier[EARLIER_MAXIMUM])
{
    size_t index, count = 0;
    json_t *item;
    json_array_foreach(work->earlier, index, item) {
        date sent;
        bool itself = work->reference != NULL && strcmp(work->reference, json_text(item, "ref")) == 0;
        if (count == EARLIER_MAXIMUM || itself || !date_parse(json_text(item, "sent"), &sent))
            continue;
        earlier[count++] = (struct earlier_request){json_text(item, "ref"), json_text(item, "law"), json_text(item, "right"), sent,
                                                    json_is_true(json_object_get(item, "open"))};
    }
    return count;
}

static size_t read_purged(const struct request_work *work, struct purged_request purged[PURGED_MAXIMUM])
{
    size_t index, count = 0;
    json_t *item;
    json_array_foreach(work->purged, index, item) {
        date month;
        if (count < PURGED_MAXIMUM && date_parse(json_text(item, "month"), &month))
            purged[count++] = (struct purged_request){json_text(item, "law"), json_text(item, "right"), month};
    }
    return count;
}

static void warn(struct request_work *work, const char *code, const char *text)
{
    if (work->warnings.count == WARNINGS_MAXIMUM)
        return;
    struct warning *warning = &work->warnings.list[work->warnings.count++];
    *warning = (struct warning){.code = code, .free_from = DATE_NONE};
    snprintf(warning->text, sizeof warning->text, "%s", text);
}

// What is purged leaves nothing by which it could be known again, on purpose: no person may be found by what is left. So a new record of a
// day gone by is asked about when something to this vendor of that month is purged: a spreadsheet imported once more, say.
static void warn_of_purged(struct request_work *work, const struct past_requests *past)
{
    date sent = first_event(work, "sent");
    int year, month, day;
    date_split(sent, &year, &month, &day);
    for (size_t i = 0; i < past->purged_count && work->warnings.count < WARNINGS_MAXIMUM; i++) {
        if (work->reference != NULL || sent >= work->today || past->purged[i].month != date_make(year, month, 1))
            continue;
        struct warning *warning = &work->warnings.list[work->warnings.count++];
        *warning = (struct warning){.code = "purged", .must_confirm = true, .free_from = DATE_NONE};
        snprintf(warning->text, sizeof warning->text,
                 "Requests sent to this vendor in %04d-%02d were recorded before and are purged, since their time was over; "
                 "this may be one of them.",
                 year, month);
        return;
    }
}

// The letter is out already, or about to go: somebody should know that perhaps nobody reads it.
static void warn_of_channel(struct request_work *work)
{
    const char *id = json_text(work->channel, "id");
    const json_t *trouble = id != NULL ? json_object_get(work->trouble, id) : NULL;
    char text[WARNING_TEXT_SIZE];
    if (trouble == NULL)
        return;
    if (json_is_true(json_object_get(trouble, "bouncing")))
        snprintf(text, sizeof text, "Mail to the channel %s came back, last on %s; make sure that yours arrived, or use another one.", id,
                 json_text(trouble, "on"));
    else
        snprintf(text, sizeof text, "Nobody has looked at the channel %s since %s; `dsr vendor confirm` says that it is still right.", id,
                 json_text(trouble, "on"));
    warn(work, json_is_true(json_object_get(trouble, "bouncing")) ? "channel_bouncing" : "channel_stale", text);
}

// The day it is sent by the library's calendar: what is sent today where the vendor is, is sent today here.
static date sent_here(const struct request_work *work)
{
    date sent = first_event(work, "sent");
    if (work->sent_here != DATE_NONE)
        return work->sent_here;
    return sent == work->today ? work->today_here : sent;
}

static void collect_warnings(struct request_work *work, const struct past_requests *past)
{
    const json_t *limit = json_object_get(work->channel, "limit");
    struct channel_limit channel_limit = {
        .count = (int)json_integer_value(json_object_get(limit, "count")),
        .calendar_year = json_text(limit, "per") != NULL && strcmp(json_text(limit, "per"), "calendar_year") == 0,
        .months = (int)json_integer_value(json_object_get(limit, "months")),
        .source = json_text(limit, "source"),
    };
    request_authority_check(work, sent_here(work));
    warn_of_purged(work, past);
    rules_check(work->law, work->right, first_event(work, "sent"), &channel_limit, past, &work->warnings);
    warn_of_channel(work);
    const char *who = json_text(work->channel, "who");
    if (who != NULL && strcmp(who, "patron_only") == 0)
        warn(work, "patron_only", "Only the patron can use this channel: it asks for the card and a code.");
    if (work->channel == NULL)
        warn(work, "no_channel", "No channel of this vendor is known for this right and law; record how you sent it in a note.");
}

bool request_work_compute(struct request_work *work, struct error *error)
{
    struct earlier_request earlier[EARLIER_MAXIMUM];
    struct purged_request purged[PURGED_MAXIMUM];
    date counted[EARLIER_MAXIMUM];
    size_t earlier_count = read_earlier(work, earlier), counted_count = 0;
    struct past_requests past = {earlier, earlier_count, purged, read_purged(work, purged)};
    if (first_event(work, "sent") == DATE_NONE)
        return true; // a draft has no clocks
    for (size_t i = 0; i < earlier_count; i++)
        if (strcmp(earlier[i].law, law_id(work->law)) == 0 &&
            law_rights_counted_together(work->law, work->right, earlier[i].right))
            counted[counted_count++] = earlier[i].sent;
    struct clock_question question = {
        .law = work->law,
        .right = work->right,
        .events = work->events,
        .event_count = work->event_count,
        .calendar = work->calendar,
        .channel = work->kind,
        .designation = work->designation,
        .letter_days = work->config->letters_travel_days,
        .courtesy_days = work->courtesy_days,
        .earlier_requests = counted,
        .earlier_count = counted_count,
    };
    collect_warnings(work, &past);
    return clocks_compute(work->catalogue, &question, &work->answer, error);
}

void request_work_release(struct request_work *work)
{
    clock_answer_release(&work->answer);
}

json_t *request_work_warnings(const struct request_work *work)
{
    json_t *list = json_array();
    char text[DATE_TEXT_SIZE];
    for (size_t i = 0; i < work->warnings.count; i++) {
        const struct warning *warning = &work->warnings.list[i];
        json_t *free_from = warning->free_from == DATE_NONE ? json_null() : json_string(date_format(warning->free_from, text));
        json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "code", warning->code, "text", warning->text, "free_from", free_from));
    }
    return list;
}

bool request_work_must_confirm(const struct request_work *work)
{
    for (size_t i = 0; i < work->warnings.count; i++)
        if (work->warnings.list[i].must_confirm)
            return true;
    return false;
}

bool request_work_is_refused(const struct request_work *work)
{
    for (size_t i = 0; i < work->warnings.count; i++)
        if (work->warnings.list[i].refused)
            return true;
    return false;
}

static bool parse_wish(const char *text, struct wanted_reminder *wish)
{
    unsigned days;
    char unit[8];
    int end = 0;
    *wish = (struct wanted_reminder){.on = DATE_NONE};
    if (date_parse(text, &wish->on))
        return true;
    // NOLINTNEXTLINE(cert-err34-c): three digits cannot overflow
    if (strspn(text, "0123456789") == 0 || sscanf(text, "%3u %7[a-z] before%n", &days, unit, &end) != 2 || end == 0 || text[end] != '\0')
        return false;
    bool weeks = strcmp(unit, "week") == 0 || strcmp(unit, "weeks") == 0;
    if (!weeks && strcmp(unit, "day") != 0 && strcmp(unit, "days") != 0)
        return false;
    wish->days_before = (int)days * (weeks ? 7 : 1);
    return true;
}

bool request_work_check_days(const struct request_work *work, const json_t *days, struct error *error)
{
    return days == NULL || !law_is_statute(work->law) ||
           error_set(error, ERROR_invalid, "courtesy_days", "The days (--days) of the %s are in the law; only under voluntary they are the vendor's to say.", law_short_name(work->law));
}

bool request_work_check_wanted(const json_t *wanted, date today, struct error *error)
{
    size_t index;
    json_t *item;
    struct wanted_reminder wish;
    json_array_foreach(wanted, index, item) {
        if (!json_is_string(item) || !parse_wish(json_string_value(item), &wish))
            return error_set(error, ERROR_invalid, "remind", "A reminder is written as \"3 days before\" or as a date such as 2026-12-01.");
        if (wish.on != DATE_NONE && wish.on < today)
            return error_set(error, ERROR_invalid, "remind", "The reminder on %s would lie in the past; it may be today or later.", json_string_value(item));
    }
    return true;
}

void request_work_note_wanted(struct request_work *work, const json_t *wanted, date today)
{
    size_t index;
    json_t *item;
    struct wanted_reminder wish;
    date due = reminder_plan_next_due(&work->answer);
    char text[WARNING_TEXT_SIZE], day[DATE_TEXT_SIZE];
    json_array_foreach(wanted, index, item) {
        if (!parse_wish(json_string_value(item), &wish) || wish.on != DATE_NONE || due == DATE_NONE || due - wish.days_before >= today)
            continue;
        snprintf(text, sizeof text, "No reminder comes \"%s\": that was on %s.", json_string_value(item), date_format(due - wish.days_before, day));
        warn(work, "reminder_past", text);
    }
}

static json_t *recipients(unsigned to)
{
    json_t *list = json_array();
    if ((to & TO_FILER) != 0)
        json_array_append_new(list, json_string("filer"));
    if ((to & TO_SUBJECT) != 0)
        json_array_append_new(list, json_string("subject"));
    if ((to & TO_MANAGER) != 0)
        json_array_append_new(list, json_string("manager"));
    return list;
}

json_t *request_work_reminders(const struct request_work *work, bool open, time_t now)
{
    struct wanted_reminder wishes[WORK_WANTED_MAXIMUM];
    struct reminder_plan plan;
    size_t count = 0, index;
    json_t *item, *list = json_array();
    char text[DATE_TEXT_SIZE];
    json_array_foreach(work->wanted, index, item)
        if (count < WORK_WANTED_MAXIMUM && json_is_string(item) && parse_wish(json_string_value(item), &wishes[count]))
            count++;
    date today = zone_date(now, work->library_zone);
    reminder_plan_make(&work->answer, &work->config->reminders, wishes, count, open, today, &plan);
    for (size_t i = 0; i < plan.count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:i, s:o}", "clock", plan.list[i].clock, "kind", plan.list[i].kind, "on",
                                              date_format(plan.list[i].on, text), "repeat_days", plan.list[i].repeat_days, "to",
                                              recipients(plan.list[i].to)));
    return list;
}

static json_t *or_null(const char *text)
{
    return text != NULL ? json_string(text) : json_null();
}

bool request_work_describe(const struct request_work *work, json_t *into)
{
    static const char *const designations[] = {NULL, "designated_address", "other_address"};
    json_t *answer = clock_answer_to_json(&work->answer);
    bool computed = work->answer.received != DATE_NONE && work->answer.clocks != NULL;
    bool good = answer != NULL && json_object_set_new(into, "law", json_string(law_id(work->law))) == 0 &&
                json_object_set_new(into, "law_name", json_string(law_short_name(work->law))) == 0 &&
                json_object_set_new(into, "right", json_string(work->right)) == 0 &&
                json_object_set_new(into, "channel_id", or_null(json_text(work->channel, "id"))) == 0 &&
                json_object_set_new(into, "channel_kind", work->kind == CHANNEL_UNKNOWN ? json_null() : json_string(channel_kind_name(work->kind))) == 0 &&
                json_object_set_new(into, "designation", or_null(designations[work->designation])) == 0 &&
                json_object_set_new(into, "zone", json_string(work->zone)) == 0 &&
                json_object_set_new(into, "calendar", or_null(work->calendar)) == 0 &&
                json_object_set_new(into, "clocks", computed ? json_incref(json_object_get(answer, "clocks")) : json_array()) == 0 &&
                json_object_set_new(into, "received", computed ? json_incref(json_object_get(answer, "received")) : json_null()) == 0 &&
                json_object_set_new(into, "received_assumed", json_boolean(work->answer.received_assumed)) == 0;
    json_decref(answer);
    return good;
}
