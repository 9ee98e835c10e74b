// SPDX-License-Identifier: GPL-3.0-or-later
// Changing laws: which dates the files on disk would move, and moving them. Both go through the open requests page by page, so that a
// change of thousands never holds up the loop; a page is one call, and an application that was cut short is simply called again.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/handlers.h"
#include "http/law_moves.h"
#include "http/request_write.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "shared/text.h"

enum { LAW_PAGE = 50 };

struct passage { // through one page of open requests
    struct exchange *exchange;
    bool applies;
    int64_t after;
    json_t *page;  // as catalogue_requests() gives it
    size_t at;     // position in the page
    json_t *items; // of the answer
    json_t *laws;  // that differ; on the first page
    char files[HASH_TEXT_SIZE]; // the catalogue counted by
    json_t *write; // the move under way, and the item it adds when done
    json_t *item;
    int tries;
};

static void next_request(struct passage *passage);
static void read_page(struct passage *passage);

static void finish_passage(struct passage *passage)
{
    json_decref(passage->page);
    json_decref(passage->items);
    json_decref(passage->laws);
    json_decref(passage->write);
    json_decref(passage->item);
    passage->page = passage->items = passage->laws = passage->write = passage->item = NULL;
}

static void fail(struct passage *passage, const struct error *error)
{
    finish_passage(passage);
    exchange_fail(passage->exchange, error);
}

// The laws as the files now have them; those in use when they are the same.
static struct catalogue *read_files(const struct service *service, struct error *error)
{
    return catalogue_load(service->config->paths_laws, service->config->paths_calendars, error);
}

static bool is_last_page(const struct passage *passage)
{
    return json_array_size(json_object_get(passage->page, "items")) < LAW_PAGE;
}

static void reply(struct passage *passage)
{
    struct service *service = exchange_service(passage->exchange);
    const json_t *last = json_array_get(json_object_get(passage->page, "items"), json_array_size(json_object_get(passage->page, "items")) - 1);
    char cursor[24] = "";
    if (!is_last_page(passage))
        snprintf(cursor, sizeof cursor, "%lld", (long long)json_integer_value(json_object_get(last, "id")));
    json_t *answer = json_pack("{s:O, s:s, s:O, s:O?, s:s?}", "applied", json_object_get(passage->page, "applied"), "files", passage->files,
                               "items", passage->items, "changes", passage->laws, "next_cursor", cursor[0] != '\0' ? cursor : NULL);
    if (passage->applies && service->outbox_changed != NULL)
        service->outbox_changed(service->context, 0);
    finish_passage(passage);
    exchange_reply_json(passage->exchange, 200, answer, 0);
}

static void on_finished(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct passage *passage = context;
    (void)json;
    (void)length;
    (void)retry;
    if (error->code != ERROR_NONE) {
        fail(passage, error);
        return;
    }
    struct service *service = exchange_service(passage->exchange);
    if (service->laws_changed != NULL)
        service->laws_changed(service->context);
    reply(passage);
}

static void end_page(struct passage *passage)
{
    const struct service *service = exchange_service(passage->exchange);
    if (!passage->applies || !is_last_page(passage)) {
        reply(passage);
        return;
    }
    char text[128];
    snprintf(text, sizeof text, "{\"hash\": \"%s\"}", catalogue_hash(service->catalogue));
    exchange_call(passage->exchange, STATEMENT_catalogue_finish, text, on_finished, passage);
}

// Somebody changed a request of this page meanwhile: read what is left of it anew.
static void read_rest(struct passage *passage)
{
    if (passage->at > 0)
        passage->after = json_integer_value(json_object_get(json_array_get(json_object_get(passage->page, "items"), passage->at - 1), "id"));
    json_decref(passage->page);
    json_decref(passage->write);
    json_decref(passage->item);
    passage->page = passage->write = passage->item = NULL;
    passage->at = 0;
    read_page(passage);
}

static void on_moved(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct passage *passage = context;
    (void)json;
    (void)length;
    if (retry && passage->tries < WRITE_TRIES) {
        read_rest(passage);
        return;
    }
    if (error->code != ERROR_NONE) {
        fail(passage, error);
        return;
    }
    if (passage->item != NULL)
        json_array_append(passage->items, passage->item);
    json_decref(passage->item);
    json_decref(passage->write);
    passage->item = passage->write = NULL;
    passage->tries = 0;
    passage->at++;
    next_request(passage);
}

