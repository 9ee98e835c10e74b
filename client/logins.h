// SPDX-License-Identifier: GPL-3.0-or-later
// The servers this user has logged in to, with their tokens: a file that only this user can read, $XDG_CONFIG_HOME/dsr/logins.
#ifndef CLIENT_LOGINS_H
#define CLIENT_LOGINS_H

#include <stdbool.h>

#include "client/target.h"
#include "shared/error.h"
#include "shared/token.h"

enum { LOGIN_PATH_SIZE = 4096 };

struct login {
    char token[TOKEN_SIZE];         // empty: not logged in
    char ca_file[LOGIN_PATH_SIZE];  // certificates to trust; empty: those of the system
};

// Not being logged in is no error; a file that cannot be used is.
bool logins_find(const char *server, struct login *login, struct error *error);
bool logins_keep(const char *server, const struct login *login, struct error *error);
bool logins_drop(const char *server, struct error *error);
// The server, if there is exactly one.
bool logins_only(char server[TARGET_SIZE]);

#endif
