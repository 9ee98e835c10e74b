// SPDX-License-Identifier: GPL-3.0-or-later
// Mails: what went out, what did not, again, and a test.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/answer.h"
#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

enum { TEST_LOOKS = 300, TEST_PAUSE_US = 100000 };

int run_mail_list(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {{"ID", "id", NULL, false, NARROW_KEEP}, {"DAY", "day", NULL, false, NARROW_KEEP}, {"KIND", "kind", NULL, false, NARROW_LEAVE + 1},
                                            {"STATE", "state", NULL, false, NARROW_KEEP}, {"TRIES", "attempts", NULL, true, NARROW_LEAVE},
                                            {"ABOUT", "refs", NULL, false, NARROW_CUT}, {"PROBLEM", "last_problem", NULL, false, NARROW_CUT}};
    struct error error;
    struct text path = {0};
    text_append(&path, "/v1/mail");
    client_query(&path, "state", argument_value(arguments, "state"));
    json_t *messages = client_pages(client, path.text, "messages", 0, &error);
    text_release(&path);
    if (messages == NULL)
        return client_fail(&error);
    int status = output_rows(client, messages, columns, sizeof columns / sizeof columns[0], "No mails.");
    json_decref(messages);
    return status;
}

static void print_message(const json_t *message)
{
    size_t index;
    json_t *item;
    char state[32];
    printf("%s\n  day        %s\n  state      %s\n  tries      %lld\n", json_text(message, "id"), json_text(message, "day"),
           output_words(json_text(message, "state"), state, sizeof state), (long long)json_integer_value(json_object_get(message, "attempts")));
    if (json_text(message, "last_problem") != NULL)
        printf("  problem    %s\n", json_text(message, "last_problem"));
    if (json_text(message, "queue_id") != NULL)
        printf("  relay's id %s\n", json_text(message, "queue_id"));
    json_array_foreach(json_object_get(message, "refs"), index, item)
        printf("  about      %s\n", json_string_value(item));
    json_array_foreach(json_object_get(message, "tries"), index, item)
        printf("  try %lld     %s: %s%s%s\n", (long long)json_integer_value(json_object_get(item, "n")), json_text(item, "began_at"),
               json_text(item, "verdict") != NULL ? json_text(item, "verdict") : "under way", json_text(item, "reply") != NULL ? ", the relay said: " : "",
               json_text(item, "reply") != NULL ? json_text(item, "reply") : "");
}

static json_t *fetch(struct client *client, const char *method, const char *format, const char *id, struct error *error)
{
    char *path = client_path(format, id);
    json_t *answer = client_call(client, method, path, NULL, error);
    free(path);
    return answer;
}

int run_mail_show(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *message = fetch(client, "GET", "/v1/mail/{}", argument_at(arguments, 0), &error);
    return answer_show(client, message, &error, print_message);
}

static void print_tried_again(const json_t *message)
{
    (void)message;
    puts("It will be tried again now.");
}

int run_mail_retry(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *message = fetch(client, "POST", "/v1/mail/{}/retry", argument_at(arguments, 0), &error);
    return answer_show(client, message, &error, print_tried_again);
}

// Looks until the mail is out, or has met a problem.
static json_t *await(struct client *client, const char *id, struct error *error)
{
    json_t *message = NULL;
    for (int i = 0; i < TEST_LOOKS; i++) {
        json_decref(message);
        message = fetch(client, "GET", "/v1/mail/{}", id, error);
        const char *state = json_text(message, "state");
        if (message == NULL || (strcmp(state, "leased") != 0 && strcmp(state, "sending") != 0 && strcmp(state, "queued") != 0) ||
            json_text(message, "last_problem") != NULL)
            break;
        usleep(TEST_PAUSE_US);
    }
    return message;
}

int run_mail_test(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *body = json_pack("{s:s}", "address", argument_at(arguments, 0));
    json_t *queued = client_call(client, "POST", "/v1/mail/tests", body, &error);
    json_t *message = queued != NULL ? await(client, json_text(queued, "id"), &error) : NULL;
    json_decref(body);
    json_decref(queued);
    if (message == NULL)
        return client_fail(&error);
    bool sent = strcmp(json_text(message, "state"), "sent") == 0;
    if (client->format == FORMAT_JSON)
        output_json(message);
    else if (sent)
        printf("Sent%s%s.\n", json_text(message, "queue_id") != NULL ? "; the relay calls it " : "", json_text(message, "queue_id") != NULL ? json_text(message, "queue_id") : "");
    else
        printf("Not sent: %s `dsr mail show %s` tells more.\n", json_text(message, "last_problem") != NULL ? json_text(message, "last_problem") : "no mailer has taken it yet.", json_text(message, "id"));
    json_decref(message);
    return sent ? EXIT_DONE : error_exit_status(ERROR_unavailable);
}
