// SPDX-License-Identifier: GPL-3.0-or-later
// The columns of every list of requests.
#ifndef CLIENT_REQUEST_ROWS_H
#define CLIENT_REQUEST_ROWS_H

#include "client/output.h"

int request_rows_print(const struct client *client, const json_t *requests, const char *nothing);

#endif
