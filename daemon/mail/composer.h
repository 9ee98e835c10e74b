// SPDX-License-Identifier: GPL-3.0-or-later
// From what a message is to say to its bytes on the wire. Pure: the same input gives the same bytes.
#ifndef MAIL_COMPOSER_H
#define MAIL_COMPOSER_H

#include <jansson.h>

#include "config/config.h"
#include "mail/texts.h"

struct composition {
    const struct config *config;  // sender, contact
    const struct texts *texts;
    const json_t *library;        // {"name", "zone", "contact", "today"}
    const json_t *message;        // as mail_lease() gives it, opened
    const char *address;          // of the recipient, ASCII
    const char *message_id;       // without < >
    const char *stop_token;       // of the link that stops reminders to this address; NULL: none
};

// Appends the whole mail, headers and body, CRLF. False, with an error, when what is needed is missing.
bool compose(const struct composition *composition, struct text *bytes, struct error *error);

#endif
