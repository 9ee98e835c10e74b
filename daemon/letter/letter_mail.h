// SPDX-License-Identifier: GPL-3.0-or-later
// The mail that carries a letter. A person's letter, so nothing in it says that it was made by a program.
// Pure.
#ifndef LETTER_LETTER_MAIL_H
#define LETTER_LETTER_MAIL_H

#include <stdbool.h>
#include <stdint.h>

#include "letter/letter.h"

struct letter_mail {
    const char *from_name, *from; // NULL `from`: who opens it writes it
    const char *reply_to;         // NULL: none
    const char *to;               // NULL: unknown
    const char *language;
    const char *message_id;     // with < and >; NULL: the mail program makes it
    const char *const *earlier; // Message-IDs of the letters before, oldest first; NULL-terminated, or NULL
    bool draft;                 // for a person's own mail program: it opens it to be sent
    int64_t when;
    const char *zone;
};

// Appends the whole mail, CRLF, 7 bit. False, with the field at fault, when something cannot stand in a
// header.
bool letter_mail_compose(const struct letter_mail *mail, const struct letter *letter, struct text *bytes,
                         struct error *error);

#endif
