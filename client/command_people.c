// SPDX-License-Identifier: GPL-3.0-or-later
// Subjects (for whom requests are filed) and accounts (who may use dsrd).
#include <stdio.h>
#include <string.h>

#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

static void set_text(json_t *body, const char *member, const char *value)
{
    if (value != NULL)
        json_object_set_new(body, member, json_string(value));
}

int run_subject_add(struct client *client, const struct arguments *arguments)
{
    struct error error;
    if (argument_value(arguments, "residence") == NULL) {
        error_set(&error, ERROR_malformed, "residence", "Say where the person lives: --residence US-CA, or --residence NL. Many laws ask for it.");
        return client_fail(&error);
    }
    json_t *body = json_object();
    set_text(body, "residence", argument_value(arguments, "residence"));
    set_text(body, "name", argument_value(arguments, "name"));
    set_text(body, "email", argument_value(arguments, "email"));
    json_t *answer = client_write(client, "POST", "/v1/subjects", body, &error);
    bool existing = json_is_true(json_object_get(answer, "existing"));
    json_decref(body);
    if (answer == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON)
        status = output_json(answer);
    else
        printf(existing ? "%s is already there.\n" : "%s\n", json_text(answer, "alias"));
    json_decref(answer);
    return status;
}

int run_subject_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"ALIAS", "alias", NULL, false, NARROW_KEEP}, {"RESIDENCE", "residence", NULL, false, NARROW_KEEP}, {"OPEN", "open", NULL, true, NARROW_KEEP}};
    struct error error;
    (void)arguments;
    json_t *all = client_pages(client, "/v1/subjects", "subjects", 0, &error);
    if (all == NULL)
        return client_fail(&error);
    int status = output_rows(client, all, columns, sizeof columns / sizeof columns[0], "No subjects. `dsr subject add --residence PLACE` adds one.");
    json_decref(all);
    return status;
}

static void print_account(const struct arguments *arguments, const char *uid, const char *account)
{
    const char *mail = argument_value(arguments, "email") == NULL ? " Without --email no reminders reach them." : "";
    if (uid != NULL)
        printf("User %s is let in.%s\n", uid, mail);
    else
        printf("Account %s is made.%s\nA token lets them in:  dsr token add --account %s\n", account, mail, account);
}

int run_account_add(struct client *client, const struct arguments *arguments)
{
    struct error error;
    int64_t uid;
    size_t from = 0;
    const char *role, *uid_text = argument_value(arguments, "uid");
    if ((uid_text != NULL && !text_to_integer(uid_text, 0, 4294967294, &uid)) || argument_value(arguments, "role") == NULL) {
        error_set(&error, ERROR_malformed, "uid",
                  "Say who and what for: --uid 1001 --role staff (`id -u NAME` shows a user's number); without --uid for who has none "
                                                  "here and comes with a token.");
        return client_fail(&error);
    }
    json_t *roles = json_array();
    while ((role = argument_next(arguments, "role", &from)) != NULL)
        json_array_append_new(roles, json_string(role));
    json_t *body = json_pack("{s:o}", "roles", roles);
    if (uid_text != NULL)
        json_object_set_new(body, "uid", json_integer(uid));
    set_text(body, "name", argument_value(arguments, "name"));
    set_text(body, "email", argument_value(arguments, "email"));
    json_t *answer = client_call(client, "POST", "/v1/accounts", body, &error);
    json_decref(body);
    if (answer == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON)
        status = output_json(answer);
    else
        print_account(arguments, uid_text, json_text(answer, "account"));
    json_decref(answer);
    return status;
}

int run_account_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"UID", "uid", NULL, true, NARROW_KEEP}, {"NAME", "name", NULL, false, NARROW_CUT}, {"E-MAIL", "email", NULL, false, NARROW_CUT},
                                            {"ROLES", "roles", NULL, false, NARROW_KEEP},
                                            {"DISABLED", "disabled", NULL, false, NARROW_LEAVE + 1},
                                            {"ACCOUNT", "account", NULL, false, NARROW_LEAVE}};
    struct error error;
    (void)arguments;
    json_t *answer = client_call(client, "GET", "/v1/accounts", NULL, &error);
    if (answer == NULL)
        return client_fail(&error);
    int status = output_rows(client, json_object_get(answer, "accounts"), columns, sizeof columns / sizeof columns[0], "No accounts.");
    json_decref(answer);
    return status;
}
