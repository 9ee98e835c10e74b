// SPDX-License-Identifier: GPL-3.0-or-later
// What is made once for a letter that is sent: its mail, with a Message-ID and a reply token of its own, and all of it sealed for the database.
#ifndef HTTP_LETTER_ENVELOPE_H
#define HTTP_LETTER_ENVELOPE_H

#include "http/exchange.h"
#include "letter/letter.h"
#include "mail/address.h"
#include "shared/reply_token.h"

struct letter_envelope {
    char message[UUID_TEXT_SIZE];
    char mail_id[ADDRESS_ASCII_SIZE + UUID_TEXT_SIZE + 2];
    char sender[ADDRESS_ASCII_SIZE];
    char token_hash[2 * REPLY_TOKEN_HASH_BYTES + 1];
    bool has_token;
    const char *to; // borrowed
    struct text bytes;
};

// The letter as a mail from the caller's library to `to`; `earlier`: Message-IDs of those before it, NULL-terminated. Release in any case.
bool letter_envelope_make(struct letter_envelope *envelope, struct exchange *exchange, const char *to, const char *language,
                          const struct letter *letter, const char *const *earlier, struct error *error);
// Adds message, mail_id, token_hash, size, bytes_sha256, address_hash and what is sealed; the sender for the row `letter`.
bool letter_envelope_describe(const struct letter_envelope *envelope, const struct vault *vault, const char *letter, json_t *row,
                              struct error *error);
void letter_envelope_release(struct letter_envelope *envelope);

// Seals `value` for "table.column" of the row `id`, and puts it into `row`.
bool letter_seal(const struct vault *vault, json_t *row, const char *member, const char *place, const char *id, const char *value,
                 size_t length, struct error *error);

#endif
