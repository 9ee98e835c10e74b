// SPDX-License-Identifier: GPL-3.0-or-later
// Whom a role calls over the network, and which files it opens in doing so.
#ifndef SANDBOX_REACH_H
#define SANDBOX_REACH_H

#include <stddef.h>
#include <stdint.h>

#include "sandbox/sandbox.h"

enum { REACH_MAXIMUM = 32 };

struct reach {
    uint64_t ports[REACH_MAXIMUM]; // of TCP
    size_t port_count;
    char *files[REACH_MAXIMUM]; // certificates, keys, passwords that libpq may open; may not exist
    size_t file_count;
    char *passwords; // ~/.pgpass, whose folder is no business of ours; may be NULL
    bool names;      // names are looked up
    bool any_port;   // which ports cannot be said
    bool abstract;   // an abstract socket is called
};

// Reads the connection string and the relay's URL, with libpq's environment. NULL without memory; free it
// with reach_free.
struct reach *reach_new(const struct sandbox_needs *needs);
void reach_free(struct reach *reach);

#endif
