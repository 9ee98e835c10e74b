// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/answer.h"

int answer_show(const struct client *client, json_t *answer, const struct error *error, void (*print)(const json_t *answer))
{
    int status = EXIT_DONE;
    if (answer == NULL)
        return client_fail(error);
    if (client->format == FORMAT_JSON)
        status = output_json(answer);
    else
        print(answer);
    json_decref(answer);
    return status;
}

int answer_list(struct client *client, const char *path, const char *member, const struct column *columns, size_t count,
                const char *nothing)
{
    struct error error;
    json_t *answer = client_call(client, "GET", path, NULL, &error);
    if (answer == NULL)
        return client_fail(&error);
    int status = output_rows(client, json_object_get(answer, member), columns, count, nothing);
    json_decref(answer);
    return status;
}