// The version, and each date as corrections have it: {"respond": {"old", "new"}}.
static json_t *describe_event(const struct law *law, const json_t *moves)
{
    size_t index;
    json_t *move;
    json_t *detail = json_pack("{s:s, s:s}", "law", law_id(law), "version", law_hash(law));
    json_array_foreach(moves, index, move)
        json_object_set_new(detail, json_text(move, "clock"),
                            json_pack("{s:O?, s:O?}", "old", json_object_get(json_object_get(move, "was"), "due"), "new",
                                      json_object_get(json_object_get(move, "becomes"), "due")));
    return detail;
}

// What catalogue_move() takes: the clocks as they are now counted, and an event that names the version when a date moved.
static json_t *describe_write(struct passage *passage, const struct request_work *work, const json_t *state, const json_t *described,
                              const json_t *moves, struct error *error)
{
    json_t *events = json_array();
    if (json_array_size(moves) > 0) {
        json_t *detail = describe_event(work->law, moves);
        json_t *event = request_write_event(passage->exchange, "law_changed", work->today, NULL, NULL, NULL, detail, error);
        if (event == NULL) {
            json_decref(events);
            return NULL;
        }
        json_array_append_new(events, event);
    }
    json_t *write = json_pack("{s:O, s:O, s:O, s:O, s:O, s:o, s:o}", "ref", json_object_get(state, "ref"), "version",
                              json_object_get(state, "version"), "clocks", json_object_get(described, "clocks"), "received",
                              json_object_get(described, "received"), "received_assumed", json_object_get(described, "received_assumed"),
                              "events", events, "reminders", request_work_reminders(work, true, time(NULL)));
    request_write_name_laws(passage->exchange, write);
    return write;
}

static int row_library(const json_t *row)
{
    return (int)json_integer_value(json_object_get(row, "library"));
}

// The item of the answer: the dates that move, or why the request cannot be counted by these laws. References of other libraries are not
// told.
static json_t *describe_item(const struct passage *passage, const json_t *row, const json_t *moves, const char *trouble)
{
    const json_t *state = json_object_get(row, "state");
    int library = row_library(row);
    bool foreign = library != exchange_principal(passage->exchange)->library;
    return json_pack("{s:i, s:O?, s:O, s:O, s:O?, s:s?}", "library", library, "ref", foreign ? NULL : json_object_get(state, "ref"), "law", json_object_get(state, "law"), "right",
                     json_object_get(state, "right"), "moves", moves, "trouble", trouble);
}

// Counts one request by `catalogue`. Fills passage->item (NULL: nothing to tell) and passage->write (NULL: nothing to write).
static bool work_out(struct passage *passage, const struct catalogue *catalogue, const json_t *row, struct error *error)
{
    struct request_work work;
    const json_t *state = json_object_get(row, "state");
    struct law_move move = {false, NULL};
    json_t *described = json_object();
    bool good = true;
    request_write_prepare(passage->exchange, &work, state);
    work.catalogue = catalogue;
    if (!request_work_restore(&work, state, time(NULL), error) || !request_work_add_events(&work, json_object_get(state, "events"), error) ||
        !request_work_compute(&work, error) || !request_work_describe(&work, described)) {
        passage->item = describe_item(passage, row, NULL, error->text);
        goto cleanup;
    }
    move = law_move_find(json_object_get(row, "clocks"), json_object_get(described, "clocks"));
    if (json_array_size(move.moves) > 0)
        passage->item = describe_item(passage, row, move.moves, NULL);
    if (passage->applies && move.counted_anew) {
        passage->write = describe_write(passage, &work, state, described, move.moves, error);
        good = passage->write != NULL && json_object_set_new(passage->write, "library", json_integer(row_library(row))) == 0;
    }
cleanup:
    json_decref(move.moves);
    json_decref(described);
    request_work_release(&work);
    return good;
}

// One request of the page after the other; those without a write are passed without a call.
static void go_through(struct passage *passage, const struct catalogue *catalogue)
{
    struct error error = {0};
    const json_t *rows = json_object_get(passage->page, "items");
    for (; passage->at < json_array_size(rows); passage->at++) {
        if (!work_out(passage, catalogue, json_array_get(rows, passage->at), &error)) {
            fail(passage, &error);
            return;
        }
        if (passage->write != NULL) {
            char *text = json_dumps(passage->write, JSON_COMPACT);
            exchange_call(passage->exchange, STATEMENT_catalogue_move, text, on_moved, passage);
            free(text);
            return;
        }
        if (passage->item != NULL)
            json_array_append_new(passage->items, passage->item);
        passage->item = NULL;
    }
    end_page(passage);
}

static void next_request(struct passage *passage)
{
    go_through(passage, exchange_service(passage->exchange)->catalogue);
}

