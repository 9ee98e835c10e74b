// SPDX-License-Identifier: GPL-3.0-or-later
// Telling the service manager how it goes (sd_notify(3)'s protocol, which is documented as stable: one datagram).
#ifndef RUN_NOTIFY_H
#define RUN_NOTIFY_H

#include <stdint.h>

// Sends a state such as "READY=1\nSTATUS=serving"; without NOTIFY_SOCKET in the environment, nothing.
void notify(const char *state);
void notify_reloading(void); // RELOADING=1 with the monotonic time
// The interval in which WATCHDOG=1 is expected, in milliseconds; 0: none is.
uint64_t notify_watchdog_ms(void);

#endif
