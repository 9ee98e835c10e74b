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

#endif
