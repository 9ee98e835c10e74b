// SPDX-License-Identifier: GPL-3.0-or-later
// Reading a secret that must not be seen: from the terminal without echo, or a line of standard input.
#ifndef CLIENT_SECRET_H
#define CLIENT_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/error.h"

// The line without the blanks around it. False and an error when nothing came, it is longer than `size`, or Ctrl-C was pressed.
bool secret_read(const char *prompt, char *secret, size_t size, struct error *error);

#endif
