// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/refusal.h"

#include <stddef.h>
#include <string.h>

static const char *state_of(const PGresult *result)
{
    return result != NULL ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
}

bool refusal_is_fatal(const PGresult *result)
{
    const char *state = state_of(result);
    return state == NULL || strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0 || strcmp(state, "25006") == 0;
}

bool refusal_is_unreplicated(const PGresult *notice)
{
    const char *where = PQresultErrorField(notice, PG_DIAG_SOURCE_FUNCTION); // its text is in the server's language
    return where != NULL && strcmp(where, "SyncRepWaitForLSN") == 0;
}

bool refusal_is_passing(const PGresult *result)
{
    static const char *const classes[] = {"08", "25", "40", "53", "55", "57", "58"};
    const char *state = state_of(result);
    for (size_t i = 0; state != NULL && i < sizeof classes / sizeof classes[0]; i++)
        if (strncmp(state, classes[i], 2) == 0)
            return true;
    return state == NULL;
}

bool refusal_set(const PGconn *pg, const PGresult *result, const char *what, enum error_code code, struct error *error)
{
    const char *state = state_of(result);
    bool lost = PQstatus(pg) != CONNECTION_OK;
    return error_set(error, lost ? ERROR_unavailable : code, "database", "The database %s (%s%s%s).", lost ? "is not reachable" : "refuses", what,
                     state != NULL ? ", SQLSTATE " : "", state != NULL ? state : "");
}
