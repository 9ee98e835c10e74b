// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/library_command.h"

#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "database/conninfo.h"
#include "run/migrate_command.h"
#include "run/owner.h"
#include "shared/json.h"
#include "shared/text.h"
#include "shared/zone.h"

enum { FIRST_LIBRARY = 1, LINE_MAXIMUM = 200 };

// One call of a function that takes one JSON document (taken), or none when it is NULL; its answer (new
// reference), or NULL. What such a function refuses holds no data of people.
static json_t *call(PGconn *pg, const char *sql, json_t *question, struct error *error)
{
    char *text = question != NULL ? json_dumps(question, JSON_COMPACT) : NULL;
    const char *values[] = {text};
    PGresult *result = PQexecParams(pg, sql, question != NULL ? 1 : 0, NULL, values, NULL, NULL, 0);
    json_t *answer = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1
                         ? json_read_text(PQgetvalue(result, 0, 0), JSON_DECODE_ANY)
                         : NULL;
    if (answer == NULL) {
        const char *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
        error_set(error, ERROR_internal, "database", "%s",
                  message != NULL ? message : "The database is not reachable.");
    }
    PQclear(result);
    json_decref(question);
    free(text);
    return answer;
}

static bool show(PGconn *pg, struct error *error)
{
    size_t index;
    json_t *row, *list = call(pg, "select dsr.libraries_json()", NULL, error);
    json_array_foreach(list, index, row)
    {
        const char *contact = json_text(row, "contact");
        printf("%3lld  %s  (%s)%s%s\n", (long long)json_integer_value(json_object_get(row, "id")),
               json_text(row, "name"), json_text(row, "zone"), contact != NULL ? "  " : "",
               contact != NULL ? contact : "");
    }
    json_decref(list);
    return list != NULL;
}

// A name or contact stands in mails and on pages.
static bool check_line(const char *value, const char *option, struct error *error)
{
    return value == NULL ||
           (strlen(value) <= LINE_MAXIMUM && !text_has_controls(value, strlen(value), false)) ||
           error_set(error, ERROR_invalid, option, "%s must be one line of at most %d bytes.", option,
                     (int)LINE_MAXIMUM);
}

static bool check_zone(const char *zone, struct error *error)
{
    return zone == NULL || zone_is_known(zone) ||
           error_set(error, ERROR_invalid, "--zone", "%s is no time zone known here; America/Chicago is one.",
                     zone);
}

static bool add(PGconn *pg, const struct options *options, const struct config *config, struct error *error)
{
    char mark[VAULT_LOOKUP_HEX];
    bool good;
    const char *name = options->operand,
               *zone = options->library_zone != NULL ? options->library_zone : config->library_zone;
    if (name == NULL || name[0] == '\0' || !options->has_owner)
        return error_set(error, ERROR_invalid, "",
                         "Say its name and first user: dsrd library add \"East Branch\" --zone "
                         "America/Chicago --owner 1001.");
    json_t *account = owner_account(options, config, mark, &good, error);
    if (!good)
        return false;
    json_t *number =
        call(pg, "select dsr.library_add($1::jsonb)",
             json_pack("{s:s, s:s, s:s?, s:i, s:o}", "name", name, "zone", zone, "contact", options->contact,
                       "due_soon_days", config->status_due_soon_days, "account", account),
             error);
    if (number != NULL)
        printf("Library %lld is added. Who has accounts in several says which: dsr --library %lld, or "
               "DSR_LIBRARY=%lld.\n",
               (long long)json_integer_value(number), (long long)json_integer_value(number),
               (long long)json_integer_value(number));
    json_decref(number);
    return number != NULL;
}

static bool change(PGconn *pg, const struct options *options, struct error *error)
{
    int64_t number;
    if (options->operand == NULL || !text_to_integer(options->operand, FIRST_LIBRARY, INT32_MAX, &number))
        return error_set(error, ERROR_invalid, "",
                         "Say which library, by its number; `dsrd library` shows them.");
    if (number == FIRST_LIBRARY && (options->library_name != NULL || options->library_zone != NULL))
        return error_set(error, ERROR_invalid, "library",
                         "The name and zone of library 1 are those of dsrd.conf; change them there, and run "
                         "`dsrd migrate`.");
    if (options->library_name == NULL && options->library_zone == NULL && options->contact == NULL)
        return error_set(error, ERROR_invalid, "",
                         "Say what to change: --library NAME, --zone ZONE or --contact TEXT.");
    json_t *done =
        call(pg, "select dsr.library_set($1::jsonb)",
             json_pack("{s:I, s:s?, s:s?, s:s?}", "id", (json_int_t)number, "name", options->library_name,
                       "zone", options->library_zone, "contact", options->contact),
             error);
    json_decref(done);
    return done != NULL;
}

static bool run(PGconn *pg, const struct options *options, const struct config *config, struct error *error)
{
    if (!check_line(options->operand, "The name", error) ||
        !check_line(options->library_name, "--library", error) ||
        !check_line(options->contact, "--contact", error) || !check_zone(options->library_zone, error))
        return false;
    if (options->action == NULL)
        return show(pg, error);
    if (strcmp(options->action, "add") == 0)
        return add(pg, options, config, error);
    if (strcmp(options->action, "set") == 0)
        return change(pg, options, error);
    return error_set(
        error, ERROR_invalid, "",
        "There is no `dsrd library %s`; there are `dsrd library`, `library add` and `library set`.",
        options->action);
}

int library_command(const struct options *options, const struct config *config)
{
    struct error error;
    char *conninfo = conninfo_for(config, options->private_folder, NULL, &error);
    PGconn *pg = conninfo != NULL ? PQconnectdb(conninfo) : NULL;
    bool good = pg != NULL;
    if (good && PQstatus(pg) != CONNECTION_OK)
        good = error_set(&error, ERROR_unavailable, "database", "The database cannot be reached: %.*s.",
                         (int)strcspn(PQerrorMessage(pg), "\n"), PQerrorMessage(pg));
    good = good && run(pg, options, config, &error);
    if (!good)
        fprintf(stderr, "dsrd library: %s\n", error.text);
    PQfinish(pg);
    free(conninfo);
    if (!good)
        return EXIT_FAILED;
    // Its vendors, as in every library.
    struct options migration = *options;
    migration.has_owner = false;
    return options->action != NULL && strcmp(options->action, "add") == 0
               ? migrate_command(&migration, config)
               : EXIT_FINE;
}
