// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/chaser_work.h"

#include <sodium.h>
#include <string.h>
#include <time.h>

#include "http/letter_envelope.h"
#include "http/request_write.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

static const struct service *service_of(const struct chaser_work *work)
{
    return exchange_service(work->exchange);
}

static const struct library *library_of(const struct chaser_work *work)
{
    return libraries_find(service_of(work)->libraries, exchange_principal(work->exchange)->library);
}

static const json_t *items_of(const struct chaser_work *work)
{
    return json_object_get(work->state, "items");
}

static bool read_wish(struct chaser_work *work, const json_t *body, struct error *error)
{
    static const struct json_member members[] = {
        {"lang", JSON_STRING, JSON_OPTIONAL, 20}, {"details", JSON_STRING, JSON_OPTIONAL, 2000}, {"hash", JSON_STRING, JSON_OPTIONAL, 64},
        {"again", JSON_TRUE, JSON_OPTIONAL, 0},   {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    if (!json_check(body, members, error))
        return false;
    work->details = json_text(body, "details");
    work->language = json_text(body, "lang") != NULL ? json_text(body, "lang") : service_of(work)->config->letters_language;
    return true;
}

// The channel of the first request that goes by e-mail, or else any of the vendor's that is for anybody. A request of one that it took over
// names a channel of that one.
static void find_channel(struct chaser_work *work)
{
    size_t index;
    json_t *item, *channel;
    const json_t *channels = json_object_get(json_object_get(work->state, "vendor"), "channels");
    const char *wanted = NULL, *vendor = json_text(json_object_get(work->state, "vendor"), "slug");
    json_array_foreach(items_of(work), index, item)
        if (wanted == NULL && text_is(json_text(item, "channel_kind"), "email") && text_is(json_text(item, "vendor_slug"), vendor))
            wanted = json_text(item, "channel_id");
    json_array_foreach(channels, index, channel) {
        const char *id = json_text(channel, "id"), *who = json_text(channel, "who");
        if (strcmp(json_text(channel, "kind"), "email") != 0 || (who != NULL && strcmp(who, "patron_only") == 0))
            continue;
        if (work->address == NULL || (wanted != NULL && strcmp(id, wanted) == 0)) {
            work->channel = id;
            work->address = json_text(channel, "address");
        }
    }
}

// What is asked of the letter writer about one request; the work lends its strings.
static struct letter_question question_of(const struct chaser_work *work, const struct request_work *request, const json_t *state)
{
    struct letter_question question = {
        .language = work->language,
        .kind = LETTER_CHASER,
        .right = request->right,
        .law = request->law,
        .vendor = json_text(json_object_get(work->state, "vendor"), "name"),
        .name = library_of(work)->name,
        .library = library_of(work)->name,
        .ref = json_text(state, "ref"),
        .details = work->details,
        .mail = work->address != NULL,
        .today = request->today_here,
        .sent = DATE_NONE,
        .received = DATE_NONE,
        .extension_notice = DATE_NONE,
        .identity_requested = DATE_NONE,
        .refused = DATE_NONE,
        .appeal_sent = DATE_NONE,
        .authorised = DATE_NONE,
    };
    letter_work_set_overdue(request, &question);
    if (json_text(state, "sent_on") != NULL)
        date_parse(json_text(state, "sent_on"), &question.sent);
    return question;
}

static bool restore(const struct chaser_work *work, const json_t *state, struct request_work *request, struct error *error)
{
    request_write_prepare(work->exchange, request, state);
    return request_work_restore(request, state, time(NULL), error) &&
           request_work_add_events(request, json_object_get(state, "events"), error) && request_work_compute(request, error);
}

// The letter with these lines; the first request lends what every letter has.
static bool write_with(const struct chaser_work *work, const char *items, struct letter *letter, struct error *error)
{
    struct request_work request;
    const json_t *lead = json_array_get(items_of(work), 0);
    bool good = restore(work, lead, &request, error);
    if (good) {
        struct letter_question question = question_of(work, &request, lead);
        question.items = items;
        good = letter_write(service_of(work)->letters, &question, letter, error);
    }
    request_work_release(&request);
    return good;
}

static bool write_items(struct chaser_work *work, struct text *all, struct error *error)
{
    size_t index;
    json_t *state;
    bool good = true;
    json_array_foreach(items_of(work), index, state) {
        struct request_work request;
        if (!good || work->count == CHASER_REQUESTS_MAXIMUM)
            break;
        if (!restore(work, state, &request, error)) {
            request_work_release(&request);
            return false;
        }
        struct letter_question question = question_of(work, &request, state);
        good = letter_write_item(service_of(work)->letters, &question, &work->items[work->count], error);
        text_append(all, work->items[work->count].text != NULL ? work->items[work->count].text : "");
        work->count++;
        request_work_release(&request);
    }
    return good;
}

static void make_hash(struct chaser_work *work)
{
    unsigned char bytes[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state hash;
    const struct config *config = service_of(work)->config;
    const char *const parts[] = {"chaser", work->language, work->address, config->mail_from, config->mail_reply_address,
                                 work->letter.subject.text, work->letter.text.text};
    crypto_hash_sha256_init(&hash);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        letter_work_hash_part(&hash, parts[i]);
    crypto_hash_sha256_final(&hash, bytes);
    sodium_bin2hex(work->hash, sizeof work->hash, bytes, sizeof bytes);
}

// False: that there is nothing to write about, and what each request that is overdue was left out for.
static bool refuse_nothing(const struct chaser_work *work, struct error *error)
{
    static const char *const reasons[][2] = {{"waiting", "a letter about it is on its way, or in doubt"},
                                             {"recent", "chased in the last seven days (--again)"},
                                             {"authority", "the patron's authority has ended"}};
    struct text why = {0};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        json_int_t count = json_integer_value(json_object_get(json_object_get(work->state, "left_out"), reasons[i][0]));
        if (count > 0)
            text_format(&why, "%s%lld left out: %s", why.length > 0 ? "; " : "", (long long)count, reasons[i][1]);
    }
    if (why.failed)
        memory_error(error);
    else
        error_set(error, ERROR_conflict, "vendor", "There is nothing to chase %s for: %s.", json_text(json_object_get(work->state, "vendor"), "name"),
                  why.length > 0 ? why.text : "nothing is overdue");
    text_release(&why);
    return false;
}

bool chaser_work_make(struct chaser_work *work, const json_t *body, struct error *error)
{
    struct text all = {0};
    if (!letter_work_knows_library(work->exchange, error) || !read_wish(work, body, error))
        return false;
    if (json_array_size(items_of(work)) == 0)
        return refuse_nothing(work, error);
    find_channel(work);
    bool good = write_items(work, &all, error) && write_with(work, all.text != NULL ? all.text : "", &work->letter, error);
    if (good)
        make_hash(work);
    text_release(&all);
    return good;
}

void chaser_work_release(struct chaser_work *work)
{
    for (size_t i = 0; i < work->count; i++)
        text_release(&work->items[i]);
    letter_release(&work->letter);
}

static json_t *references(const struct chaser_work *work)
{
    size_t index;
    json_t *state, *list = json_array();
    json_array_foreach(items_of(work), index, state)
        json_array_append(list, json_object_get(state, "ref"));
    return list;
}

json_t *chaser_work_describe(const struct chaser_work *work)
{
    const json_t *vendor = json_object_get(work->state, "vendor");
    return json_pack("{s:O, s:O, s:s, s:s, s:o, s:s, s:s, s:s, s:s?, s:s, s:b, s:s, s:O}", "vendor", json_object_get(vendor, "slug"), "name",
                     json_object_get(vendor, "name"), "kind", letter_kind_names[LETTER_CHASER], "lang", work->language, "requests", references(work), "subject",
                     work->letter.subject.text, "text", work->letter.text.text, "body", work->letter.body.text, "address", work->address, "from",
                     service_of(work)->config->mail_from, "sends", work->address != NULL, "hash", work->hash, "left_out",
                     json_object_get(work->state, "left_out"));
}

// One request's row: in its record stands the letter without the lines about others.
static json_t *row_of(const struct chaser_work *work, size_t index, struct error *error)
{
    const json_t *state = json_array_get(items_of(work), index);
    struct letter own = {0};
    char id[UUID_TEXT_SIZE];
    struct text text = {0};
    json_t *row = NULL;
    vault_uuid(id);
    if (!write_with(work, work->items[index].text, &own, error))
        return NULL;
    text_format(&text, "Subject: %s\n\n%s", own.subject.text, own.text.text);
    row = json_pack("{s:s, s:O, s:O}", "id", id, "ref", json_object_get(state, "ref"), "version", json_object_get(state, "version"));
    if (row != NULL && (text.text == NULL || !letter_seal(service_of(work)->vault, row, "text_sealed", "letter.text", id, text.text, text.length, error))) {
        json_decref(row);
        row = NULL;
    }
    text_release(&text);
    letter_release(&own);
    return row;
}

json_t *chaser_work_row(const struct chaser_work *work, struct error *error)
{
    json_t *letters = json_array();
    for (size_t i = 0; i < work->count; i++) {
        json_t *row = row_of(work, i, error);
        if (row == NULL) {
            json_decref(letters);
            return NULL;
        }
        json_array_append_new(letters, row);
    }
    return json_pack("{s:s, s:s, s:s, s:b, s:o}", "lang", work->language, "channel", work->channel, "sha256", work->hash, "again",
                     json_is_true(json_object_get(exchange_body(work->exchange), "again")), "letters", letters);
}
