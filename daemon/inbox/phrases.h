// SPDX-License-Identifier: GPL-3.0-or-later
// Words by which mails are told apart, in the languages vendors and their servers write in. Pure.
#ifndef INBOX_PHRASES_H
#define INBOX_PHRASES_H

#include <stdbool.h>

#include "shared/text.h"

// Appends the text in lower case (ASCII and Latin letters), each run of spaces and line ends as one space, typographic quotes made plain.
void phrases_fold(const char *text, struct text *out);

// Whether one of the words of the list (NULL ends it) stands in a text so folded.
bool phrases_hold(const char *folded, const char *const *list);

extern const char *const phrases_gone[];         // the address or the domain does not exist (any more)
extern const char *const phrases_other_trouble[]; // something else kept a mail from being delivered
extern const char *const phrases_failure_subject[]; // subjects of mails that servers send when a mail was not delivered
extern const char *const phrases_failure_text[];
extern const char *const phrases_delay[];        // it is still being tried
extern const char *const phrases_absent[];       // out of office
extern const char *const phrases_automatic[];    // subjects of automatic answers
extern const char *const phrases_received[];     // the request has been received
// What an answer says. Stated, not foreseen: "we may ask" proposes nothing.
extern const char *const phrases_identity[], *const phrases_extension[], *const phrases_referred[], *const phrases_refused[], *const phrases_answered[],
    *const phrases_clarification[], *const phrases_fee[];

#endif
