// SPDX-License-Identifier: GPL-3.0-or-later
// The open connections of the API and how long each may take for what it is at. libmicrohttpd closes only those on which nothing moves:
// one that sends or reads a byte now and then would be kept for ever.
#ifndef HTTP_CONNECTIONS_H
#define HTTP_CONNECTIONS_H

#include <microhttpd.h>
#include <uv.h>

#include "config/config.h"

struct connections;

struct connections *connections_new(uv_loop_t *loop, const struct config *config); // NULL without memory
void connections_free(struct connections *connections);                            // after MHD_stop_daemon; NULL is fine

// For MHD_OPTION_NOTIFY_CONNECTION; the context is the struct connections. A new connection waits for a request. When all that are
// allowed are taken, the one that has waited longest without asking anything is closed.
void connections_notify(void *context, struct MHD_Connection *connection, void **slot, enum MHD_ConnectionNotificationCode code);

bool connections_are_full(const struct connections *connections); // libmicrohttpd takes no more now

void connection_waits(struct MHD_Connection *connection);    // for the head of a (next) request: api.idle_timeout_ms
void connection_transfers(struct MHD_Connection *connection); // a body comes, or an answer goes: api.request_timeout_ms
void connection_rests(struct MHD_Connection *connection);    // it is dsrd's turn: no limit

#endif
