// SPDX-License-Identifier: GPL-3.0-or-later
// How long something takes, by clocks that nobody sets.
#ifndef SHARED_ELAPSED_H
#define SHARED_ELAPSED_H

#include <stdint.h>

// Milliseconds since some moment; stands still while the machine sleeps: for time-outs, and what is heard of meanwhile.
int64_t elapsed_ms(void);
// The same, and goes on while the machine sleeps: for what others count too, such as a lease.
int64_t elapsed_with_sleep_ms(void);

#endif
