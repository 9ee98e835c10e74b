// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/time_command.h"

#include <jansson.h>
#include <libpq-fe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "database/conninfo.h"
#include "shared/json.h"

enum { MOMENT_SIZE = 32, HOUR = 60 * 60 };

static json_t *ask(PGconn *pg, bool confirm, struct error *error)
{
    PGresult *result = PQexec(pg, confirm ? "select dsr.time_confirm()" : "select dsr.time_state()");
    json_t *answer = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) == 1
                         ? json_read_text(PQgetvalue(result, 0, 0), 0)
                         : NULL;
    if (answer == NULL)
        error_set(error, ERROR_internal, "database", "The database does not answer: %.*s.",
                  (int)strcspn(PQerrorMessage(pg), "\n"), PQerrorMessage(pg));
    PQclear(result);
    return answer;
}

static const char *moment(int64_t seconds, char text[MOMENT_SIZE])
{
    time_t instant = (time_t)seconds;
    struct tm parts;
    strftime(text, MOMENT_SIZE, "%Y-%m-%d %H:%M:%S UTC", gmtime_r(&instant, &parts));
    return text;
}

static void show(const json_t *state, const struct config *config, bool confirmed)
{
    char database[MOMENT_SIZE], here[MOMENT_SIZE], right[MOMENT_SIZE];
    const char *doubt = json_text(state, "doubt");
    int64_t stood = json_integer_value(json_object_get(state, "stood_s"));
    printf("this machine        %s\n", moment((int64_t)time(NULL), here));
    printf("the database        %s\n", moment(json_integer_value(json_object_get(state, "now")), database));
    printf("last found right    %s\n", moment(json_integer_value(json_object_get(state, "right_at")), right));
    if (confirmed)
        puts(doubt != NULL ? "Confirmed: the database's clock is right now." : "The clock was in no doubt.");
    else if (doubt == NULL)
        puts("The database's clock is in no doubt.");
    else
        printf("In doubt: it %s. Nothing is purged, destroyed or published until `dsrd time confirm`%s.\n",
               strcmp(doubt, "back") == 0 ? "has gone back" : "has jumped ahead, or dsrd was off for long",
               config->time_wait_hours > 0 ? ", or until it has gone on evenly for long enough" : "");
    if (!confirmed && doubt != NULL && config->time_wait_hours > 0)
        printf("It has for %lld of %d hours.\n", (long long)(stood / HOUR), config->time_wait_hours);
}

int time_command(const struct options *options, const struct config *config)
{
    struct error error;
    bool confirm = options->action != NULL && strcmp(options->action, "confirm") == 0;
    char *conninfo = conninfo_for(config, options->private_folder, NULL, &error);
    PGconn *pg = conninfo != NULL ? PQconnectdb(conninfo) : NULL;
    json_t *state = NULL;
    if (options->action != NULL && !confirm)
        error_set(&error, ERROR_invalid, "",
                  "There is no `dsrd time %s`; there are `dsrd time` and `dsrd time confirm`.",
                  options->action);
    else if (pg != NULL && PQstatus(pg) != CONNECTION_OK)
        error_set(&error, ERROR_unavailable, "database", "The database cannot be reached: %.*s.",
                  (int)strcspn(PQerrorMessage(pg), "\n"), PQerrorMessage(pg));
    else if (pg != NULL)
        state = ask(pg, confirm, &error);
    if (state != NULL)
        show(state, config, confirm);
    else
        fprintf(stderr, "dsrd time: %s\n", error.text);
    PQfinish(pg);
    free(conninfo);
    int status = state != NULL ? EXIT_FINE : EXIT_FAILED;
    json_decref(state);
    return status;
}
