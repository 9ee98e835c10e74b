// SPDX-License-Identifier: GPL-3.0-or-later
// version and help.
#include <stdio.h>
#include <string.h>

#include "client/handlers.h"
#include "client/help.h"
#include "client/output.h"
#include "shared/json.h"

int run_version(struct client *client, const struct arguments *arguments)
{
    struct error error;
    (void)arguments;
    json_t *health = client_call(client, "GET", "/v1/health", NULL, &error);
    if (client->format == FORMAT_JSON) {
        json_t *version = json_pack("{s:s, s:O?}", "dsr", DSRD_VERSION, "dsrd", health);
        int status = output_json(version);
        json_decref(version);
        json_decref(health);
        return status;
    }
    puts("dsr " DSRD_VERSION);
    if (health != NULL)
        printf("dsrd %s, schema %lld, laws %.12s%s\n", json_text(health, "version"), (long long)json_integer_value(json_object_get(health, "schema_version")),
               json_text(health, "catalogue"), json_is_true(json_object_get(health, "read_only")) ? ", read only: the laws in the files are not applied" : "");
    else
        printf("dsrd: %s\n", error.text);
    json_decref(health);
    return EXIT_DONE;
}

int run_help(struct client *client, const struct arguments *arguments)
{
    char name[64] = "";
    (void)client;
    for (size_t i = 0; i < arguments->count; i++)
        snprintf(name + strlen(name), sizeof name - strlen(name), "%s%.28s", i > 0 ? " " : "", argument_at(arguments, i));
    if (name[0] == '\0')
        return help_all(stdout);
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0)
            return help_command(&commands[i], stdout);
    return help_unknown(name);
}
