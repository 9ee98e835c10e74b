// SPDX-License-Identifier: GPL-3.0-or-later
// Where dsrd is: a socket on this machine, or a server elsewhere that a token lets into.
#ifndef CLIENT_TARGET_H
#define CLIENT_TARGET_H

#include <stdbool.h>

#include "client/arguments.h"
#include "shared/error.h"

enum { TARGET_SIZE = 256 };

struct target {
    char socket_path[TARGET_SIZE];
    char server[TARGET_SIZE]; // "https://dsr.library.example", no slash at its end; empty: the socket
    int library;              // of those that dsrd serves; 0: the one where the caller has an account
};

// From --socket, --server, DSR_SOCKET, DSR_SERVER, the service's socket, a private one of this user, or the only server logged in to; the
// library from --library or DSR_LIBRARY.
bool target_choose(const struct arguments *arguments, struct target *target, struct error *error);
// Checks the address of a server and writes it in its one form: https, or http to this machine itself.
bool target_read_server(const char *url, char server[TARGET_SIZE], struct error *error);

#endif
