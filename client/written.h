// SPDX-License-Identifier: GPL-3.0-or-later
// What commands that write a request share: options they have in common, and what they print after.
#ifndef CLIENT_WRITTEN_H
#define CLIENT_WRITTEN_H

#include "client/client.h"

bool written_set_days(json_t *body, const struct arguments *arguments, struct error *error);   // --days as courtesy_days
bool written_set_remind(struct client *client, json_t *body, const struct arguments *arguments, struct error *error); // --remind, each

// "Recorded: R-....", what happened when, where that leaves the request and what comes next; or the JSON. The exit status.
int written_print(const struct client *client, const json_t *answer, const char *what, bool with_event);
void written_print_warnings(const json_t *answer);
int written_fail(const struct error *error); // says how to go on when a confirmation is needed

#endif
