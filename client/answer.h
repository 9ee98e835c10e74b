// SPDX-License-Identifier: GPL-3.0-or-later
// The end that most commands share: what dsrd answered goes out as JSON where that is asked for, else in words or as a table.
#ifndef CLIENT_ANSWER_H
#define CLIENT_ANSWER_H

#include "client/client.h"
#include "client/output.h"

// Says the answer, in words by `print`, and takes it; NULL: tells the error. The exit status.
int answer_show(const struct client *client, json_t *answer, const struct error *error, void (*print)(const json_t *answer));
// Gets a list that comes in one piece, and prints the rows in `member` as output_rows() does. The exit status.
int answer_list(struct client *client, const char *path, const char *member, const struct column *columns, size_t count,
                const char *nothing);

#endif
