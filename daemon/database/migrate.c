// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/migrate.h"

#include <dirent.h>
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/schema_version.h"
#include "shared/memory.h"
#include "shared/text.h"
#include "vendor/vendor_file.h"

enum { SERVER_VERSION_LEAST = 150000, FILE_MAXIMUM = 1 << 20, SQL_SIZE = 160 };

// Whoever comes while a migration waits for a lock waits behind it. So it waits for less than PostgreSQL's deadlock_timeout, and far less than
// database.lock_timeout_ms: not the requests of people are given up, but the migration, and it begins again.
enum { LOCK_WAIT_MS = 500, LOCK_TRIES = 60, LOCK_PAUSE_MS = 1000 };

static bool fail_with(PGconn *pg, enum error_code code, const char *what, struct error *error)
{
    const char *message = PQerrorMessage(pg);
    return error_set(error, code, "database", "%s: %.*s.", what, (int)strcspn(message, "\n"), message);
}

static bool fail(PGconn *pg, const char *what, struct error *error)
{
    return fail_with(pg, ERROR_internal, what, error);
}

// Whether others were in the way, and the same can be tried again.
static bool met_others(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state != NULL && (strcmp(state, "55P03") == 0 || strcmp(state, "40P01") == 0);
}

static bool run(PGconn *pg, const char *sql, const char *what, struct error *error)
{
    PGresult *result = PQexec(pg, sql);
    bool good = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    enum error_code code = met_others(result) ? ERROR_unavailable : ERROR_internal;
    PQclear(result);
    return good || fail_with(pg, code, what, error);
}

// The first value of a call (caller frees; "" for null), or NULL.
static char *ask(PGconn *pg, const char *sql, int count, const char *const *values, struct error *error)
{
    PGresult *result = PQexecParams(pg, sql, count, NULL, values, NULL, NULL, 0);
    char *answer = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1 ? strdup(PQgetvalue(result, 0, 0)) : NULL;
    PQclear(result);
    if (answer == NULL)
        fail(pg, "The database refuses what a migration asks", error);
    return answer;
}

// Unless memory ran out since there were `before` failures: then what was run may lack a part.
static bool commit(PGconn *pg, unsigned long before, const char *what, struct error *error)
{
    return memory_sufficed(before, error) && run(pg, "commit", what, error);
}

static bool read_file(const char *path, struct text *into, struct error *error)
{
    char buffer[4096];
    size_t length;
    if (path == NULL)
        return memory_error(error);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return error_set(error, ERROR_invalid, "paths.sql", "%s cannot be read: %s.", path, strerror(errno));
    while ((length = fread(buffer, 1, sizeof buffer, file)) > 0 && into->length < FILE_MAXIMUM)
        text_append_bytes(into, buffer, length);
    bool good = ferror(file) == 0 && into->length < FILE_MAXIMUM;
    fclose(file);
    text_append_char(into, '\n');
    if (into->failed)
        return memory_error(error);
    return good || error_set(error, ERROR_invalid, "paths.sql", "%s cannot be read.", path);
}

static int is_sql(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".sql") == 0;
}

static int list_folder(const char *folder, struct dirent ***entries, struct error *error)
{
    if (folder == NULL) {
        memory_error(error);
        return -1;
    }
    int count = scandir(folder, entries, is_sql, alphasort);
    if (count < 0)
        error_set(error, ERROR_invalid, "paths.sql", "%s cannot be read: %s.", folder, strerror(errno));
    return count;
}

static void free_folder(struct dirent **entries, int count)
{
    for (int i = 0; i < count; i++)
        free(entries[i]);
    if (count >= 0)
        free(entries);
}

static bool run_in_transaction(PGconn *pg, const char *sql, const char *what, struct error *error)
{
    unsigned long before = memory_failures();
    if (!run(pg, "begin", what, error))
        return false;
    if (run(pg, sql, what, error) && commit(pg, before, what, error))
        return true;
    struct error ignored;
    run(pg, "rollback", what, &ignored);
    return false;
}

static bool run_roles(PGconn *pg, const char *folder, struct error *error)
{
    struct text path = {0}, sql = {0};
    text_format(&path, "%s/roles.sql", folder);
    bool good = read_file(path.text, &sql, error) && run_in_transaction(pg, sql.text, "roles.sql", error);
    text_release(&path);
    text_release(&sql);
    return good;
}

