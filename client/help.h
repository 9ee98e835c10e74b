// SPDX-License-Identifier: GPL-3.0-or-later
// What --help prints: made from the table of commands, so it cannot lag behind.
#ifndef CLIENT_HELP_H
#define CLIENT_HELP_H

#include <stdio.h>

#include "client/client.h"

int help_all(FILE *file);
int help_command(const struct command *command, FILE *file);
int help_unknown(const char *name); // says what was meant, perhaps; the exit status

#endif
