// SPDX-License-Identifier: GPL-3.0-or-later
// What goes to a vendor goes out only when a person has looked at it and said yes.
#ifndef CLIENT_APPROVAL_H
#define CLIENT_APPROVAL_H

#include <stdbool.h>

#include "client/arguments.h"
#include "shared/error.h"

// Asks at the terminal; --yes has said so already. False, with the error, when the answer is not yes or nobody can be asked.
bool approval_ask(const struct arguments *arguments, struct error *error);

#endif
