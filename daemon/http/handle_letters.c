// SPDX-License-Identifier: GPL-3.0-or-later
// Letters to vendors: shown; sent once a person has approved what was shown; and decided about when one is in
// doubt.
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/handlers.h"
#include "http/letter_work.h"
#include "http/request_write.h"
#include "letter/letter_mail.h"
#include "mail/address.h"
#include "request/reference.h"
#include "shared/json.h"
#include "shared/reply_token.h"
#include "vault/person.h"

struct letter_call {
    struct exchange *exchange;
    char reference[REFERENCE_SIZE];
    bool sends; // false: shows only
    int tries;
};

struct envelope { // what is made for one letter that is sent
    char letter[UUID_TEXT_SIZE], message[UUID_TEXT_SIZE];
    char mail_id[ADDRESS_ASCII_SIZE + UUID_TEXT_SIZE + 2];
    char sender[ADDRESS_ASCII_SIZE];
    char token_hash[2 * REPLY_TOKEN_HASH_BYTES + 1];
    bool has_token;
    struct text bytes;
};

static void read_state(struct letter_call *call);

static bool no_memory(struct error *error)
{
    return error_set(error, ERROR_unavailable, "", "dsrd is out of memory; try again.");
}

// mail.reply_address with a new token behind its local part; without that setting mail.from.
static bool make_sender(const struct config *config, struct envelope *envelope, struct error *error)
{
    char token[REPLY_TOKEN_SIZE];
    unsigned char hash[REPLY_TOKEN_HASH_BYTES];
    struct text address = {0};
    const char *at = strrchr(config->mail_reply_address, '@');
    if (config->mail_reply_address[0] == '\0')
        return address_to_ascii(config->mail_from, "mail.from", envelope->sender, error);
    if (at == NULL || !reply_token_new(token))
        return error_set(error, ERROR_invalid, "mail.reply_address",
                         "mail.reply_address is no e-mail address.");
    text_format(&address, "%.*s%s%s%s", (int)(at - config->mail_reply_address), config->mail_reply_address,
                config->mail_reply_delimiter, token, at);
    bool good =
        address.text != NULL && address_to_ascii(address.text, "mail.reply_address", envelope->sender, error);
    text_release(&address);
    reply_token_hash(token, hash);
    sodium_bin2hex(envelope->token_hash, sizeof envelope->token_hash, hash, sizeof hash);
    sodium_memzero(token, sizeof token);
    envelope->has_token = good;
    return good;
}

static bool make_mail(const struct letter_work *work, struct envelope *envelope, struct error *error)
{
    const struct config *config = exchange_service(work->exchange)->config;
    const char *earlier[LETTERS_EARLIER_MAXIMUM + 1];
    char from[ADDRESS_ASCII_SIZE];
    vault_uuid(envelope->letter);
    vault_uuid(envelope->message);
    if (!address_to_ascii(config->mail_from, "mail.from", from, error) ||
        !make_sender(config, envelope, error))
        return false;
    snprintf(envelope->mail_id, sizeof envelope->mail_id, "<%s%s>", envelope->message, strrchr(from, '@'));
    letter_work_earlier(work, earlier);
    const struct letter_mail mail = {.from_name = libraries_find(exchange_service(work->exchange)->libraries, exchange_principal(work->exchange)->library)->name,
                                     .from = config->mail_from,
                                     .reply_to =
                                         envelope->has_token ? envelope->sender : config->mail_reply_to,
                                     .to = work->address,
                                     .language = work->language,
                                     .message_id = envelope->mail_id,
                                     .earlier = earlier,
                                     .when = time(NULL),
                                     .zone = work->request.library_zone};
    return letter_mail_compose(&mail, &work->letter, &envelope->bytes, error);
}

// Seals `value` for the row and puts it into `row`.
static bool seal_into(const struct vault *vault, json_t *row, const char *member, const char *table,
                      const char *column, const char *id, const char *value, size_t length,
                      struct error *error)
{
    char *sealed = vault_seal(vault, table, column, id, value, length, error);
    bool good = sealed != NULL && json_object_set_new(row, member, json_string(sealed)) == 0;
    free(sealed);
    return good;
}

