// SPDX-License-Identifier: GPL-3.0-or-later
// The hosts of a connection string. libpq goes through them in order, but gives none of them up by itself, and looks their names up with a
// call that blocks: so each attempt begins with another host, and names are looked up beforehand.
#ifndef DATABASE_HOSTS_H
#define DATABASE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/error.h"

struct hosts;

struct hosts *hosts_new(const char *conninfo, struct error *error); // copies; error->code says what is wrong with it
void hosts_free(struct hosts *hosts);                               // NULL is fine

// The next name that has no address yet in this round, or NULL.
const char *hosts_unresolved(const struct hosts *hosts);
// The addresses (numbers, comma-separated; NULL: none) of what hosts_unresolved() gave. False without memory.
bool hosts_resolved(struct hosts *hosts, const char *addresses);
// Forgets the addresses, for a new round.
void hosts_forget(struct hosts *hosts);

// The connection string of attempt number `attempt`, which begins with the host of that number; the caller frees. NULL: no memory, or no host
// has an address.
char *hosts_conninfo(const struct hosts *hosts, size_t attempt);

#endif
