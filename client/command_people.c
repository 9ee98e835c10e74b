// SPDX-License-Identifier: GPL-3.0-or-later
// Subjects (for whom requests are filed) and accounts (who may use dsrd).
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/answer.h"
#include "client/body.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

static void print_alias(const json_t *subject)
{
    printf(json_is_true(json_object_get(subject, "existing")) ? "%s is already there.\n" : "%s\n", json_text(subject, "alias"));
}

int run_subject_add(struct client *client, const struct arguments *arguments)
{
    struct error error;
    if (argument_value(arguments, "residence") == NULL) {
        error_set(&error, ERROR_malformed, "residence", "Say where the person lives: --residence US-CA, or --residence NL. Many laws ask for it.");
        return client_fail(&error);
    }
    json_t *body = json_object();
    body_set_text(body, "residence", argument_value(arguments, "residence"));
    body_set_text(body, "name", argument_value(arguments, "name"));
    body_set_text(body, "email", argument_value(arguments, "email"));
    json_t *answer = client_write(client, "POST", "/v1/subjects", body, &error);
    json_decref(body);
    return answer_show(client, answer, &error, print_alias);
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

// The answer of a call that changes or reveals; takes the body. `print` says it to people.
static int call_and_print(struct client *client, const char *method, char *path, json_t *body, void (*print)(const json_t *answer))
{
    struct error error;
    json_t *answer = client_call(client, method, path, body, &error);
    free(path);
    json_decref(body);
    return answer_show(client, answer, &error, print);
}

static void print_if(const char *label, const char *value)
{
    if (value != NULL)
        printf("  %-10s %s\n", label, value);
}

static void print_person(const json_t *person)
{
    printf("%s\n", json_text(person, "alias"));
    print_if("name", json_text(person, "name"));
    print_if("e-mail", json_text(person, "email"));
    print_if("residence", json_text(person, "residence"));
    print_if("since", json_text(person, "since"));
    puts("That you looked is in the audit log.");
}

int run_subject_show(struct client *client, const struct arguments *arguments)
{
    struct error error;
    const char *reason = argument_value(arguments, "reason");
    if (reason == NULL) {
        error_set(&error, ERROR_malformed, "reason",
                  "Say why you need to know: --reason patron_asked, answer_to_vendor, correction, demand or other. "
                  "It is put in the audit log.");
        return client_fail(&error);
    }
    return call_and_print(client, "POST", client_path("/v1/subjects/{}/reveals", argument_at(arguments, 0)),
                          json_pack("{s:s}", "reason", reason), print_person);
}

// An empty value takes away what is recorded.
static void set_or_clear(json_t *body, const char *member, const char *value)
{
    if (value != NULL)
        json_object_set_new(body, member, value[0] != '\0' ? json_string(value) : json_null());
}

static void print_changed(const json_t *subject)
{
    printf("%s is corrected.%s\n", json_text(subject, "alias"),
           json_is_true(json_object_get(subject, "has_email")) ? "" : " Without an e-mail address no reminders reach them.");
}

int run_subject_edit(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *body = json_object();
    set_or_clear(body, "name", argument_value(arguments, "name"));
    set_or_clear(body, "email", argument_value(arguments, "email"));
    body_set_text(body, "residence", argument_value(arguments, "residence"));
    if (json_object_size(body) > 0)
        return call_and_print(client, "PATCH", client_path("/v1/subjects/{}", argument_at(arguments, 0)), body, print_changed);
    json_decref(body);
    error_set(&error, ERROR_malformed, "",
              "Say what to correct: --name NAME, --email ADDRESS or --residence PLACE; --email \"\" takes it away.");
    return client_fail(&error);
}

static void print_account(const json_t *account)
{
    size_t index;
    json_t *role;
    printf("Roles now:");
    json_array_foreach(json_object_get(account, "roles"), index, role)
        printf("%s %s", index > 0 ? "," : "", json_string_value(role));
    puts(json_is_true(json_object_get(account, "disabled")) ? ". The account is closed." : ".");
    json_int_t left = json_integer_value(json_object_get(account, "left_requests"));
    if (left > 0)
        printf("Open requests that it filed for others: %lld. Of these the managers are reminded now.\n", (long long)left);
}

int run_account_set(struct client *client, const struct arguments *arguments)
{
    struct error error;
    bool closes = argument_flag(arguments, "disable"), opens = argument_flag(arguments, "enable");
    json_t *body = json_object(), *roles = body_values(arguments, "role");
    if (json_array_size(roles) > 0)
        json_object_set(body, "roles", roles);
    if (closes != opens)
        json_object_set_new(body, "disabled", json_boolean(closes));
    json_decref(roles);
    if (json_object_size(body) > 0 && !(closes && opens))
        return call_and_print(client, "PATCH", client_path("/v1/accounts/{}", argument_at(arguments, 0)), body, print_account);
    json_decref(body);
    error_set(&error, ERROR_malformed, "", "Say what to change: --role ROLE (all that it shall have), --disable or --enable.");
    return client_fail(&error);
}

static void print_added(const struct arguments *arguments, const char *uid, const char *account)
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
    const char *uid_text = argument_value(arguments, "uid");
    if ((uid_text != NULL && !text_to_integer(uid_text, 0, 4294967294, &uid)) || argument_value(arguments, "role") == NULL) {
        error_set(&error, ERROR_malformed, "uid",
                  "Say who and what for: --uid 1001 --role staff (`id -u NAME` shows a user's number); without --uid for who has none "
                  "here and comes with a token.");
        return client_fail(&error);
    }
    json_t *body = json_pack("{s:o}", "roles", body_values(arguments, "role"));
    if (uid_text != NULL)
        json_object_set_new(body, "uid", json_integer(uid));
    body_set_text(body, "name", argument_value(arguments, "name"));
    body_set_text(body, "email", argument_value(arguments, "email"));
    json_t *answer = client_call(client, "POST", "/v1/accounts", body, &error);
    json_decref(body);
    if (answer == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON)
        status = output_json(answer);
    else
        print_added(arguments, uid_text, json_text(answer, "account"));
    json_decref(answer);
    return status;
}

int run_account_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"UID", "uid", NULL, true, NARROW_KEEP}, {"NAME", "name", NULL, false, NARROW_CUT}, {"E-MAIL", "email", NULL, false, NARROW_CUT},
                                            {"ROLES", "roles", NULL, false, NARROW_KEEP},
                                            {"DISABLED", "disabled", NULL, false, NARROW_LEAVE + 1},
                                            {"ACCOUNT", "account", NULL, false, NARROW_LEAVE}};
    (void)arguments;
    return answer_list(client, "/v1/accounts", "accounts", columns, sizeof columns / sizeof columns[0], "No accounts.");
}
