// SPDX-License-Identifier: GPL-3.0-or-later
// The open connections of the API and how long each may take for what it is at. libmicrohttpd closes only those on which nothing moves:
// one that sends or reads a byte now and then would be kept for ever.
#ifndef HTTP_CONNECTIONS_H
#define HTTP_CONNECTIONS_H

#include <microhttpd.h>
#include <uv.h>

#include "config/config.h"

struct connections;

// `most` at once. NULL without memory.
struct connections *connections_new(uv_loop_t *loop, const struct config *config, size_t most);
void connections_free(struct connections *connections); // after MHD_stop_daemon; NULL is fine

// For MHD_OPTION_NOTIFY_CONNECTION; the context is the struct connections. A new connection waits for a request.
void connections_notify(void *context, struct MHD_Connection *connection, void **slot, enum MHD_ConnectionNotificationCode code);

bool connections_are_full(const struct connections *connections);
// Closes the one that has been longest, and at least for least_ms, at what it is at: waiting, sending or taking. False: there is none, since
// on each of them it is dsrd's turn. libmicrohttpd lets go of it in its next round.
bool connections_make_room(struct connections *connections, int least_ms);
bool connections_can_make_room(const struct connections *connections); // one is closed, or could be

void connection_waits(struct MHD_Connection *connection);    // for the first line of a (next) request: api.idle_timeout_ms
void connection_transfers(struct MHD_Connection *connection); // the rest of a request comes, or an answer goes: api.request_timeout_ms
void connection_rests(struct MHD_Connection *connection);    // it is dsrd's turn: no limit

#endif
