// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/outbox.h"

#include <stdio.h>
#include <stdlib.h>

#include "database/session.h"
#include "shared/failpoint.h"
#include "shared/json.h"
#include "shared/memory.h"

enum { NUMBER_SIZE = 16, PARAMETERS = 7 };

struct outbox {
    const struct config *config;
    struct session *session;
    bool locked; // the incarnation is known to the database
    char incarnation[UUID_TEXT_SIZE];
    char library[NUMBER_SIZE]; // whose messages were leased last
};

static const struct session_statement statements[] = {
    {"lease", "select api.mail_lease($1::int, $2::uuid, $3::int, $4::int, $5::int, $6::int, $7::int)::text"},
    {"begin", "select api.mail_begin($1::int, $2::jsonb)::text"},
    {"verdict", "select api.mail_verdict($1::int, $2::jsonb)::text"},
    {"release", "select api.mail_release($1::int, $2::uuid, $3::int)::text"},
    {"ring", "select api.ring_check($1::jsonb)::text"},
    {"lock", "select pg_advisory_lock(hashtextextended($1, 1))"},
};

struct outbox *outbox_new(const struct config *config, const char *conninfo, struct error *error)
{
    struct outbox *outbox = calloc(1, sizeof *outbox);
    if (outbox != NULL)
        outbox->session = session_new(config, conninfo, statements, sizeof statements / sizeof statements[0], true);
    if (outbox == NULL || outbox->session == NULL) {
        free(outbox);
        memory_error(error);
        return NULL;
    }
    outbox->config = config;
    snprintf(outbox->library, sizeof outbox->library, "0");
    return outbox;
}

void outbox_free(struct outbox *outbox)
{
    if (outbox == NULL)
        return;
    session_free(outbox->session);
    free(outbox);
}

const char *outbox_incarnation(const struct outbox *outbox)
{
    return outbox->incarnation;
}

static json_t *call(struct outbox *outbox, const char *statement, int count, const char *const *values, struct error *error)
{
    PGresult *result = session_call(outbox->session, statement, count, values, error);
    if (result == NULL)
        return NULL;
    json_t *answer = json_read_text(PQgetvalue(result, 0, 0), JSON_DECODE_ANY);
    if (answer == NULL) { // it was done; what this incarnation has under way ends with its connection, and is recovered in the database
        memory_error(error);
        session_cut(outbox->session);
    }
    PQclear(result);
    return answer;
}

// The connection breaks, for a test.
static json_t *cut(const struct outbox *outbox, json_t *answer, struct error *error)
{
    session_cut(outbox->session);
    json_decref(answer);
    error_set(error, ERROR_unavailable, "", "The connection was cut.");
    return NULL;
}

bool outbox_connect(struct outbox *outbox, struct error *error)
{
    bool fresh;
    if (!session_connect(outbox->session, &fresh, error))
        return false;
    if (!fresh && outbox->locked)
        return true;
    vault_uuid(outbox->incarnation);
    const char *values[] = {outbox->incarnation};
    PGresult *result = session_call(outbox->session, "lock", 1, values, error);
    outbox->locked = result != NULL;
    PQclear(result);
    if (outbox->locked && FAILPOINT(mailer_connected))
        cut(outbox, NULL, error);
    return outbox->locked;
}

bool outbox_serves(struct outbox *outbox, struct error *error)
{
    return session_serves(outbox->session, error);
}

json_t *outbox_lease(struct outbox *outbox, struct error *error)
{
    char count[NUMBER_SIZE], seconds[NUMBER_SIZE], pause[NUMBER_SIZE], attempts[NUMBER_SIZE], rate[NUMBER_SIZE];
    snprintf(count, sizeof count, "%d", outbox->config->mail_batch);
    snprintf(seconds, sizeof seconds, "%d", outbox->config->mail_lease_s);
    snprintf(pause, sizeof pause, "%d", outbox->config->mail_doubt_pause_s);
    snprintf(attempts, sizeof attempts, "%d", outbox->config->mail_attempts);
    snprintf(rate, sizeof rate, "%d", outbox->config->mail_rate_per_minute);
    const char *values[PARAMETERS] = {outbox->library, outbox->incarnation, count, seconds, pause, attempts, rate};
    json_t *leased = call(outbox, "lease", PARAMETERS, values, error);
    const json_t *library = json_object_get(json_object_get(leased, "library"), "id");
    if (json_is_integer(library))
        snprintf(outbox->library, sizeof outbox->library, "%lld", (long long)json_integer_value(library));
    return leased != NULL && FAILPOINT(mailer_leased) ? cut(outbox, leased, error) : leased;
}

static json_t *call_with(struct outbox *outbox, const char *statement, const json_t *json, struct error *error)
{
    char *text = json_dumps(json, JSON_COMPACT);
    const char *values[] = {outbox->library, text};
    json_t *answer = text != NULL ? call(outbox, statement, 2, values, error) : NULL;
    if (text == NULL)
        memory_error(error);
    free(text);
    return answer;
}

json_t *outbox_begin(struct outbox *outbox, const json_t *begin, struct error *error)
{
    if (FAILPOINT(mailer_prepared))
        return cut(outbox, NULL, error);
    json_t *answer = call_with(outbox, "begin", begin, error);
    return answer != NULL && FAILPOINT(mailer_begun) ? cut(outbox, answer, error) : answer;
}

json_t *outbox_verdict(struct outbox *outbox, const json_t *verdict, struct error *error)
{
    if (FAILPOINT(mailer_recording))
        return cut(outbox, NULL, error);
    json_t *answer = call_with(outbox, "verdict", verdict, error);
    return answer != NULL && FAILPOINT(mailer_recorded) ? cut(outbox, answer, error) : answer;
}

json_t *outbox_release(struct outbox *outbox, struct error *error)
{
    const char *values[] = {outbox->library, outbox->incarnation, "0"}; // without a pause: they keep their places
    if (FAILPOINT(mailer_releasing))
        return cut(outbox, NULL, error);
    json_t *answer = call(outbox, "release", 3, values, error);
    return answer != NULL && FAILPOINT(mailer_released) ? cut(outbox, answer, error) : answer;
}

json_t *outbox_ring(struct outbox *outbox, const json_t *ring, struct error *error)
{
    char *text = json_dumps(ring, JSON_COMPACT);
    const char *values[] = {text};
    json_t *answer = text != NULL ? call(outbox, "ring", 1, values, error) : NULL;
    if (text == NULL)
        memory_error(error);
    free(text);
    return answer;
}

void outbox_wait(struct outbox *outbox, int timeout_ms)
{
    session_wait(outbox->session, timeout_ms);
}
