// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr file`: records a request.
#include <stdio.h>
#include <string.h>

#include "client/body.h"
#include "client/handlers.h"
#include "client/dates.h"
#include "client/output.h"
#include "client/written.h"
#include "shared/json.h"
#include "shared/text.h"

static bool fill(struct client *client, const struct arguments *arguments, json_t *body, struct error *error)
{
    if (argument_value(arguments, "law") == NULL)
        return error_set(error, ERROR_malformed, "law", "Say under which law it is made: --law us-ca-ccpa, or --law voluntary; `dsr law list` shows them.");
    body_set_text(body, "vendor", argument_at(arguments, 0));
    body_set_text(body, "right", argument_at(arguments, 1));
    body_set_text(body, "law", argument_value(arguments, "law"));
    body_set_text(body, "subject", argument_value(arguments, "for"));
    body_set_text(body, "residence", argument_value(arguments, "residence"));
    body_set_text(body, "channel", argument_value(arguments, "channel"));
    body_set_text(body, "note", argument_value(arguments, "note"));
    if (argument_flag(arguments, "draft"))
        json_object_set_new(body, "draft", json_true());
    if (argument_flag(arguments, "anyway"))
        json_object_set_new(body, "anyway", json_true());
    return written_set_days(body, arguments, error) && written_set_remind(client, body, arguments, error) &&
           dates_set_event(body, "sent", argument_value(arguments, "sent"), error) && dates_set_event(body, "received", argument_value(arguments, "received"), error);
}

static int print_dry(const struct client *client, const json_t *answer)
{
    char name[64], due[64];
    size_t index;
    json_t *item;
    if (client->format == FORMAT_JSON)
        return output_json(answer);
    puts("Nothing is recorded. The dates would be:");
    json_array_foreach(json_object_get(answer, "clocks"), index, item)
        printf("  %-16s %s  %s\n", output_words(json_text(item, "clock"), name, sizeof name), output_due(item, due, sizeof due), json_text(item, "cite"));
    written_print_warnings(answer);
    return EXIT_DONE;
}

int run_file(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *body = json_object(), *answer = NULL;
    bool dry_run = argument_flag(arguments, "dry-run");
    if (fill(client, arguments, body, &error))
        answer = dry_run ? client_call(client, "POST", "/v1/requests?dry_run=true", body, &error)
                         : client_write(client, "POST", "/v1/requests", body, &error);
    int status = answer == NULL ? written_fail(&error) : dry_run ? print_dry(client, answer) : written_print(client, answer, "Recorded", true);
    json_decref(answer);
    json_decref(body);
    return status;
}
