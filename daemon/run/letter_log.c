// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/letter_log.h"

#include <stdlib.h>
#include <string.h>

#include "database/job.h"
#include "http/request_change.h"
#include "request/kind.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/text.h"
#include "shared/zone.h"

struct letter_log {
    struct service *service;
    int library;
    struct job *job;
    json_t *letters; // those found and not yet written
};

// What was given up after the letter went out stays so: that it went is noted.
static const char *event_of(const char *kind, const json_t *state)
{
    if (json_is_true(json_object_get(state, "given_up")))
        return "note";
    return strcmp(kind, "request") == 0 ? "sent" : strcmp(kind, "appeal") == 0 ? "appeal_sent" : "note";
}

// A letter that has no event of its own is noted: "The letter overdue was sent to the vendor."
static char *seal_note(const struct letter_log *log, const char *kind, const char *id, struct error *error)
{
    struct text note = {0};
    text_format(&note, "The letter %s was sent to the vendor.", kind);
    char *sealed = note.text != NULL
                       ? vault_seal(log->service->vault, "event", "note", id, note.text, note.length, error)
                       : NULL;
    text_release(&note);
    return sealed;
}

static json_t *make_event(const struct letter_log *log, const json_t *letter, const char *event, date on, struct error *error)
{
    char id[UUID_TEXT_SIZE], day[DATE_TEXT_SIZE];
    const char *kind = json_text(letter, "kind");
    char *note = NULL;
    vault_uuid(id);
    if (strcmp(event, "note") == 0 && (note = seal_note(log, kind, id, error)) == NULL)
        return NULL;
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s?, s:{s:s}}", "id", id, "event", event, "on", date_format(on, day),
                  "note_sealed", note, "detail", "letter", json_text(letter, "letter"));
    free(note);
    return json;
}

// Whether the record can take the event: somebody may have written it already, or closed the request.
static bool fits(const struct request_work *work, const json_t *state, const char *event, date on)
{
    struct past_event past[CHANGE_PAST_MAXIMUM];
    enum request_state now_in = REQUEST_OPEN;
    struct error ignored;
    size_t count = change_past_events(json_object_get(state, "events"), past);
    request_state_parse(json_text(state, "state"), &now_in);
    return event_check(event_kind_find(event), now_in, past, count, on, work->today, &ignored);
}

static void set_state(const json_t *state, const char *event, date on, json_t *set)
{
    char day[DATE_TEXT_SIZE];
    json_object_set(set, "state", json_object_get(state, "state"));
    if (strcmp(event, "note") == 0)
        return;
    json_object_set_new(set, "state", json_string("open"));
    if (strcmp(event, "sent") == 0)
        json_object_set_new(set, "sent_on", json_string(date_format(on, day)));
    json_object_set_new(set, "outcome", json_null());
    json_object_set_new(set, "reason", json_null());
    json_object_set_new(set, "closed_on", json_null());
}

