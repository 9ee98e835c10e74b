// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/migrate_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "database/conninfo.h"
#include "database/migrate.h"
#include "law/catalogue.h"
#include "mail/address.h"
#include "run/private_cluster.h"
#include "shared/log.h"
#include "vault/person.h"

// The owner's account, sealed, and the mark of the ring; the account is NULL without an owner (then *good stays true) or on failure.
static json_t *owner_account(const struct options *options, const struct config *config, char mark[VAULT_LOOKUP_HEX], bool *good, struct error *error)
{
    char uid[16];
    *good = true;
    mark[0] = '\0';
    if (!options->has_owner)
        return NULL;
    *good = options->owner_email == NULL || address_check(options->owner_email, "--owner-email", error);
    struct vault *vault = *good ? vault_open(config->vault_ring, config->vault_credential, error) : NULL;
    int made;
    if (vault != NULL && config->vault.makes_keys && !vault_extend(vault, &config->vault, false, &made, error)) {
        vault_close(vault);
        vault = NULL;
    }
    if (vault != NULL)
        vault_mark(vault, mark);
    snprintf(uid, sizeof uid, "%u", (unsigned)options->owner);
    json_t *account = vault != NULL ? person_seal(vault, "account", options->owner_name, options->owner_email, uid, error) : NULL;
    if (account != NULL)
        json_object_set_new(account, "roles", json_pack("[s, s, s, s, s]", "patron", "staff", "manager", "officer", "operator"));
    *good = account != NULL;
    vault_close(vault);
    return account;
}

static bool prepare_private(const struct options *options, const struct config *config, struct error *error)
{
    if (options->private_folder == NULL)
        return true;
    bool has_database, has_ring = access(config->vault_ring, F_OK) == 0;
    if (!private_cluster_has_database(options->private_folder, &has_database, error))
        return false;
    // A new ring beside old data would leave what is sealed unreadable, and nobody would notice before it is needed.
    if (has_database && !has_ring)
        return error_set(error, ERROR_invalid, "vault.ring", "The key ring %s is missing, and the database holds what it sealed: put it back from the backup.", config->vault_ring);
    return (has_ring || vault_create(config->vault_ring, config->vault_credential, &config->vault, error)) &&
           (has_database || private_cluster_create_database(options->private_folder, error));
}

int migrate_command(const struct options *options, const struct config *config)
{
    struct error error;
    struct migration migration;
    bool good = false;
    json_t *account = NULL;
    char mark[VAULT_LOOKUP_HEX];
    struct catalogue *catalogue = catalogue_load(config->paths_laws, config->paths_calendars, &error);
    char *conninfo = catalogue != NULL ? conninfo_for(config, options->private_folder, NULL, &error) : NULL;
    if (conninfo != NULL && prepare_private(options, config, &error)) {
        account = owner_account(options, config, mark, &good, &error);
        good = good && migrate(config, conninfo, catalogue_hash(catalogue), mark[0] != '\0' ? mark : NULL, account, &migration, &error);
    }
    if (!good)
        log_error("%s", error.text);
    else if (migration.from != migration.to)
        log_notice("the schema is now version %d (it was %d)", migration.to, migration.from);
    if (good && migration.vendors_written > 0)
        log_notice("%d vendors written", migration.vendors_written);
    if (good && !migration.catalogue_same)
        log_warning("the laws in the files differ from those in force; `dsr law diff` shows what would change, `dsr law apply` applies them");
    json_decref(account);
    free(conninfo);
    catalogue_free(catalogue);
    return good ? EXIT_FINE : EXIT_CONFIGURATION;
}