static json_t *describe_letter(const struct letter_work *work, const struct envelope *envelope,
                               struct error *error)
{
    const struct vault *vault = exchange_service(work->exchange)->vault;
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * crypto_hash_sha256_BYTES + 1], address_hash[VAULT_LOOKUP_HEX];
    struct text text = {0};
    crypto_hash_sha256(hash, (const unsigned char *)envelope->bytes.text, envelope->bytes.length);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    person_address_hash(vault, work->address, address_hash);
    text_format(&text, "Subject: %s\n\n%s", work->letter.subject.text, work->letter.text.text);
    json_t *row = json_pack(
        "{s:s, s:O, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s?}", "ref",
        json_text(work->state, "ref"), "version", json_object_get(work->state, "version"), "id",
        envelope->letter, "message", envelope->message, "kind", letter_kind_names[work->kind], "lang",
        work->language, "channel", json_text(work->request.channel, "id"), "sha256", work->hash,
        "address_hash", address_hash, "bytes_sha256", hex, "size", (json_int_t)envelope->bytes.length,
        "mail_id", envelope->mail_id, "token_hash", envelope->has_token ? envelope->token_hash : NULL);
    bool good = row != NULL && text.text != NULL &&
                seal_into(vault, row, "text_sealed", "letter", "text", envelope->letter, text.text,
                          text.length, error) &&
                seal_into(vault, row, "sender_sealed", "letter", "sender", envelope->letter, envelope->sender,
                          strlen(envelope->sender), error) &&
                seal_into(vault, row, "recipient_sealed", "message", "recipient", envelope->message,
                          work->address, strlen(work->address), error) &&
                seal_into(vault, row, "bytes_sealed", "message", "bytes", envelope->message,
                          envelope->bytes.text, envelope->bytes.length, error);
    text_release(&text);
    if (good)
        return row;
    if (error->code == ERROR_NONE)
        no_memory(error);
    json_decref(row);
    return NULL;
}

static bool may_send(const struct letter_work *work, struct error *error)
{
    const char *hash = json_text(exchange_body(work->exchange), "hash");
    if (hash == NULL)
        return error_set(error, ERROR_invalid, "hash",
                         "hash is missing: that of the letter as it was shown, by which it is approved.");
    if (work->to_authority)
        return error_set(error, ERROR_conflict, "kind",
                         "A complaint goes to the authority, not to the vendor: dsrd does not send it.");
    if (!work->sends)
        return error_set(error, ERROR_conflict, "channel", "%s",
                         work->patron_only ? "Only the patron can use this channel."
                                           : "The request does not go by e-mail, so dsrd cannot send the "
                                             "letter; `dsr send REF` says what to do.");
    return strcmp(hash, work->hash) == 0 ||
           error_set(error, ERROR_conflict, "hash",
                     "The letter is not the one that was shown any more; look at it again.");
}

static void on_queued(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct letter_call *call = context;
    if (retry && call->tries < WRITE_TRIES)
        read_state(call);
    else if (error->code != ERROR_NONE)
        exchange_fail(call->exchange, error);
    else
        exchange_reply_text(call->exchange, 201, json, length, 0);
}

static void queue(struct letter_call *call, const struct letter_work *work)
{
    struct error error = {0};
    struct envelope envelope = {0};
    json_t *row = NULL;
    if (may_send(work, &error) && make_mail(work, &envelope, &error))
        row = describe_letter(work, &envelope, &error);
    char *text = row != NULL ? json_dumps(row, JSON_COMPACT) : NULL;
    if (text != NULL)
        exchange_call(call->exchange, STATEMENT_letter_queue, text, on_queued, call);
    else
        exchange_fail(call->exchange, &error);
    free(text);
    json_decref(row);
    text_release(&envelope.bytes);
}

