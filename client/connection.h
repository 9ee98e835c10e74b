// SPDX-License-Identifier: GPL-3.0-or-later
// HTTP to dsrd: over its Unix socket, or with a token to a server.
#ifndef CLIENT_CONNECTION_H
#define CLIENT_CONNECTION_H

#include <jansson.h>

#include "shared/error.h"

struct connection;

struct connection *connection_open(const char *socket_path, struct error *error);
// `server` as target_read_server() writes it; TLS is verified, against `ca_file` if it is not "".
struct connection *connection_open_server(const char *server, const char *token, const char *ca_file, struct error *error);
void connection_set_library(struct connection *connection, int library); // which each call is about; 0: dsrd finds it
void connection_close(struct connection *connection); // NULL is fine

// One call; `key` is sent as Idempotency-Key if not NULL. The answer's JSON (new reference), or NULL and an error: the daemon's own problem
// document translated back, or ERROR_unavailable when it cannot be reached. `*sent_but_unanswered` tells that the daemon may have done it.
json_t *connection_call(struct connection *connection, const char *method, const char *path, const json_t *body, const char *key,
                        bool *sent_but_unanswered, struct error *error);

#endif
