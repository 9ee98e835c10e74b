// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/approval.h"

#include <stdio.h>
#include <unistd.h>

enum { ANSWER_SIZE = 16 };

bool approval_ask(const struct arguments *arguments, struct error *error)
{
    char line[ANSWER_SIZE] = "";
    if (argument_flag(arguments, "yes"))
        return true;
    if (isatty(STDIN_FILENO) != 1)
        return error_set(error, ERROR_malformed, "yes",
                         "Somebody must approve the letter; without a terminal --yes says so.");
    fputs("\nSend it? [y/N] ", stdout);
    fflush(stdout);
    if (fgets(line, sizeof line, stdin) != NULL && (line[0] == 'y' || line[0] == 'Y'))
        return true;
    return error_set(error, ERROR_conflict, "yes", "Nothing is sent.");
}
