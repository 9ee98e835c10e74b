// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/owner.h"

#include <stdio.h>

#include "mail/address.h"
#include "vault/person.h"

json_t *owner_account(const struct options *options, const struct config *config, char mark[VAULT_LOOKUP_HEX],
                      bool *good, struct error *error)
{
    char uid[16];
    *good = true;
    mark[0] = '\0';
    if (!options->has_owner)
        return NULL;
    *good = options->owner_email == NULL || address_check(options->owner_email, "--owner-email", error);
    struct vault *vault = *good ? vault_open(config->vault_ring, config->vault_credential, error) : NULL;
    int made;
    if (vault != NULL && config->vault.makes_keys &&
        !vault_extend(vault, &config->vault, false, &made, error)) {
        vault_close(vault);
        vault = NULL;
    }
    if (vault != NULL)
        vault_mark(vault, mark);
    snprintf(uid, sizeof uid, "%u", (unsigned)options->owner);
    json_t *account =
        vault != NULL ? person_seal(vault, "account", options->owner_name, options->owner_email, uid, error)
                      : NULL;
    if (account != NULL)
        json_object_set_new(
            account, "roles",
            json_pack("[s, s, s, s, s]", "patron", "staff", "manager", "officer", "operator"));
    *good = account != NULL;
    vault_close(vault);
    return account;
}
