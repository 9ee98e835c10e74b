// SPDX-License-Identifier: GPL-3.0-or-later
// The files and ports of a role, by Landlock.
#ifndef SANDBOX_FILES_H
#define SANDBOX_FILES_H

#include "sandbox/sandbox.h"

// From here on the calling process opens, makes and removes only what its role needs, listens on no port, and
// calls only those of PostgreSQL, of the relay and of name servers; each as far as the kernel knows of it.
// What does not exist is passed over. Returns 0, or an errno: the kernel has no Landlock, or too old a one to
// move mail between the folders of a Maildir (before Linux 5.19).
int files_restrict(const struct sandbox_needs *needs);

#endif
