// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/letter_work.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "http/letter_called_for.h"
#include "http/request_authority.h"
#include "http/request_write.h"
#include "law/law.h"
#include "law/words.h"
#include "letter/letter_mail.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"
#include "shared/zone.h"

static const struct config *config_of(const struct letter_work *work)
{
    return exchange_service(work->exchange)->config;
}

static const struct library *library_of(const struct letter_work *work)
{
    return libraries_find(exchange_service(work->exchange)->libraries, exchange_principal(work->exchange)->library);
}

bool letter_work_knows_library(struct exchange *exchange, struct error *error)
{
    const struct letter_work work = {.exchange = exchange};
    return library_of(&work) != NULL ||
           error_set(error, ERROR_unavailable, "library",
                     "dsrd has not read of this library yet; try again in a moment.");
}

static bool is_draft(const struct letter_work *work)
{
    return text_is(json_text(work->state, "state"), "draft");
}

// The last one of that name, or DATE_NONE.
static date last_event(const struct letter_work *work, const char *name)
{
    for (size_t i = work->request.event_count; i > 0; i--)
        if (strcmp(work->request.events[i - 1].event, name) == 0)
            return work->request.events[i - 1].on;
    return DATE_NONE;
}

// The vendor's time that has gone by: for the answer, or else for the acknowledgement; NULL: none has.
static const struct clock *find_overdue(const struct request_work *request)
{
    const struct clock *found = NULL;
    for (size_t i = 0; i < request->answer.clock_count; i++) {
        const struct clock *clock = &request->answer.clocks[i];
        bool late = clock->party == PARTY_VENDOR && clock->state == CLOCK_RUNNING && !clock_is_shown_only(clock->id) &&
                    clock->latest != DATE_NONE && clock->latest < request->today;
        if (late && (found == NULL || clock_acknowledges(found->id)))
            found = clock;
    }
    return found;
}

void letter_work_set_overdue(const struct request_work *request, struct letter_question *question)
{
    const struct clock *late = find_overdue(request);
    question->due = late != NULL ? late->latest : DATE_NONE;
    question->due_cite = late != NULL ? late->cite : NULL;
    question->acknowledgement_due = late != NULL && clock_acknowledges(late->id);
    question->appeal_due = late != NULL && strncmp(late->id, "appeal", 6) == 0;
}

static const struct clock *answer_clock(const struct letter_work *work)
{
    const struct clock *clock = clock_answer_find(&work->request.answer, "respond");
    return clock != NULL ? clock : clock_answer_find(&work->request.answer, "courtesy");
}

