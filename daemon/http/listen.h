// SPDX-License-Identifier: GPL-3.0-or-later
// The sockets the API listens on.
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H

#include "config/config.h"

// The Unix socket of the configuration: a stale one is replaced, a living one refused. Its descriptor (caller closes), or -1 and an error.
int listen_on_socket(const struct config *config, struct error *error);
// The loopback address of api.listen. Its descriptor (caller closes), or -1 and an error.
int listen_on_loopback(const struct config *config, struct error *error);

#endif
