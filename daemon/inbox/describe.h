// SPDX-License-Identifier: GPL-3.0-or-later
// What of a mail goes to the database, as JSON: no name, no address, no subject; the words only sealed to a public key.
#ifndef INBOX_DESCRIBE_H
#define INBOX_DESCRIBE_H

#include <jansson.h>

#include "inbox/reply.h"

enum { DESCRIBE_KEY_BYTES = 32 };

// New reference, or NULL without memory. `public_key` (of box.h) may be NULL: the words are not kept.
json_t *describe_reply(const struct reply *reply, const unsigned char *public_key);

#endif
