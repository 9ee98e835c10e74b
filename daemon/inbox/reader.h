// SPDX-License-Identifier: GPL-3.0-or-later
// The work of dsrd-inbox: look, read each mail in a child, store, look again. It never sends anything.
#ifndef INBOX_READER_H
#define INBOX_READER_H

#include <signal.h>

#include "config/config.h"

// Until *stop; `once`: only what is there now. The exit status.
int reader_run(const struct config *config, const char *conninfo, bool once, const volatile sig_atomic_t *stop);

#endif
