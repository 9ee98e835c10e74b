// SPDX-License-Identifier: GPL-3.0-or-later
// Listening sockets that a service manager passes at the start, as sd_listen_fds(3) has it: so nobody is
// refused during a restart.
#ifndef HTTP_PASSED_H
#define HTTP_PASSED_H

#include <stdbool.h>

#include "shared/error.h"

enum { PASSED_FIRST = 3, PASSED_MAXIMUM = 8 };

// How many were passed to this process: LISTEN_FDS of them, from PASSED_FIRST on, if LISTEN_PID is this
// process, or if `dsrd run` started it, which passes them on. From then on no program that is started
// inherits them by chance.
int passed_count(void);
// The one that listens on a Unix socket (remote: on a loopback address), non-blocking; -1 when none does. The
// caller closes it.
int passed_find(bool remote);
// Whether each of them is of use; else an error that names the first that is not. `remote`: api.listen is
// set.
bool passed_check(bool remote, struct error *error);

#endif
