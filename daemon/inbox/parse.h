// SPDX-License-Identifier: GPL-3.0-or-later
// A mail, as it lies in a file, into a struct reply. The only place that uses GMime; it runs in a child of its own (child.h).
#ifndef INBOX_PARSE_H
#define INBOX_PARSE_H

#include <stdint.h>

#include "inbox/reply.h"

void parse_begin(void); // once a process, before any child

// Reads at most `length` bytes of the file from its beginning. Attachments are named by their media type and not read.
// False: no memory. Anything at all is a mail, perhaps an empty one.
bool parse_reply(int descriptor, int64_t length, struct reply *reply);

#endif