bool letter_work_read(struct letter_work *work, const json_t *body, struct error *error)
{
    static const struct json_member members[] = {
        {"kind", JSON_STRING, JSON_OPTIONAL, 40},      {"lang", JSON_STRING, JSON_OPTIONAL, 20},
        {"details", JSON_STRING, JSON_OPTIONAL, 2000}, {"hash", JSON_STRING, JSON_OPTIONAL, 64},
        {"anyway", JSON_TRUE, JSON_OPTIONAL, 0},       {"post", JSON_TRUE, JSON_OPTIONAL, 0},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    if (body != NULL && !json_check(body, members, error))
        return false;
    const char *kind = json_text(body, "kind");
    work->kind = LETTER_KIND_COUNT;
    work->details = json_text(body, "details");
    work->post = json_is_true(json_object_get(body, "post"));
    work->language =
        json_text(body, "lang") != NULL ? json_text(body, "lang") : config_of(work)->letters_language;
    if (kind != NULL && !letter_kind_parse(kind, &work->kind))
        return error_set(error, ERROR_invalid, "kind",
                         "There is no letter %s; there are: request, overdue, extension_challenge, identity, "
                         "appeal, complaint.",
                         kind);
    return letters_language(exchange_service(work->exchange)->letters, work->language, error) != NULL;
}

// The request with its clocks; one not sent yet as if it were sent today, so that what speaks against it is
// known.
static bool restore(struct letter_work *work, struct error *error)
{
    struct request_work *request = &work->request;
    request_write_prepare(work->exchange, request, work->state);
    request->another = !json_is_true(json_object_get(work->state, "own")); // whoever has filed it
    return request_work_restore(request, work->state, time(NULL), error) &&
           request_work_add_events(request, json_object_get(work->state, "events"), error) &&
           (!is_draft(work) || request_work_add_event(request, "sent", request->today, error)) &&
           request_work_compute(request, error);
}

// What was said when the request was filed need not be said again; what has ended since must.
static void keep_what_matters(struct letter_work *work)
{
    struct warnings *warnings = &work->request.warnings;
    size_t kept = 0;
    if (is_draft(work))
        return;
    warnings->count = 0;
    request_authority_check(&work->request, work->request.today_here);
    for (size_t i = 0; i < warnings->count; i++)
        if (strcmp(warnings->list[i].code, "no_authority") == 0)
            warnings->list[kept++] = warnings->list[i];
    warnings->count = kept;
}

static void find_route(struct letter_work *work)
{
    const struct request_work *request = &work->request;
    bool own = json_is_true(json_object_get(work->state, "own"));
    work->to_authority = letter_is_to_authority(exchange_service(work->exchange)->letters, work->kind,
                                                request->right, request->law);
    work->patron_only = !work->to_authority && text_is(json_text(request->channel, "who"), "patron_only");
    work->address = work->to_authority ? NULL : json_text(request->channel, "address");
    work->route = work->to_authority                 ? "authority"
                  : request->kind != CHANNEL_UNKNOWN ? channel_kind_name(request->kind)
                                                     : "unknown";
    work->sends = text_is(work->route, "email") && work->address != NULL && (own || !work->patron_only);
}

static const char *postal_address(const struct letter_work *work)
{
    size_t index;
    json_t *channel;
    if (text_is(work->route, "letter") && work->address != NULL)
        return work->address;
    json_array_foreach(json_object_get(work->request.vendor, "channels"), index,
                       channel) if (text_is(json_text(channel, "kind"), "letter")) return json_text(channel,
                                                                                               "address");
    return NULL;
}

static void list_brands(const json_t *vendor, struct text *out)
{
    size_t index;
    json_t *brand;
    json_array_foreach(json_object_get(vendor, "brands"), index, brand) if (index < 5)
        text_format(out, "%s%s", index > 0 ? ", " : "", json_string_value(brand));
}

// Whether the vendor's document says that a letter must give this; without a word of it, name and e-mail.
static bool needs(const struct letter_work *work, const char *what)
{
    const json_t *list = work->to_authority ? NULL : json_object_get(work->request.channel, "needs");
    if (json_array_size(list) == 0)
        return text_is(what, "name") || text_is(what, "email");
    return request_authority_names(list, what);
}

// What the vendor wants besides, which dsrd does not hold.
static json_t *asked_besides(const struct letter_work *work)
{
    size_t index;
    json_t *need, *besides = json_array();
    json_array_foreach(json_object_get(work->to_authority ? NULL : work->request.channel, "needs"), index,
                       need) if (!text_is(json_string_value(need), "name") &&
                                 !text_is(json_string_value(need), "email") &&
                                 !text_is(json_string_value(need), "residence") &&
                                 !text_is(json_string_value(need), "product")) json_array_append(besides, need);
    return besides;
}

static void set_due(const struct letter_work *work, struct letter_question *question)
{
    const struct clock *answer = answer_clock(work);
    const struct clock_answer *computed = &work->request.answer;
    question->due = DATE_NONE;
    switch (question->kind) {
    case LETTER_OVERDUE:
    case LETTER_COMPLAINT: letter_work_set_overdue(&work->request, question); break;
    case LETTER_EXTENSION_CHALLENGE:
        question->due = computed->extension_notice_by != DATE_NONE ? computed->extension_notice_by
                        : answer != NULL                           ? answer->latest
                                                                   : DATE_NONE;
        question->extension_late = computed->extension == EXTENSION_VOID;
        break;
    case LETTER_IDENTITY:
        question->due = answer != NULL && answer->latest >= work->request.today ? answer->latest : DATE_NONE;
        break;
    default: break;
    }
}

static bool write_letter(struct letter_work *work, struct error *error)
{
    const struct request_work *request = &work->request;
    struct text brands = {0};
    list_brands(request->vendor, &brands);
    const char *given = request_authority_given(request, request->today_here);
    struct letter_question question = {
        .language = work->language,
        .kind = work->kind,
        .right = request->right,
        .law = request->law,
        .vendor = json_text(request->vendor, "name"),
        .products = brands.text,
        .postal_address = postal_address(work),
        .fixed_subject = work->to_authority ? NULL : json_text(request->channel, "subject"),
        .name = json_text(work->state, "name"),
        .email = needs(work, "email") ? json_text(work->state, "email") : NULL,
        .gives_residence = needs(work, "residence"),
        .residence = json_text(json_object_get(work->state, "subject"), "residence"),
        .library = library_of(work)->name,
        .ref = json_text(work->state, "ref"),
        .details = work->details,
        .post = work->post || text_is(work->route, "letter") || work->to_authority,
        .mail = text_is(work->route, "email") && !work->post,
        .agent = request->another && !work->patron_only,
        .today = request->today_here,
        .sent = is_draft(work) ? DATE_NONE : last_event(work, "sent"),
        .received = last_event(work, "received"),
        .extension_notice = last_event(work, "extension_notice"),
        .identity_requested = last_event(work, "identity_requested"),
        .refused = last_event(work, "refused"),
        .appeal_sent = last_event(work, "appeal_sent"),
        .authorised = DATE_NONE,
    };
    if (given != NULL)
        date_parse(given, &question.authorised);
    set_due(work, &question);
    bool good = letter_write(exchange_service(work->exchange)->letters, &question, &work->letter, error);
    text_release(&brands);
    return good;
}

void letter_work_hash_part(crypto_hash_sha256_state *hash, const char *part)
{
    uint64_t length = part != NULL ? strlen(part) : 0;
    crypto_hash_sha256_update(hash, (const unsigned char *)&length, sizeof length);
    crypto_hash_sha256_update(hash, (const unsigned char *)(part != NULL ? part : ""), length);
}

static void make_hash(struct letter_work *work)
{
    unsigned char bytes[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state hash;
    const struct config *config = config_of(work);
    const char *const parts[] = {json_text(work->state, "ref"),
                                 letter_kind_names[work->kind],
                                 work->language,
                                 work->route,
                                 work->address,
                                 config->mail_from,
                                 config->mail_reply_address,
                                 work->letter.subject.text,
                                 work->letter.text.text};
    crypto_hash_sha256_init(&hash);
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        letter_work_hash_part(&hash, parts[i]);
    crypto_hash_sha256_final(&hash, bytes);
    sodium_bin2hex(work->hash, sizeof work->hash, bytes, sizeof bytes);
}

bool letter_work_make(struct letter_work *work, const json_t *body, struct error *error)
{
    if (!letter_work_knows_library(work->exchange, error) || !letter_work_read(work, body, error) ||
        !restore(work, error))
        return false;
    if (work->kind == LETTER_KIND_COUNT)
        work->kind = letter_called_for(work->request.law, json_text(work->state, "status"), json_object_get(work->state, "next"));
    find_route(work);
    keep_what_matters(work);
    if (!write_letter(work, error))
        return false;
    make_hash(work);
    return true;
}

void letter_work_release(struct letter_work *work)
{
    request_work_release(&work->request);
    letter_release(&work->letter);
}

void letter_work_earlier(const struct letter_work *work, const char *earlier[LETTERS_EARLIER_MAXIMUM + 1])
{
    size_t index, count = 0;
    json_t *letter;
    json_array_foreach(json_object_get(work->state, "letters"), index,
                       letter) if (count < LETTERS_EARLIER_MAXIMUM && text_is(json_text(letter, "state"), "sent"))
        earlier[count++] = json_text(letter, "mail_id");
    earlier[count] = NULL;
}

// What comes next once it is sent today: the vendor's dates, or the person's own.
static json_t *expected(const struct letter_work *work)
{
    json_t *list = json_array();
    char day[DATE_TEXT_SIZE], earliest[DATE_TEXT_SIZE], latest[DATE_TEXT_SIZE];
    struct text cite = {0};
    for (size_t i = 0;
         i < work->request.answer.clock_count && (is_draft(work) || work->kind == LETTER_REQUEST); i++) {
        const struct clock *clock = &work->request.answer.clocks[i];
        if (clock->party != PARTY_VENDOR || clock->due == DATE_NONE)
            continue;
        text_clear(&cite);
        text_append(&cite, ""); // a courtesy date stands in no law
        if (clock->legal)
            letter_cite(clock->cite, &cite);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:s}", "clock", clock->id, "due",
                                              date_format(clock->due, day), "earliest", date_format(clock->earliest, earliest), "latest",
                                              date_format(clock->latest, latest), "cite", cite.text, "legal",
                                              clock->legal, "confidence", clock->confidence));
    }
    text_release(&cite);
    return list;
}

