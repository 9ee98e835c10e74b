// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/process.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

void process_harden(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_CORE, &none);
#ifndef DSRD_SANITIZED // the leak checker is a debugger
    prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L);
#endif
    umask(077);
    if (getenv("DSRD_SUPERVISED") != NULL)
        prctl(PR_SET_PDEATHSIG, (unsigned long)SIGTERM, 0L, 0L, 0L);
    signal(SIGPIPE, SIG_IGN);
}
