// SPDX-License-Identifier: GPL-3.0-or-later
// E-mail addresses: what is accepted, and how it goes into the envelope. Pure.
#ifndef MAIL_ADDRESS_H
#define MAIL_ADDRESS_H

#include <stdbool.h>

#include "shared/error.h"

enum { ADDRESS_MAXIMUM = 254, ADDRESS_ASCII_SIZE = 321 };

// One mailbox, local@domain: a dot-atom of ASCII before the @, a domain name after it, which may be in any script.
// No display name, no quotes, no comments, no literal domain. `field` is named in the error.
bool address_check(const char *address, const char *field, struct error *error);

// The same with the domain in its ASCII form (IDNA 2008), as SMTP takes it.
bool address_to_ascii(const char *address, const char *field, char ascii[ADDRESS_ASCII_SIZE], struct error *error);

#endif