// The change as api.request_change() takes it; *fitting is false when the record needs none. NULL: error.
static json_t *make_change(const struct letter_log *log, const json_t *letter, bool *fitting,
                           struct error *error)
{
    const json_t *state = json_object_get(letter, "state");
    const char *event = event_of(json_text(letter, "kind"), state);
    struct request_work work = {.config = log->service->config,
                                .catalogue = log->service->catalogue,
                                .vendor = json_object_get(state, "vendor"),
                                .earlier = json_object_get(state, "earlier"),
                                .reference = json_text(state, "ref"),
                                .library_zone = json_text(json_object_get(state, "library"), "zone"),
                                .today = DATE_NONE,
                                .answer = {.received = DATE_NONE}};
    json_t *change = NULL, *described = json_object();
    if (!request_work_restore(&work, state, time(NULL), error) ||
        !request_work_add_events(&work, json_object_get(state, "events"), error))
        goto cleanup;
    date on = zone_date((time_t)json_integer_value(json_object_get(letter, "sent_at")), work.zone);
    *fitting = fits(&work, state, event, on);
    if (!*fitting || !request_work_add_event(&work, event, on, error) || !request_work_compute(&work, error))
        goto cleanup;
    json_t *recorded = make_event(log, letter, event, on, error);
    if (recorded == NULL || !request_work_describe(&work, described))
        goto cleanup;
    change = json_pack("{s:O, s:O, s:{}, s:[o], s:s}", "ref", json_object_get(state, "ref"), "version",
                       json_object_get(state, "version"), "set", "events", recorded, "catalogue",
                       catalogue_hash(log->service->catalogue));
    set_state(state, event, on, json_object_get(change, "set"));
    for (const char *const *member = (const char *const[]){"clocks", "received", "received_assumed", NULL};
         *member != NULL; member++)
        json_object_set(change, *member, json_object_get(described, *member));
    const char *after = json_text(json_object_get(change, "set"), "state");
    if (text_is(after, "closed")) // how the vendor's time was counted stays as it was when the request ended
        json_object_set_new(change, "clocks_of", json_string(clock_party_name(PARTY_REQUESTER)));
    bool open = text_is(after, "open");
    json_object_set_new(change, "reminders", request_work_reminders(&work, open, time(NULL)));
cleanup:
    json_decref(described);
    request_work_release(&work);
    return change;
}

static void write_next(struct letter_log *log);

static void on_written(void *context, const json_t *answer)
{
    struct letter_log *log = context;
    (void)answer;
    json_array_remove(log->letters, 0);
    if (log->service->outbox_changed != NULL)
        log->service->outbox_changed(log->service->context, log->library);
    write_next(log);
}

// A letter whose request cannot be worked out holds up no other: it is looked at again with the next round.
static void write_next(struct letter_log *log)
{
    const json_t *letter;
    while ((letter = json_array_get(log->letters, 0)) != NULL) {
        struct error error = {0};
        bool fitting = false;
        json_t *change = make_change(log, letter, &fitting, &error);
        if (change != NULL || (!fitting && error.code == ERROR_NONE)) {
            job_ask(log->job, STATEMENT_letter_log,
                    json_pack("{s:O, s:o?}", "letter", json_object_get(letter, "letter"), "change", change), on_written);
            return;
        }
        log_error("letters: that of %s was sent, and its record cannot be written: %s", json_text(json_object_get(letter, "state"), "ref"),
                  error.code != ERROR_NONE ? error.text : "no memory");
        json_array_remove(log->letters, 0);
    }
    job_rest(log->job, log->service->config->reminders_scan_ms);
}

static void on_found(void *context, const json_t *letters)
{
    struct letter_log *log = context;
    json_decref(log->letters);
    log->letters = json_deep_copy(letters);
    write_next(log);
}

static void look(void *context)
{
    struct letter_log *log = context;
    if (log->service->time.doubt == TIME_APART) { // its reminders would be planned by a wrong day
        job_rest(log->job, log->service->config->reminders_scan_ms);
        return;
    }
    job_ask(log->job, STATEMENT_letters_unlogged, json_object(), on_found);
}

struct letter_log *letter_log_new(uv_loop_t *loop, struct service *service, int library)
{
    struct letter_log *log = calloc(1, sizeof *log);
    if (log == NULL)
        return NULL;
    *log = (struct letter_log){.service = service, .library = library};
    log->job = job_new(loop, service->database, &(struct job_plan){"letters", library, service->config->reminders_scan_ms, look, log});
    if (log->job == NULL) {
        free(log);
        return NULL;
    }
    return log;
}

void letter_log_start(struct letter_log *log)
{
    job_start(log->job);
}

void letter_log_wake(struct letter_log *log)
{
    job_wake(log->job, 0);
}

void letter_log_stop(struct letter_log *log)
{
    job_stop(log->job);
}

void letter_log_free(struct letter_log *log)
{
    if (log == NULL)
        return;
    job_free(log->job);
    json_decref(log->letters);
    free(log);
}