// The same as a mail of the person's own, to be opened and sent by a mail program.
static bool make_draft(const struct letter_work *work, struct text *bytes, struct error *error)
{
    const char *earlier[LETTERS_EARLIER_MAXIMUM + 1];
    letter_work_earlier(work, earlier);
    const struct letter_mail mail = {.from_name = json_text(work->state, "name"),
                                     .from = json_text(work->state, "email"),
                                     .to = text_is(work->route, "email") ? work->address : NULL,
                                     .language = work->language,
                                     .earlier = earlier,
                                     .draft = true,
                                     .when = time(NULL),
                                     .zone = work->request.library_zone};
    return letter_mail_compose(&mail, &work->letter, bytes, error);
}

// What is to be logged when it was sent: no event that is in the record, which takes each of them once.
static const char *event_of(const struct letter_work *work)
{
    const char *event = work->kind == LETTER_REQUEST     ? "sent"
                        : work->kind == LETTER_APPEAL    ? "appeal_sent"
                        : work->kind == LETTER_COMPLAINT ? "complaint_sent"
                                                         : NULL;
    bool recorded = event != NULL && !is_draft(work) && last_event(work, event) != DATE_NONE;
    return recorded ? NULL : event;
}

// As it is shown: each letter has a token of its own, made when it is sent.
static void append_reply_to(const struct config *config, struct text *out)
{
    const char *address = config->mail_reply_address, *at = strrchr(address, '@');
    if (at == NULL)
        text_append(out, config->mail_reply_to);
    else
        text_format(out, "%.*s%sTOKEN%s", (int)(at - address), address, config->mail_reply_delimiter, at);
}

