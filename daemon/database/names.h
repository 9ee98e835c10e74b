// SPDX-License-Identifier: GPL-3.0-or-later
// The names of a pool's hosts, looked up for all its connections together. A look-up that hangs holds one of libuv's threads until it ends, and cannot be
// broken off: so each name has one at most. Until a new answer comes the last one holds.
#ifndef DATABASE_NAMES_H
#define DATABASE_NAMES_H

#include <uv.h>

#include "database/hosts.h"

struct names;

// `settled` is called when nothing is waited for any more. `hosts` gets the addresses, and must outlive this. NULL without memory.
struct names *names_new(uv_loop_t *loop, struct hosts *hosts, void (*settled)(void *context), void *context);
void names_free(struct names *names); // NULL is fine

// Begins to look up what was not looked up a moment ago. True when there is nothing to wait for.
bool names_look_up(struct names *names);
bool names_are_settled(const struct names *names);

#endif
