// SPDX-License-Identifier: GPL-3.0-or-later
// Brings a database to this version: roles, numbered migrations, functions, the library, its vendors. Blocking; not for the api role.
#ifndef DATABASE_MIGRATE_H
#define DATABASE_MIGRATE_H

#include <jansson.h>

#include "config/config.h"
#include "shared/error.h"

struct migration {
    int from, to;        // schema versions; 0 = there was none
    int vendors_written;
    bool catalogue_same; // the laws in the files are those in force in the database
};

// Does everything needed and nothing twice; two at once wait for each other. Migrations and functions come in one transaction, which gives way to the
// requests of people and is begun again: a dsrd that the new schema serves may go on meanwhile.
// `account`, if not NULL, is put as dsr.account_put() takes it. `ring_mark`, if not NULL, must be that of the ring that seals the database.
bool migrate(const struct config *config, const char *conninfo, const char *catalogue_hash, const char *ring_mark,
             const json_t *account, struct migration *migration, struct error *error);

#endif
