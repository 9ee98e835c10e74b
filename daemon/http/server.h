// SPDX-License-Identifier: GPL-3.0-or-later
// libmicrohttpd on a Unix socket and, where api.listen says so, on loopback TCP, inside the libuv loop.
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <uv.h>

#include "http/exchange.h"

struct server;

// Binds the sockets of the configuration (a stale one is replaced, a living one refused) and begins to answer.
struct server *server_new(uv_loop_t *loop, struct service *service, struct error *error);
// Takes no new connections, lets requests in flight finish for timeout_ms, then calls `closed` once. What is still waiting for the
// database then is answered when the database refuses it; so server_free comes after the database has stopped.
void server_stop(struct server *server, int timeout_ms, void (*closed)(void *context), void *context);
void server_forget_peers(struct server *server); // accounts have changed
void server_free(struct server *server); // after `closed`

#endif
