// SPDX-License-Identifier: GPL-3.0-or-later
// What the person at the prompt does next with a request, as a command to type.
#ifndef CLIENT_NEXT_STEP_H
#define CLIENT_NEXT_STEP_H

#include <jansson.h>

// Of {"request", "next"}, as a write and `status` answer.
void next_step_print(const json_t *answer);

#endif
