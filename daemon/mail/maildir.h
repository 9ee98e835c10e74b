// SPDX-License-Identifier: GPL-3.0-or-later
// Delivery into a Maildir on this machine, for those without a relay.
#ifndef MAIL_MAILDIR_H
#define MAIL_MAILDIR_H

#include "shared/error.h"
#include "shared/text.h"

// Makes the folder and those in it, where they are missing. False, with an error, when that cannot be done.
bool maildir_make(const char *folder, struct error *error);

// Writes the mail, with \n line ends as Maildir readers expect, to tmp/, makes it durable and moves it to new/. The file's name begins with
// `unique` (the message's id), so that the same mail delivered again after a crash replaces itself.
bool maildir_deliver(const char *folder, const char *unique, const struct text *bytes, struct error *error);

#endif
