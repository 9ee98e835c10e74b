// SPDX-License-Identifier: GPL-3.0-or-later
// User and password for a server of the library's: a file of two lines, or a credential of the service manager's.
#ifndef VAULT_LOGIN_FILE_H
#define VAULT_LOGIN_FILE_H

#include <stdbool.h>

#include "shared/error.h"

enum { LOGIN_LINE_SIZE = 256 };

struct login {
    char user[LOGIN_LINE_SIZE], password[LOGIN_LINE_SIZE];
};

// The credential `name` where the service manager gives it, else the file at `path`; neither: an empty login. False and an error about the
// setting `field` when it cannot be read, others may read it, or it holds no two lines.
bool login_read(const char *name, const char *path, const char *field, struct login *login, struct error *error);
void login_wipe(struct login *login);

#endif
