// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/import_row.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "client/csv.h"
#include "client/dates.h"
#include "request/event.h"
#include "request/outcome.h"
#include "shared/json.h"
#include "shared/text.h"

enum { KEY_BYTES = IMPORT_KEY_SIZE / 2, PAST_MAXIMUM = 16, NEAR_MAXIMUM = 3 };

const char *const import_events[] = {"acknowledged", "extension_notice", "answered", "refused", "referred", NULL};

static const char *const needed[] = {"vendor", "right", "law", "sent", NULL};
static const char *const body_columns[] = {"vendor", "right", "law", "subject", "channel", "note", "residence", NULL};
static const char *const identity_columns[] = {"vendor", "right", "law", "subject", "name", "email", "residence", "sent", NULL};
static const char *const known[] = {"vendor", "right", "law", "sent", "subject", "name", "email", "residence", "channel", "note", "received",
                                    "acknowledged", "extension_notice", "answered", "refused", "referred", "outcome", "reason", "closed", NULL};

static bool is_known(const char *name)
{
    for (const char *const *column = known; *column != NULL; column++)
        if (strcmp(*column, name) == 0)
            return true;
    return false;
}

static bool is_skipped(const struct arguments *arguments, const char *name)
{
    const char *skipped;
    size_t from = 0;
    bool found = false;
    while (!found && (skipped = argument_next(arguments, "skip", &from)) != NULL) {
        char *heading = csv_heading(skipped, strlen(skipped));
        found = heading != NULL && strcmp(heading, name) == 0;
        free(heading);
    }
    return found;
}

void import_leave_out(json_t *row, const struct arguments *arguments)
{
    const char *column;
    json_t *value;
    void *next;
    json_object_foreach_safe(row, next, column, value)
        if (is_skipped(arguments, column))
            json_object_del(row, column);
}

static bool refuse_heading(const char *name, struct error *error)
{
    struct text all = {0};
    const char *near = NULL;
    unsigned best = NEAR_MAXIMUM;
    for (const char *const *column = known; *column != NULL; column++) {
        text_format(&all, "%s%s", all.length > 0 ? ", " : "", *column);
        if (text_distance(*column, name) < best) {
            best = text_distance(*column, name);
            near = *column;
        }
    }
    error_set(error, ERROR_malformed, name, "The column %.60s is not known.%s%s%s Known are %s. `--skip %.60s` leaves it out.", name,
              near != NULL ? " Did you mean " : "", near != NULL ? near : "", near != NULL ? "?" : "", all.text != NULL ? all.text : "", name);
    text_release(&all);
    return false;
}

bool import_check_headings(const json_t *headings, const struct arguments *arguments, struct error *error)
{
    json_t *seen = json_object(), *heading;
    size_t index;
    bool good = true;
    json_array_foreach(headings, index, heading) {
        const char *name = json_string_value(heading);
        if (name[0] == '\0' || is_skipped(arguments, name))
            continue;
        if (!is_known(name))
            good = good && refuse_heading(name, error);
        else if (json_object_get(seen, name) != NULL)
            good = good && error_set(error, ERROR_malformed, name, "There are two columns %s; one must go, or have another heading.", name);
        json_object_set_new(seen, name, json_true());
    }
    for (const char *const *column = needed; good && *column != NULL; column++)
        if (json_object_get(seen, *column) == NULL)
            good = error_set(error, ERROR_malformed, *column, "There is no column %s; vendor, right, law and sent are needed.", *column);
    json_decref(seen);
    return good;
}

// The day in a column: DATE_NONE when it is empty.
static bool day_of(const json_t *row, const char *column, date today, date *day, struct error *error)
{
    const char *text = json_text(row, column);
    *day = DATE_NONE;
    return text == NULL || dates_read(column, text, today, day, error);
}

static bool check_day(const json_t *row, const char *event, const char *column, enum request_state state, struct past_event *past, size_t *count, date today, struct error *error)
{
    date on;
    if (!day_of(row, column, today, &on, error))
        return false;
    if (on == DATE_NONE)
        return true;
    if (!event_check(event_kind_find(event), state, past, *count, on, today, error))
        return error_wrap(error, "%s", column);
    past[(*count)++] = (struct past_event){event, on};
    return true;
}

static bool check_ending(const json_t *row, struct error *error)
{
    const char *outcome = json_text(row, "outcome"), *reason = json_text(row, "reason");
    for (const char *const *column = (const char *const[]){"closed", "reason", NULL}; *column != NULL; column++)
        if (outcome == NULL && json_text(row, *column) != NULL)
            return error_set(error, ERROR_malformed, "outcome", "The column %s is filled in, but outcome is empty; a request ends with an outcome.", *column);
    return outcome == NULL || outcome_check(outcome, reason, error);
}

bool import_check_row(const json_t *row, struct error *error)
{
    struct past_event past[PAST_MAXIMUM];
    size_t count = 0;
    date today = dates_today();
    for (const char *const *column = needed; *column != NULL; column++)
        if (json_text(row, *column) == NULL)
            return error_set(error, ERROR_malformed, *column, "The column %s is empty; vendor, right, law and sent are needed.", *column);
    if (!check_day(row, "sent", "sent", REQUEST_DRAFT, past, &count, today, error) ||
        !check_day(row, "received", "received", REQUEST_OPEN, past, &count, today, error))
        return false;
    for (const char *const *event = import_events; *event != NULL; event++)
        if (!check_day(row, *event, *event, REQUEST_OPEN, past, &count, today, error))
            return false;
    if (json_text(row, "subject") == NULL && (json_text(row, "name") != NULL || json_text(row, "email") != NULL) && json_text(row, "residence") == NULL)
        return error_set(error, ERROR_malformed, "residence", "A person with a name or an e-mail address needs a residence too.");
    return check_ending(row, error) && check_day(row, "closed", "closed", REQUEST_OPEN, past, &count, today, error);
}

json_t *import_body(const json_t *row, bool anyway, struct error *error)
{
    json_t *body = json_object();
    for (const char *const *column = body_columns; *column != NULL; column++)
        if (json_text(row, *column) != NULL)
            json_object_set(body, *column, json_object_get(row, *column));
    if (anyway)
        json_object_set_new(body, "anyway", json_true());
    if (dates_set_event(body, "sent", json_text(row, "sent"), error) && dates_set_event(body, "received", json_text(row, "received"), error))
        return body;
    json_decref(body);
    return NULL;
}

static void hash_text(crypto_generichash_state *state, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) { // names are found in any case
        unsigned char c = (unsigned char)tolower((unsigned char)*text);
        crypto_generichash_update(state, &c, 1);
    }
    crypto_generichash_update(state, (const unsigned char *)"", 1);
}

void import_key(const json_t *row, const char *part, const char *detail, char key[IMPORT_KEY_SIZE])
{
    unsigned char hash[KEY_BYTES];
    crypto_generichash_state state;
    crypto_generichash_init(&state, NULL, 0, sizeof hash);
    for (const char *const *column = identity_columns; *column != NULL; column++)
        hash_text(&state, json_text(row, *column));
    hash_text(&state, part);
    hash_text(&state, detail);
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(key, IMPORT_KEY_SIZE, hash, sizeof hash);
}
