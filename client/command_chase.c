// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr chase`: which vendors owe answers; `dsr chase VENDOR`: one letter about all that it owes, sent once somebody has looked at it.
#include <stdio.h>
#include <stdlib.h>

#include "client/answer.h"
#include "client/approval.h"
#include "client/body.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"

static int list(struct client *client)
{
    static const struct column columns[] = {{"VENDOR", "vendor", NULL, false, NARROW_KEEP}, {"OVERDUE", "overdue", NULL, true, NARROW_KEEP},
                                            {"SINCE", "since", NULL, false, NARROW_KEEP},   {"TO CHASE", "to_chase", NULL, true, NARROW_KEEP},
                                            {"CHASED", "chased", NULL, false, NARROW_LEAVE}, {"NAME", "name", NULL, false, NARROW_CUT}};
    return answer_list(client, "/v1/chasers", "vendors", columns, sizeof columns / sizeof columns[0], "No vendor owes an answer.");
}

static void print_left_out(const json_t *letter)
{
    static const char *const reasons[][2] = {{"waiting", "a letter about it is on its way, or in doubt"},
                                             {"recent", "chased in the last seven days (--again)"},
                                             {"authority", "the patron's authority has ended"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        json_int_t count = json_integer_value(json_object_get(json_object_get(letter, "left_out"), reasons[i][0]));
        if (count > 0)
            fprintf(stderr, "dsr: note: %lld left out: %s.\n", (long long)count, reasons[i][1]);
    }
}

static void print_letter(const json_t *letter)
{
    if (json_text(letter, "address") != NULL)
        printf("From: %s\nTo: %s\n", json_text(letter, "from"), json_text(letter, "address"));
    printf("Subject: %s\n\n%s", json_text(letter, "subject"), json_text(letter, "text"));
}

static json_t *wish_of(const struct arguments *arguments)
{
    json_t *body = json_object();
    body_set_text(body, "lang", argument_value(arguments, "lang"));
    body_set_text(body, "details", argument_value(arguments, "details"));
    if (argument_flag(arguments, "again"))
        json_object_set_new(body, "again", json_true());
    return body;
}

static json_t *call(struct client *client, const struct arguments *arguments, const char *format, const char *hash, struct error *error)
{
    char *path = client_path(format, argument_at(arguments, 0));
    json_t *body = wish_of(arguments);
    body_set_text(body, "hash", hash);
    json_t *answer = hash != NULL ? client_write(client, "POST", path, body, error) : client_call(client, "POST", path, body, error);
    json_decref(body);
    free(path);
    return answer;
}

static void print_queued(const json_t *answer)
{
    printf("Queued: one letter about %zu requests; each record says so as soon as the mail server has taken it (`dsr mail show %s`).\n",
           json_array_size(json_object_get(answer, "requests")), json_text(answer, "message"));
}

int run_chase(struct client *client, const struct arguments *arguments)
{
    struct error error;
    if (argument_at(arguments, 0) == NULL)
        return list(client);
    json_t *letter = call(client, arguments, "/v1/vendors/{}/chaser", NULL, &error);
    if (letter == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON && !argument_flag(arguments, "yes")) {
        status = output_json(letter);
    } else {
        print_left_out(letter);
        if (client->format != FORMAT_JSON)
            print_letter(letter);
        if (!json_is_true(json_object_get(letter, "sends"))) {
            puts("\nNo e-mail address of this vendor is known that anybody may use: send the text by the way its requests went (`dsr vendor show`).");
        } else if (approval_ask(arguments, &error)) {
            json_t *queued = call(client, arguments, "/v1/vendors/{}/chasers", json_text(letter, "hash"), &error);
            status = answer_show(client, queued, &error, print_queued);
        } else {
            status = client_fail(&error);
        }
    }
    json_decref(letter);
    return status;
}
