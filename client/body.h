// SPDX-License-Identifier: GPL-3.0-or-later
// Members of a call's body from the command line.
#ifndef CLIENT_BODY_H
#define CLIENT_BODY_H

#include <jansson.h>

#include "client/arguments.h"

void body_set_text(json_t *body, const char *member, const char *value); // nothing when the value is NULL
// All values of an option that may be given several times, as an array: empty when it was not. New reference.
json_t *body_values(const struct arguments *arguments, const char *option);

#endif
