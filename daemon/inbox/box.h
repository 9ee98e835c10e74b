// SPDX-License-Identifier: GPL-3.0-or-later
// The key pair to whose public half the text of mails is sealed. Only the public half is needed where mails are read.
#ifndef INBOX_BOX_H
#define INBOX_BOX_H

#include <stdbool.h>

#include "inbox/describe.h"
#include "shared/error.h"

// Makes FILE (secret, 0600) and FILE.pub, each one line of base 64. Never over existing ones.
bool box_make(const char *path, struct error *error);
bool box_read_public(const char *path, unsigned char key[DESCRIBE_KEY_BYTES], struct error *error);

#endif
