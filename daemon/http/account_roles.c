// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/account_roles.h"

#include "shared/text.h"

bool account_roles_check(const json_t *roles, struct error *error)
{
    static const char *const known[] = {"patron", "staff", "manager", "officer", "operator"};
    size_t index;
    json_t *role;
    bool good = json_array_size(roles) > 0;
    json_array_foreach(roles, index, role) {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
            found = found || text_is(json_string_value(role), known[i]);
        for (size_t i = 0; i < index; i++)
            found = found && !json_equal(json_array_get(roles, i), role);
        good = good && found;
    }
    if (!good)
        error_set(error, ERROR_invalid, "roles", "roles must be one or more of patron, staff, manager, officer, operator, each once.");
    return good;
}
