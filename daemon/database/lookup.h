// SPDX-License-Identifier: GPL-3.0-or-later
// The names of a session's hosts, looked up on a thread of glibc's, so that a name server that does not answer is waited for only so long. What names.h is
// to the pool.
#ifndef DATABASE_LOOKUP_H
#define DATABASE_LOOKUP_H

#include "database/hosts.h"

struct lookup;

struct lookup *lookup_new(struct hosts *hosts); // `hosts` gets the addresses, and must outlive this. NULL without memory
void lookup_free(struct lookup *lookup);        // NULL is fine

// Looks the names up, and waits at most so long. A look-up that hangs goes on: until it ends the last answer holds, and no other begins for that name.
void lookup_run(struct lookup *lookup, int timeout_ms);

#endif