static bool find_version(PGconn *pg, int *version, struct error *error)
{
    char *there = ask(pg, "select to_regclass('dsr.schema_version') is not null", 0, NULL, error);
    bool exists = there != NULL && there[0] == 't';
    bool good = there != NULL;
    free(there);
    *version = 0;
    if (!exists)
        return good;
    char *text = ask(pg, "select coalesce(max(version), 0) from dsr.schema_version", 0, NULL, error);
    if (text == NULL)
        return false;
    *version = (int)strtol(text, NULL, 10);
    free(text);
    return true;
}

static bool run_migration(PGconn *pg, const char *folder, const char *name, struct error *error)
{
    struct text sql = {0}, path = {0};
    text_format(&path, "%s/schema/%s", folder, name);
    bool good = read_file(path.text, &sql, error);
    text_format(&sql, "insert into dsr.schema_version (version) values (%ld);\n", strtol(name, NULL, 10));
    good = good && run(pg, sql.text, name, error);
    text_release(&sql);
    text_release(&path);
    return good;
}

static bool run_migrations(PGconn *pg, const char *folder, struct migration *migration, struct error *error)
{
    struct text schema = {0};
    struct dirent **entries = NULL;
    if (!find_version(pg, &migration->from, error))
        return false;
    migration->to = migration->from;
    if (migration->from > schema_version)
        return error_set(error, ERROR_conflict, "database", "The database has schema version %d, newer than the %d of this dsrd: use the newer dsrd.", migration->from, schema_version);
    text_format(&schema, "%s/schema", folder);
    int count = list_folder(schema.text, &entries, error);
    bool good = count >= 0;
    for (int i = 0; good && i < count; i++) {
        int number = (int)strtol(entries[i]->d_name, NULL, 10);
        if (number <= migration->from)
            continue;
        good = run_migration(pg, folder, entries[i]->d_name, error);
        migration->to = good ? number : migration->to;
    }
    if (good && migration->to != schema_version)
        good = error_set(error, ERROR_conflict, "paths.sql", "%s ends with version %d; this dsrd needs %d.", schema.text, migration->to, schema_version);
    free_folder(entries, count);
    text_release(&schema);
    return good;
}

// All of them each time: they replace themselves.
static bool run_functions(PGconn *pg, const char *folder, struct error *error)
{
    struct text functions = {0}, sql = {0};
    struct dirent **entries = NULL;
    text_format(&functions, "%s/functions", folder);
    int count = list_folder(functions.text, &entries, error);
    bool good = count >= 0;
    text_append(&sql, "set local check_function_bodies = off;\n");
    for (int i = 0; good && i < count; i++) {
        struct text path = {0}, content = {0};
        text_format(&path, "%s/%s", functions.text, entries[i]->d_name);
        good = read_file(path.text, &content, error);
        text_append(&sql, content.text != NULL ? content.text : "");
        text_release(&path);
        text_release(&content);
    }
    good = good && run(pg, sql.text, "functions", error);
    free_folder(entries, count);
    text_release(&functions);
    text_release(&sql);
    return good;
}

// All or nothing, so that no dsrd ever meets tables of one version and functions of another. Units of work wait at their beginning (dsr.gate_pass()).
static bool bring_schema(PGconn *pg, const char *folder, struct migration *migration, struct error *error)
{
    char begin[SQL_SIZE];
    struct error ignored;
    snprintf(begin, sizeof begin, "begin; set local lock_timeout = %d; select pg_advisory_xact_lock(hashtextextended('dsr.gate', 0))", LOCK_WAIT_MS);
    for (int i = 1;; i++) {
        unsigned long before = memory_failures();
        if (run(pg, begin, "begin", error) && run_migrations(pg, folder, migration, error) && run_functions(pg, folder, error) &&
            commit(pg, before, "commit", error))
            return true;
        run(pg, "rollback", "rollback", &ignored);
        if (error->code != ERROR_unavailable || i == LOCK_TRIES)
            return false;
        poll(NULL, 0, LOCK_PAUSE_MS);
    }
}

