// SPDX-License-Identifier: GPL-3.0-or-later
// Accepts the connections of one listening socket and hands them to libmicrohttpd. It could do so itself, but goes round and round when
// there is no descriptor left, and takes no more than ten a time when dsrd stops.
#ifndef HTTP_INTAKE_H
#define HTTP_INTAKE_H

#include <microhttpd.h>
#include <uv.h>

#include "http/connections.h"

struct intake;

// Takes the listening socket over, also when it fails (NULL). `taken` is called after some have been handed over.
struct intake *intake_new(uv_loop_t *loop, int descriptor, struct MHD_Daemon *daemon, struct connections *connections,
                          void (*taken)(void *context), void *context);
// After each round of libmicrohttpd: one that was full may have room again.
void intake_look(struct intake *intake);
// Listens no more. `finish`: those who have connected are still taken; without, they are left to the next who listens on this socket.
void intake_stop(struct intake *intake, bool finish);
void intake_free(struct intake *intake); // NULL is fine

// How many connections each of `listeners` may have, as the limit of open files is; raises it as far as it can be.
size_t intake_most(const struct config *config, size_t listeners);

#endif
