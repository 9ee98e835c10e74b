// SPDX-License-Identifier: GPL-3.0-or-later
// Small files that hold secrets: read only when they are ours alone, written so that a crash leaves the old
// or the new.
#ifndef VAULT_SECRET_FILE_H
#define VAULT_SECRET_FILE_H

#include <limits.h>
#include <stdbool.h>

#include "shared/error.h"

enum { CREDENTIAL_LENGTH = 32 };

// The whole file (caller wipes with secret_free). NULL when it cannot be read, is too large, or others may
// read it. `group_may`: a group that may read it is no fault, since the service manager's credentials are
// opened to one user by an access list, which looks like that.
char *secret_read(const char *path, bool group_may, struct error *error);
void secret_free(char *secret);

// Makes a file, 0600. `locked` -1: never over an existing one. Else it is what secret_lock() gave: in the place of that file, with its
// owner, and what the old one held is overwritten when no other name leads to it. SECRET_CHANGED: somebody has put another file
// there meanwhile, which stays; lock and read that one, and try again.
enum secret_place { SECRET_FAILED, SECRET_CHANGED, SECRET_WRITTEN };
enum secret_place secret_write(const char *path, const char *content, int locked, struct error *error);

// Waits until nobody else changes the file, and keeps them off until the descriptor is closed. -1 when it
// cannot be opened.
int secret_lock(const char *path, struct error *error);

// Whether the service manager gives a credential of that name ($CREDENTIALS_DIRECTORY); then its path. A group may read it.
bool secret_given(const char *name, char path[PATH_MAX]);

// The credential that wraps the key ring: the service manager's ($CREDENTIALS_DIRECTORY/credential) where
// there is one, else the file.
bool credential_read(const char *path, unsigned char wrap[CREDENTIAL_LENGTH], struct error *error);
bool credential_create(const char *path, struct error *error); // when there is none yet

#endif
