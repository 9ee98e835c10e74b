// SPDX-License-Identifier: GPL-3.0-or-later
// The sockets the API listens on.
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include "config/config.h"

// The Unix socket that a service manager passes, or that of the configuration: a stale one is replaced, a living one refused. Its descriptor
// (caller closes), or -1 and an error. *is_passed: its file is not ours to remove.
int listen_on_socket(const struct config *config, bool *is_passed, struct error *error);
// The loopback address that is passed, or api.listen. Its descriptor (caller closes), or -1 and an error.
int listen_on_loopback(const struct config *config, bool *is_passed, struct error *error);

#endif
