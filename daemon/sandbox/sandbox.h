// SPDX-License-Identifier: GPL-3.0-or-later
// What a role gives up before it listens to anybody: files and ports by Landlock, system calls by seccomp.
// See SANDBOX in dsrd(8).
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include "config/config.h"

enum sandbox_role { SANDBOX_API, SANDBOX_MAILER, SANDBOX_INBOX };

struct sandbox_needs {
    enum sandbox_role role;
    const struct config *config;
    const char *config_path; // read again at a reload; NULL: none is
    const char *conninfo;    // where PostgreSQL is; the ports and files it names stay open
};

// Shuts the calling process and the threads it starts later in, for good; the last act before its loop, when
// no thread was started yet. Logs what could not be done on this system, once, and goes on without it; with
// sandbox.mode "required" that is an error. Nothing is done with "off", nor in a build with sanitizers.
// False: error says why the role must not begin.
bool sandbox_enter(const struct sandbox_needs *needs, struct error *error);

#endif
