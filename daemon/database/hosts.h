// SPDX-License-Identifier: GPL-3.0-or-later
// The hosts of a connection string. libpq goes through them and their addresses in order, but gives none of them up by itself, and looks their
// names up with a call that blocks: so each attempt begins with another address, and names are looked up beforehand.
#ifndef DATABASE_HOSTS_H
#define DATABASE_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/error.h"

struct hosts;

enum { HOSTS_MAXIMUM = 16 };

struct hosts *hosts_new(const char *conninfo, struct error *error); // copies; error->code says what is wrong with it
void hosts_free(struct hosts *hosts);                               // NULL is fine

size_t hosts_choices(const struct hosts *hosts); // how many addresses all of them have; 0: the connection string names no host, or none is known yet
// The name of a host that has to be looked up; NULL: there is nothing to look up.
const char *hosts_name(const struct hosts *hosts, size_t index);
// The addresses (numbers, comma-separated) that it has from now on. Without memory it keeps those it had.
void hosts_found(struct hosts *hosts, size_t index, const char *addresses);

// The connection string of attempt number `attempt`, which begins with the address of that number; the caller frees. NULL: no memory, or no host
// has an address.
char *hosts_conninfo(const struct hosts *hosts, size_t attempt);

#endif
