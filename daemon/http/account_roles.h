// SPDX-License-Identifier: GPL-3.0-or-later
// The roles an account may hold.
#ifndef HTTP_ACCOUNT_ROLES_H
#define HTTP_ACCOUNT_ROLES_H

#include <jansson.h>
#include <stdbool.h>

#include "shared/error.h"

#define UID_LARGEST 4294967294 // 2^32 - 1 is nobody's

// Whether a JSON array holds roles that there are, at least one and none twice.
bool account_roles_check(const json_t *roles, struct error *error);

#endif