json_t *letter_work_describe(const struct letter_work *work, struct error *error)
{
    const json_t *channel = work->to_authority ? NULL : work->request.channel;
    const struct config *config = config_of(work);
    struct text mail = {0};
    json_t *json = NULL;
    const char *authority = work->to_authority ? law_authority(work->request.law) : NULL;
    struct text reply_to = {0};
    append_reply_to(config, &reply_to);
    if (make_draft(work, &mail, error))
        json = json_pack(
            "{s:s, s:s, s:s, s:s, s:s?, s:s, s:s, s:s, s:s?, s:s?, s:s?, s:s?, s:b, s:b, s:s, s:s?, s:s?, "
            "s:s, s:s, s:b, s:s?, s:s?, s:s?, s:o, s:o, s:o}",
            "ref", json_text(work->state, "ref"), "kind", letter_kind_names[work->kind], "lang",
            work->language, "route", work->route, "address",
            work->address != NULL ? work->address : authority, "subject", work->letter.subject.text, "text",
            work->letter.text.text, "body", work->letter.body.text, "channel", json_text(channel, "id"),
            "steps", json_text(channel, "steps"), "people", json_text(channel, "people"), "postal_address",
            postal_address(work), "sends", work->sends, "patron_only", work->patron_only, "from",
            config->mail_from, "reply_to", reply_to.length > 0 ? reply_to.text : NULL, "event",
            event_of(work), "hash", work->hash, "mail", mail.text, "own",
            json_is_true(json_object_get(work->state, "own")), "source", json_text(channel, "source"),
            "date_seen", json_text(channel, "date_seen"), "confidence", json_text(channel, "confidence"),
            "expected", expected(work),
            "asked_besides", asked_besides(work), "warnings", request_work_warnings(&work->request));
    text_release(&mail);
    text_release(&reply_to);
    if (json == NULL && error->code == ERROR_NONE)
        memory_error(error);
    return json;
}
