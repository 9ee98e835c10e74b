// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_homework.h"

#include <stdio.h>
#include <string.h>

#include "shared/json.h"

bool request_homework_check_name(const char *name, struct error *error)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    if (name == NULL)
        return true;
    size_t length = strlen(name);
    bool good = length > 0 && length <= 64 && strspn(name, allowed) == length && name[0] != '-' && name[length - 1] != '-';
    return good || error_set(error, ERROR_invalid, "homework",
                             "homework must be at most 64 small letters, digits and dashes, such as summer-2026.");
}

void request_homework_check(struct request_work *work, const json_t *snapshot)
{
    const json_t *asked = json_object_get(snapshot, "asked");
    if (json_text(asked, "ref") == NULL || work->warnings.count == WARNINGS_MAXIMUM)
        return;
    struct warning *warning = &work->warnings.list[work->warnings.count++];
    *warning = (struct warning){.code = "asked_already", .must_confirm = true, .free_from = DATE_NONE};
    snprintf(warning->text, sizeof warning->text, "%s, which is %s, asks this vendor for that already.", json_text(asked, "ref"),
             strcmp(json_text(asked, "state"), "draft") == 0 ? "not sent yet" : "open");
}
