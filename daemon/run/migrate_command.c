// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/migrate_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "database/conninfo.h"
#include "database/migrate.h"
#include "law/catalogue.h"
#include "run/owner.h"
#include "run/private_cluster.h"
#include "shared/log.h"

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