static bool put_library(PGconn *pg, const struct config *config, struct error *error)
{
    char days[16], stale[16];
    snprintf(days, sizeof days, "%d", config->status_due_soon_days);
    snprintf(stale, sizeof stale, "%d", config->vendors_stale_days);
    const char *values[] = {config->library_name, config->library_zone, days}, *common[] = {days, stale};
    char *done = ask(pg, "select dsr.library_put(1, $1, $2, $3::int)", 3, values, error); // the others: `dsrd library add`
    char *set = done != NULL ? ask(pg, "select dsr.libraries_set($1::int, $2::int)", 2, common, error) : NULL;
    bool good = set != NULL;
    free(done);
    free(set);
    return good;
}

static bool load_vendor(PGconn *pg, const json_t *vendor, struct migration *migration, struct error *error)
{
    char *text = json_dumps(vendor, JSON_COMPACT);
    const char *values[] = {text};
    char *written = text != NULL || memory_error(error) ? ask(pg, "select dsr.vendors_load($1::jsonb)", 1, values, error) : NULL;
    bool good = written != NULL;
    migration->vendors_written += good && written[0] != '0';
    free(written);
    free(text);
    return good;
}

// All of them or none.
static bool load_vendors(PGconn *pg, const struct config *config, struct migration *migration, struct error *error)
{
    unsigned long before = memory_failures();
    json_t *vendors = NULL, *vendor;
    struct error ignored;
    size_t index;
    if (!vendor_folder_read(config->paths_vendors, &vendors, error))
        return false;
    bool good = run(pg, "begin", "vendors", error);
    json_array_foreach(vendors, index, vendor)
        good = good && load_vendor(pg, vendor, migration, error);
    json_decref(vendors);
    if (good && commit(pg, before, "vendors", error))
        return true;
    run(pg, "rollback", "vendors", &ignored);
    return false;
}

static bool claim_ring(PGconn *pg, const struct config *config, const char *mark, struct error *error)
{
    if (mark == NULL)
        return true;
    const char *values[] = {mark};
    char *same = ask(pg, "select dsr.ring_claim($1)", 1, values, error);
    bool good = same != NULL && same[0] == 't';
    if (same != NULL && !good)
        error_set(error, ERROR_invalid, "vault.ring", "The key ring %s is not the one that seals this database: put that one back from the backup.", config->vault_ring);
    free(same);
    return good;
}

static bool put_account(PGconn *pg, const json_t *account, struct error *error)
{
    if (account == NULL)
        return true;
    char *text = json_dumps(account, JSON_COMPACT);
    const char *values[] = {text};
    char *id = text != NULL || memory_error(error) ? ask(pg, "select dsr.account_put(1, $1::jsonb)", 1, values, error) : NULL;
    free(text);
    free(id);
    return id != NULL;
}

static bool apply_catalogue(PGconn *pg, const char *hash, struct migration *migration, struct error *error)
{
    const char *values[] = {hash};
    char *same = ask(pg, "select dsr.catalogue_apply($1)", 1, values, error);
    migration->catalogue_same = same != NULL && same[0] == 't';
    free(same);
    return same != NULL;
}

static void ignore_notice(void *context, const PGresult *result)
{
    (void)context;
    (void)result;
}

bool migrate(const struct config *config, const char *conninfo, const char *catalogue_hash, const char *ring_mark,
             const json_t *account, struct migration *migration, struct error *error)
{
    bool good = false;
    PGconn *pg = PQconnectdb(conninfo);
    *migration = (struct migration){0};
    if (PQstatus(pg) != CONNECTION_OK) {
        fail(pg, "The database cannot be reached", error);
        goto cleanup;
    }
    PQsetNoticeReceiver(pg, ignore_notice, NULL);
    if (PQserverVersion(pg) < SERVER_VERSION_LEAST) {
        error_set(error, ERROR_invalid, "database", "PostgreSQL 15 or later is needed; this is version %d.", PQserverVersion(pg) / 10000);
        goto cleanup;
    }
    good = run(pg, "select pg_advisory_lock(hashtextextended('dsrd migrate', 0))", "lock", error) &&
           run_roles(pg, config->paths_sql, error) && bring_schema(pg, config->paths_sql, migration, error) && put_library(pg, config, error) &&
           load_vendors(pg, config, migration, error) && claim_ring(pg, config, ring_mark, error) && put_account(pg, account, error) &&
           apply_catalogue(pg, catalogue_hash, migration, error);
cleanup:
    PQfinish(pg);
    return good;
}
