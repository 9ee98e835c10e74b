// SPDX-License-Identifier: GPL-3.0-or-later
// What changes a request: log, undo, amend, close, reopen, abandon.
#include <stdlib.h>
#include <string.h>

#include "client/body.h"
#include "client/handlers.h"
#include "client/dates.h"
#include "client/written.h"

static int send_change(struct client *client, const char *method, const char *format, const struct arguments *arguments, json_t *body, bool good,
                       struct error *error, const char *what, bool with_event)
{
    char *path = client_path(format, argument_at(arguments, 0));
    json_t *answer = good ? client_write(client, method, path, body, error) : NULL;
    int status = answer != NULL ? written_print(client, answer, what, with_event) : written_fail(error);
    json_decref(answer);
    json_decref(body);
    free(path);
    return status;
}

static int send_event(struct client *client, const struct arguments *arguments, const char *event, const char *outcome, const char *what)
{
    struct error error;
    json_t *body = json_object();
    body_set_text(body, "event", event);
    body_set_text(body, "outcome", outcome);
    body_set_text(body, "reason", outcome != NULL ? argument_value(arguments, "reason") : NULL);
    body_set_text(body, "note", argument_value(arguments, "note"));
    if (argument_flag(arguments, "anyway"))
        json_object_set_new(body, "anyway", json_true());
    bool good = dates_set_event(body, "on", argument_value(arguments, "on"), &error);
    return send_change(client, "POST", "/v1/requests/{}/events", arguments, body, good, &error, what, true);
}

// Events that have a command of their own, with what they need.
static bool is_logged(const char *event, const char *reference, struct error *error)
{
    static const char *const own[][3] = {{"closed", "dsr close", " OUTCOME"}, {"reopened", "dsr reopen", ""}, {"abandoned", "dsr abandon", ""}, {"amended", "dsr amend", " ..."}};
    for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
        if (strcmp(event, own[i][0]) == 0)
            return error_set(error, ERROR_malformed, "event", "The event %s has a command of its own: %s %s%s.", event, own[i][1], reference, own[i][2]);
    return true;
}

int run_log(struct client *client, const struct arguments *arguments)
{
    struct error error;
    if (!is_logged(argument_at(arguments, 1), argument_at(arguments, 0), &error))
        return client_fail(&error);
    return send_event(client, arguments, argument_at(arguments, 1), NULL, "Logged");
}

int run_close(struct client *client, const struct arguments *arguments)
{
    return send_event(client, arguments, "closed", argument_at(arguments, 1), "Closed");
}

int run_reopen(struct client *client, const struct arguments *arguments)
{
    return send_event(client, arguments, "reopened", NULL, "Opened again");
}

int run_abandon(struct client *client, const struct arguments *arguments)
{
    return send_event(client, arguments, "abandoned", NULL, "Given up");
}

int run_undo(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *body = json_object();
    body_set_text(body, "event", argument_at(arguments, 1));
    body_set_text(body, "reason", argument_value(arguments, "reason"));
    return send_change(client, "POST", "/v1/requests/{}/voids", arguments, body, true, &error, "Undone", false);
}

int run_amend(struct client *client, const struct arguments *arguments)
{
    static const char *const members[] = {"vendor", "law", "right", "channel", "note"};
    struct error error;
    json_t *body = json_object();
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++)
        body_set_text(body, members[i], argument_value(arguments, members[i]));
    if (argument_flag(arguments, "anyway"))
        json_object_set_new(body, "anyway", json_true());
    bool good = dates_set_event(body, "sent", argument_value(arguments, "sent"), &error) && written_set_days(body, arguments, &error) &&
                written_set_remind(client, body, arguments, &error);
    return send_change(client, "PATCH", "/v1/requests/{}", arguments, body, good, &error, "Corrected", false);
}
