// SPDX-License-Identifier: GPL-3.0-or-later
// token add, list, revoke.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/answer.h"
#include "client/body.h"
#include "client/dates.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

enum { DAYS_MOST = 366 };

// 30, "in 30 days" or a date: as days from now.
static bool set_days(json_t *body, const char *when, struct error *error)
{
    int64_t days;
    date day;
    if (when == NULL)
        return true;
    if (!text_to_integer(when, 1, DAYS_MOST, &days)) {
        if (!date_parse_human(when, dates_today(), &day))
            return error_set(error, ERROR_malformed, "expires", "\"%s\" is no day; write 30 (days), \"in 30 days\" or 2027-06-30.", when);
        days = day - dates_today();
    }
    if (days < 1 || days > DAYS_MOST)
        return error_set(error, ERROR_malformed, "expires", "A token expires in 1 to %d days.", DAYS_MOST);
    return json_object_set_new(body, "days", json_integer(days)) == 0;
}

// The token alone goes to standard output, for a file or a pipe.
static void print_token(const json_t *answer)
{
    puts(json_text(answer, "token"));
    fflush(stdout);
    fprintf(stderr, "This is shown once. It lets in until %s, and may %s. Who has it types  dsr login --server https://...\n",
            json_text(answer, "expires"),
            strcmp(json_text(answer, "scope"), "write") == 0 ? "read and write" : "only read");
}

int run_token_add(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *body = json_object(), *answer = NULL;
    body_set_text(body, "account", argument_value(arguments, "account"));
    body_set_text(body, "scope", argument_value(arguments, "scope"));
    if (set_days(body, argument_value(arguments, "expires"), &error))
        answer = client_call(client, "POST", "/v1/tokens", body, &error);
    json_decref(body);
    return answer_show(client, answer, &error, print_token);
}

static const char *show_account(const json_t *row, char *buffer, size_t size)
{
    const char *uid = json_text(row, "uid");
    snprintf(buffer, size, "%s", json_is_true(json_object_get(row, "mine")) ? "me" : uid != NULL ? uid : json_text(row, "account"));
    return buffer;
}

int run_token_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {
        {"TOKEN", "id", NULL, false, NARROW_KEEP},         {"ACCOUNT", "account", show_account, false, NARROW_LEAVE + 1},
        {"SCOPE", "scope", NULL, false, NARROW_KEEP},      {"STATE", "state", NULL, false, NARROW_KEEP},
        {"MADE", "made", NULL, false, NARROW_LEAVE + 2},   {"EXPIRES", "expires", NULL, false, NARROW_KEEP},
        {"LAST USED", "last_used", NULL, false, NARROW_LEAVE},
    };
    (void)arguments;
    return answer_list(client, "/v1/tokens", "tokens", columns, sizeof columns / sizeof columns[0],
                       "No tokens. `dsr token add` makes one.");
}

static void print_revoked(const json_t *token)
{
    printf("%s is revoked and lets nobody in any more.\n", json_text(token, "id"));
}

int run_token_revoke(struct client *client, const struct arguments *arguments)
{
    struct error error;
    char *path = client_path("/v1/tokens/{}", argument_at(arguments, 0));
    json_t *answer = path != NULL ? client_call(client, "DELETE", path, NULL, &error) : NULL;
    if (path == NULL)
        memory_error(&error);
    free(path);
    return answer_show(client, answer, &error, print_revoked);
}
