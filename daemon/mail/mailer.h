// SPDX-License-Identifier: GPL-3.0-or-later
// A mailer: takes messages from the outbox, composes them, hands them to the relay, and writes down what became of each. Blocking; it may
// die at any instruction without a message being lost, or "sent" being written for one that was not.
#ifndef MAIL_MAILER_H
#define MAIL_MAILER_H

#include <signal.h>

#include "config/config.h"

// What the signal handlers of main say.
struct mailer_signals {
    const volatile sig_atomic_t *stop;   // finish the mail at hand, give back the rest, and return
    volatile sig_atomic_t *reload;       // read the texts again
};

// Returns the exit status.
int mailer_run(const struct config *config, const char *conninfo, const struct mailer_signals *signals);

#endif
