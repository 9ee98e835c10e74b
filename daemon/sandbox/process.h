// SPDX-License-Identifier: GPL-3.0-or-later
// What every process of dsrd is from its first step on.
#ifndef SANDBOX_PROCESS_H
#define SANDBOX_PROCESS_H

// Keys and names are in memory: no core dumps, no debugger of the same user, and files that are its owner's alone. A role ends when its
// supervisor does, and a peer that is gone is an error where it is written to.
void process_harden(void);

#endif
