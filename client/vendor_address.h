// SPDX-License-Identifier: GPL-3.0-or-later
// The address of a vendor by any of its names.
#ifndef CLIENT_VENDOR_ADDRESS_H
#define CLIENT_VENDOR_ADDRESS_H

#include "client/client.h"

// The format's {} filled with the name; a name with a slash, which no address can hold, is looked up first.
// The caller frees; NULL and an error.
char *vendor_address(struct client *client, const char *format, const char *name, struct error *error);

#endif
