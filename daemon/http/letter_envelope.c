// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/letter_envelope.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "letter/letter_mail.h"
#include "vault/person.h"

// mail.reply_address with a new token behind its local part; without that setting mail.from.
static bool make_sender(const struct config *config, struct letter_envelope *envelope, struct error *error)
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

bool letter_envelope_make(struct letter_envelope *envelope, struct exchange *exchange, const char *to, const char *language,
                          const struct letter *letter, const char *const *earlier, struct error *error)
{
    const struct service *service = exchange_service(exchange);
    const struct library *library = libraries_find(service->libraries, exchange_principal(exchange)->library);
    char from[ADDRESS_ASCII_SIZE];
    *envelope = (struct letter_envelope){.to = to};
    vault_uuid(envelope->message);
    if (!address_to_ascii(service->config->mail_from, "mail.from", from, error) || !make_sender(service->config, envelope, error))
        return false;
    snprintf(envelope->mail_id, sizeof envelope->mail_id, "<%s%s>", envelope->message, strrchr(from, '@'));
    const struct letter_mail mail = {.from_name = library->name,
                                     .from = service->config->mail_from,
                                     .reply_to = envelope->has_token ? envelope->sender : service->config->mail_reply_to,
                                     .to = to,
                                     .language = language,
                                     .message_id = envelope->mail_id,
                                     .earlier = earlier,
                                     .when = time(NULL),
                                     .zone = library->zone};
    return letter_mail_compose(&mail, letter, &envelope->bytes, error);
}

bool letter_seal(const struct vault *vault, json_t *row, const char *member, const char *place, const char *id, const char *value,
                 size_t length, struct error *error)
{
    char table[32];
    const char *dot = strchr(place, '.');
    snprintf(table, sizeof table, "%.*s", (int)(dot - place), place);
    char *sealed = vault_seal(vault, table, dot + 1, id, value, length, error);
    bool good = sealed != NULL && json_object_set_new(row, member, json_string(sealed)) == 0;
    free(sealed);
    return good;
}

bool letter_envelope_describe(const struct letter_envelope *envelope, const struct vault *vault, const char *letter, json_t *row,
                              struct error *error)
{
    unsigned char hash[crypto_hash_sha256_BYTES];
    char hex[2 * crypto_hash_sha256_BYTES + 1], address_hash[VAULT_LOOKUP_HEX];
    crypto_hash_sha256(hash, (const unsigned char *)envelope->bytes.text, envelope->bytes.length);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    person_address_hash(vault, envelope->to, address_hash);
    json_t *plain = json_pack("{s:s, s:s, s:s, s:I, s:s, s:s?}", "message", envelope->message, "address_hash", address_hash, "bytes_sha256", hex, "size",
                              (json_int_t)envelope->bytes.length, "mail_id", envelope->mail_id, "token_hash",
                              envelope->has_token ? envelope->token_hash : NULL);
    bool good = plain != NULL && json_object_update(row, plain) == 0;
    json_decref(plain);
    return good && letter_seal(vault, row, "sender_sealed", "letter.sender", letter, envelope->sender, strlen(envelope->sender), error) &&
           letter_seal(vault, row, "recipient_sealed", "message.recipient", envelope->message, envelope->to, strlen(envelope->to), error) &&
           letter_seal(vault, row, "bytes_sealed", "message.bytes", envelope->message, envelope->bytes.text, envelope->bytes.length, error);
}

void letter_envelope_release(struct letter_envelope *envelope)
{
    text_release(&envelope->bytes);
}
