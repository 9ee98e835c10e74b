// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/vendor_address.h"

#include <string.h>

#include "shared/json.h"

char *vendor_address(struct client *client, const char *format, const char *name, struct error *error)
{
    struct text path = {0};
    if (strchr(name, '/') == NULL)
        return client_path(format, name);
    text_append(&path, "/v1/vendors");
    client_query(&path, "name", name);
    json_t *answer = client_call(client, "GET", path.text, NULL, error);
    text_release(&path);
    char *address =
        answer != NULL
            ? client_path(format, json_text(json_array_get(json_object_get(answer, "vendors"), 0), "slug"))
            : NULL;
    json_decref(answer);
    return address;
}