static void finish(struct letter_call *call, const struct letter_work *work)
{
    struct error error = {0};
    const char *ended = json_text(work->state, "authority_ended");
    bool anyway = json_is_true(json_object_get(exchange_body(call->exchange), "anyway"));
    if (!call->sends) {
        json_t *answer = letter_work_describe(work, &error);
        if (answer != NULL)
            exchange_reply_json(call->exchange, 200, answer, 0);
        else
            exchange_fail(call->exchange, &error);
    } else if (ended != NULL && work->request.another) {
        error_set(&error, ERROR_conflict, "authority",
                  "The patron's authority ended on %s: nothing is sent for it any more.", ended);
        exchange_fail(call->exchange, &error);
    } else if (request_work_is_refused(&work->request) ||
               (request_work_must_confirm(&work->request) && !anyway)) {
        request_write_confirm(call->exchange, &work->request);
    } else {
        queue(call, work);
    }
}

static void on_state(void *context, const char *json, size_t length, bool retry, const struct error *problem)
{
    struct letter_call *call = context;
    struct error error = {0};
    struct letter_work work = {.exchange = call->exchange};
    (void)retry;
    if (problem->code != ERROR_NONE) {
        exchange_fail(call->exchange, problem);
        return;
    }
    json_t *state = json_loadb(json, length, 0, NULL);
    work.state = state;
    if (state == NULL)
        no_memory(&error);
    if (state != NULL && vault_open_json(exchange_service(call->exchange)->vault, state, true, &error) &&
        letter_work_make(&work, exchange_body(call->exchange), &error))
        finish(call, &work);
    else
        exchange_fail(call->exchange, &error);
    letter_work_release(&work);
    json_decref(state);
}

static void read_state(struct letter_call *call)
{
    // Shown once, it is audited once: what is sent then is the same.
    json_t *question = json_pack("{s:s, s:b}", "ref", call->reference, "reveal", !call->sends);
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    struct error error;
    call->tries++;
    if (text != NULL) {
        exchange_call(call->exchange, STATEMENT_letter_state, text, on_state, call);
    } else {
        no_memory(&error);
        exchange_fail(call->exchange, &error);
    }
    free(text);
    json_decref(question);
}

static void begin(struct exchange *exchange, bool sends)
{
    struct error error = {0};
    struct letter_call *call = exchange_context(exchange, sizeof *call);
    if (call == NULL) {
        no_memory(&error);
    } else if (!reference_parse(exchange_path_value(exchange), call->reference)) {
        error_set(&error, ERROR_not_found, "ref", "%s is no reference; one looks like R-7K3F-92QM.",
                  exchange_path_value(exchange));
    } else {
        call->exchange = exchange;
        call->sends = sends;
        read_state(call);
        return;
    }
    exchange_fail(exchange, &error);
}

void handle_letter_show(struct exchange *exchange)
{
    begin(exchange, false);
}

void handle_letter_send(struct exchange *exchange)
{
    begin(exchange, true);
}

void handle_letter_resolve(struct exchange *exchange)
{
    static const struct json_member members[] = {{"as", JSON_STRING, JSON_NEEDED, 20},
                                                 {NULL, JSON_NULL, JSON_OPTIONAL, 0}};
    struct error error = {0};
    const json_t *body = exchange_body(exchange);
    char *text = NULL;
    if (json_check(body, members, &error)) {
        const char *as = json_text(body, "as");
        json_t *row = json_pack("{s:s, s:s}", "id", exchange_path_value(exchange), "as", as);
        if (strcmp(as, "sent") != 0 && strcmp(as, "again") != 0 && strcmp(as, "dropped") != 0)
            error_set(&error, ERROR_invalid, "as", "as must be sent, again or dropped.");
        else if (row != NULL)
            text = json_dumps(row, JSON_COMPACT);
        json_decref(row);
        if (text == NULL && error.code == ERROR_NONE)
            no_memory(&error);
    }
    if (text != NULL)
        exchange_call_and_reply(exchange, STATEMENT_letter_resolve, text);
    else
        exchange_fail(exchange, &error);
    free(text);
}
