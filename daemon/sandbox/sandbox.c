// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/sandbox.h"

#include <string.h>

#include "sandbox/calls.h"
#include "sandbox/files.h"
#include "shared/log.h"

static bool settle(const struct config *config, const char *what, const char *means, int why,
                   struct error *error)
{
    if (why == 0)
        return true;
    if (config->sandbox_mode == SANDBOX_REQUIRED)
        return error_set(
            error, ERROR_invalid, "sandbox.mode",
            "sandbox.mode is \"required\", and this system does not let dsrd restrict %s (%s: %s).", what,
            means, strerror(why));
    log_notice("sandbox: this system does not let dsrd restrict %s (%s: %s); going on without", what, means,
               strerror(why));
    return true;
}

bool sandbox_enter(const struct sandbox_needs *needs, struct error *error)
{
#ifdef DSRD_SANITIZED // the leak checker is a debugger, and reads all of /proc
    (void)needs;
    (void)settle;
    (void)error;
    return true;
#else
    const struct config *config = needs->config;
    if (config->sandbox_mode == SANDBOX_OFF)
        return true;
    // Landlock first: its own calls are not among those that remain.
    return settle(config, "files", "Landlock", files_restrict(needs), error) &&
           settle(config, "system calls", "seccomp", calls_restrict(needs->role), error);
#endif
}
