// SPDX-License-Identifier: GPL-3.0-or-later
// The first account of a library: the user with all roles, of --owner.
#ifndef RUN_OWNER_H
#define RUN_OWNER_H

#include <jansson.h>

#include "config/config.h"
#include "run/options.h"
#include "vault/vault.h"

// The owner's account, sealed, as dsr.account_put() takes it (new reference), and the mark of the ring; the account is NULL without an owner
// (then *good stays true) or on failure.
json_t *owner_account(const struct options *options, const struct config *config, char mark[VAULT_LOOKUP_HEX], bool *good,
                      struct error *error);

#endif
