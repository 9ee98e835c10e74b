// SPDX-License-Identifier: GPL-3.0-or-later
// Host names become addresses on libuv's threads, so that a name server that does not answer holds up nobody.
#ifndef LOOP_RESOLVER_H
#define LOOP_RESOLVER_H

#include <netdb.h>
#include <uv.h>

#include "shared/text.h"

struct resolver;

// The addresses found (NULL: none) in numbers, comma-separated.
void resolver_list(const struct addrinfo *found, struct text *list);

// Called once, on the loop, unless cancelled. `addresses` is in numbers, comma-separated, valid during the call; NULL: there are none.
typedef void resolver_done(void *context, const char *addresses);

struct resolver *resolver_start(uv_loop_t *loop, const char *name, resolver_done *done, void *context); // NULL: cannot be asked
void resolver_cancel(struct resolver *resolver); // not after `done`; NULL is fine

#endif
