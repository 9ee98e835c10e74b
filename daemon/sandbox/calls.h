// SPDX-License-Identifier: GPL-3.0-or-later
// The system calls of a role, by seccomp.
#ifndef SANDBOX_CALLS_H
#define SANDBOX_CALLS_H

#include "sandbox/sandbox.h"

// From here on the calling process may make the calls of its role only. A call that nothing of dsrd makes and
// only an intruder would (another program, another user, a debugger, a mount) ends the process by SIGSYS; any
// other one, and every call newer than this list, is answered ENOSYS, which libraries take for an older
// kernel. Returns 0, or an errno: the kernel has no seccomp, or does not let us.
int calls_restrict(enum sandbox_role role);

#endif
