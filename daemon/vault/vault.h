// SPDX-License-Identifier: GPL-3.0-or-later
// Sealing of personal data. What is sealed exists in the database only as an envelope:
// version, key id, nonce, ciphertext (XChaCha20-Poly1305); associated data = table, column, row.
#ifndef VAULT_VAULT_H
#define VAULT_VAULT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/error.h"
#include "vault/ring.h"

struct vault; // an opened key ring, in locked memory. It follows the file: a changed one is read again, at
              // most a second later, when it is used.

enum { VAULT_LOOKUP_HEX = 65, UUID_TEXT_SIZE = 37 };

// Makes a new key ring file (0600), wrapped by the credential file, which is made too when absent. Refuses to
// overwrite.
bool vault_create(const char *ring_path, const char *credential_path, const struct ring_policy *policy,
                  struct error *error);
// The credential is the service manager's ($CREDENTIALS_DIRECTORY/credential) where there is one.
struct vault *vault_open(const char *ring_path, const char *credential_path, struct error *error);
void vault_close(struct vault *vault); // wipes; NULL is fine

// The file is followed: a ring that was copied there is read at once. After vault_demand_trust() it opens what it
// can but seals nothing until somebody has compared it with the database: who takes its number before, and gives
// it to vault_trust() after. Else what a wrong ring seals meanwhile is lost once the right one is back. The ring
// of vault_open() is trusted, and so is what is changed by vault_extend() and vault_destroy().
void vault_demand_trust(struct vault *vault);
unsigned long vault_generation(const struct vault *vault);
void vault_trust(struct vault *vault, unsigned long generation);
bool vault_is_trusted(const struct vault *vault);

// Whether there is a key for now; else one sentence says what to do. A daemon without one writes nothing.
bool vault_can_seal(const struct vault *vault, struct error *error);
// Until when the keys reach, in seconds of the epoch; the past when they do not even reach now.
int64_t vault_covered_until(const struct vault *vault);

// Seals bytes for one place. Returns base64 of the envelope (caller frees) or NULL.
char *vault_seal(const struct vault *vault, const char *table, const char *column, const char *row,
                 const void *bytes, size_t length, struct error *error);
// Opens it again; *bytes (caller frees; NUL-terminated beyond *length). False when it was tampered with or
// moved (internal), or when the ring lacks the key (unavailable: the ring may have to be copied here yet).
bool vault_unseal(const struct vault *vault, const char *table, const char *column, const char *row,
                  const char *envelope, char **bytes, size_t *length, struct error *error);

// Changes of the file, under its lock; what is in memory follows at once. vault_extend: makes the keys for
// now and ahead that are missing (*made); `anew` ends all there are first. vault_destroy: takes the keys of
// these ids (JSON integers) out of the file, for good.
bool vault_extend(struct vault *vault, const struct ring_policy *policy, bool anew, int *made,
                  struct error *error);
// vault_end_far: ends now those that begin later than any made ahead, as a clock that was wrong has made them (*ended).
bool vault_end_far(struct vault *vault, const struct ring_policy *policy, int *ended, struct error *error);
bool vault_destroy(struct vault *vault, const json_t *ids, struct error *error);
// The seal keys: [{"id", "mark", "starts", "ends", "dies", "state"}] in seconds of the epoch (ends, dies
// null: not known yet); state is "ahead", "current", "ended" or "due" (its time is over: it is destroyed once
// nothing is sealed by it). New reference; NULL without memory, for a list that lacks a key would be a wrong one.
json_t *vault_keys(const struct vault *vault, const struct ring_policy *policy);

// Keyed hash for look-up, hex. `kind` separates the uses: "email", "uid". E-mail addresses are lower-cased by
// the caller.
void vault_lookup(const struct vault *vault, const char *kind, const char *value, char hex[VAULT_LOOKUP_HEX]);

// JSON from PostgreSQL carries {"sealed": BASE64, "at": "table.column", "row": UUID} where personal data
// stands. Replaces each, in place, by the opened string, or, when `may_open` is false, by null. False on a
// bad envelope.
bool vault_open_json(const struct vault *vault, json_t *json, bool may_open, struct error *error);

// A mark by which a database knows its ring again; says nothing about the keys.
void vault_mark(const struct vault *vault, char hex[VAULT_LOOKUP_HEX]);
void vault_random(void *bytes, size_t length);
void vault_uuid(char uuid[UUID_TEXT_SIZE]); // random, version 4

#endif
