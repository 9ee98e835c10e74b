// SPDX-License-Identifier: GPL-3.0-or-later
// A person's row, sealed: what accounts and subjects have in common.
#ifndef VAULT_PERSON_H
#define VAULT_PERSON_H

#include "vault/vault.h"

// {"id", "name_sealed", "email_sealed", "email_hash", "uid_sealed", "uid_hash"} with a new id, for `table` "account" or "subject"; any of the
// three may be NULL. New reference, or NULL and an error.
json_t *person_seal(const struct vault *vault, const char *table, const char *name, const char *email, const char *uid, struct error *error);
// The same for a row that is there.
json_t *person_seal_row(const struct vault *vault, const char *table, const char *id, const char *name, const char *email, const char *uid,
                        struct error *error);

// The look-up hash of an address: lower-cased, so that one mailbox has one.
void person_address_hash(const struct vault *vault, const char *address, char hex[VAULT_LOOKUP_HEX]);

// By the token in a reminder's link its recipient stops the reminders: it is made from the address with the ring's key, so that all
// mails to one address hold the same, and nobody without the key can make it. The database keeps its look-up hash only.
enum { UNSUBSCRIBE_TOKEN_LENGTH = 40 }; // 160 bits, in hex: short, since the link stands in a header
void person_unsubscribe_token(const struct vault *vault, const char *address, char token[UNSUBSCRIBE_TOKEN_LENGTH + 1]);
void person_unsubscribe_hash(const struct vault *vault, const char *token, char hex[VAULT_LOOKUP_HEX]);

#endif