static void on_page(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct passage *passage = context;
    struct error problem = {0};
    (void)retry;
    if (error->code != ERROR_NONE) {
        fail(passage, error);
        return;
    }
    passage->page = json_read(json, length, 0, NULL);
    if (passage->page == NULL) {
        memory_error(&problem);
        fail(passage, &problem);
        return;
    }
    if (passage->items == NULL)
        passage->items = json_array();
    if (passage->applies) {
        next_request(passage);
        return;
    }
    struct catalogue *files = read_files(exchange_service(passage->exchange), &problem);
    if (files == NULL) {
        fail(passage, &problem);
        return;
    }
    snprintf(passage->files, sizeof passage->files, "%s", catalogue_hash(files));
    if (passage->after == 0)
        passage->laws = law_changes(exchange_service(passage->exchange)->catalogue, files);
    go_through(passage, files);
    catalogue_free(files);
}

static void read_page(struct passage *passage)
{
    char text[96];
    passage->tries++;
    snprintf(text, sizeof text, "{\"after\": %lld, \"limit\": %d}", (long long)passage->after, LAW_PAGE);
    exchange_call(passage->exchange, STATEMENT_catalogue_requests, text, on_page, passage);
}

static bool read_cursor(const char *cursor, int64_t *after, struct error *error)
{
    *after = 0;
    return cursor == NULL || text_to_integer(cursor, 1, INT64_MAX, after) ||
           error_set(error, ERROR_invalid, "cursor", "cursor must be one that dsrd gave.");
}

static struct passage *begin(struct exchange *exchange, const char *cursor, bool applies)
{
    struct error error;
    struct passage *passage = exchange_context(exchange, sizeof *passage);
    if (passage == NULL)
        memory_error(&error);
    else if (read_cursor(cursor, &passage->after, &error)) {
        passage->exchange = exchange;
        passage->applies = applies;
        return passage;
    }
    exchange_fail(exchange, &error);
    return NULL;
}

// The dates of open requests that the laws now in the files would move.
void handle_law_changes(struct exchange *exchange)
{
    struct passage *passage = begin(exchange, exchange_query(exchange, "cursor"), false);
    if (passage != NULL)
        read_page(passage);
}

static void on_begun(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct passage *passage = context;
    struct service *service = exchange_service(passage->exchange);
    struct error problem = {0};
    (void)json;
    (void)length;
    (void)retry;
    if (error->code != ERROR_NONE) {
        fail(passage, error);
        return;
    }
    struct catalogue *files = read_files(service, &problem);
    if (files != NULL && strcmp(catalogue_hash(files), passage->files) != 0) {
        catalogue_free(files);
        files = NULL;
        error_set(&problem, ERROR_conflict, "hash", "The files were changed at this very moment; type `dsr law apply` again.");
    }
    if (files == NULL) {
        fail(passage, &problem);
        return;
    }
    // No work holds on to a law between two calls, so the old ones can go.
    catalogue_free(service->catalogue);
    service->catalogue = files;
    service->read_only = false;
    log_notice("laws: the catalogue %.12s is in force", catalogue_hash(files));
    read_page(passage);
}

static bool check_hash(struct passage *passage, const char *hash, struct error *error)
{
    const struct service *service = exchange_service(passage->exchange);
    bool same = strcmp(catalogue_hash(service->catalogue), hash) == 0;
    if (passage->after == 0) {
        struct catalogue *files = read_files(service, error);
        if (files == NULL)
            return false;
        same = strcmp(catalogue_hash(files), hash) == 0;
        catalogue_free(files);
    }
    return same || error_set(error, ERROR_conflict, "hash", "The files are not those you looked at any more; look again with `dsr law diff`.");
}

// Puts the laws of the files in force: the first call {hash} for every daemon, and each call {hash, cursor} moves a page of open requests.
void handle_law_application(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"hash", JSON_STRING, JSON_NEEDED, HASH_TEXT_SIZE},
        {"cursor", JSON_STRING, JSON_OPTIONAL, 20},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error;
    char text[128];
    if (!json_check(exchange_body(exchange), members, &error)) {
        exchange_fail(exchange, &error);
        return;
    }
    const char *hash = json_text(exchange_body(exchange), "hash");
    struct passage *passage = begin(exchange, json_text(exchange_body(exchange), "cursor"), true);
    if (passage == NULL)
        return;
    if (!check_hash(passage, hash, &error)) {
        exchange_fail(exchange, &error);
        return;
    }
    snprintf(passage->files, sizeof passage->files, "%s", hash);
    if (passage->after > 0) {
        read_page(passage);
        return;
    }
    snprintf(text, sizeof text, "{\"hash\": \"%s\"}", passage->files);
    exchange_call(exchange, STATEMENT_catalogue_begin, text, on_begun, passage);
}
