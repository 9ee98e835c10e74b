// SPDX-License-Identifier: GPL-3.0-or-later
// Sealing anew what keys that have ended sealed: the part between reading rows and writing them, which the
// daemon and `dsrd rekey` share.
#ifndef VAULT_RESEAL_H
#define VAULT_RESEAL_H

#include "vault/vault.h"

// The ids of the keys whose seals are to be replaced: all but the one that seals now and those made ahead.
// New reference; NULL without memory.
json_t *reseal_keys(const struct vault *vault, const struct ring_policy *policy);
// The ids of those that may be destroyed once nothing is sealed by them. New reference; NULL without memory.
json_t *reseal_due_keys(const struct vault *vault, const struct ring_policy *policy);

// Rows as api.rekey_read() gives them, each with its values sealed anew in "fresh", as api.rekey_write()
// takes them (new reference). What cannot be opened is left out, counted in *failed, and said in the log by
// its place. NULL when there is no key to seal with.
json_t *reseal_rows(const struct vault *vault, const json_t *rows, size_t *failed, struct error *error);

#endif
