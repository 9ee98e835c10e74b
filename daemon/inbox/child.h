// SPDX-License-Identifier: GPL-3.0-or-later
// Each mail is read in a child process with little memory and time: whatever a mail does to its reader, the next one is read all the same.
#ifndef INBOX_CHILD_H
#define INBOX_CHILD_H

#include <jansson.h>
#include <stdint.h>

// The description (describe.h) of the mail in the file. A mail that is too much for a child is read again as far as its beginning; if that
// fails too, the description says no more than that it is there ("cut": true). NULL: there is no memory or no process to be had now.
json_t *child_read(int descriptor, int64_t size, const unsigned char *public_key);

#endif
