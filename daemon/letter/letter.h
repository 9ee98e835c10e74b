// SPDX-License-Identifier: GPL-3.0-or-later
// A letter to a vendor, or about it to an authority: from what is known to what it says. Pure.
#ifndef LETTER_LETTER_H
#define LETTER_LETTER_H

#include <stdbool.h>

#include "law/catalogue.h"
#include "letter/letter_words.h"
#include "letter/letters.h"
#include "shared/date.h"
#include "shared/error.h"
#include "shared/text.h"

// Strings are borrowed and may be NULL where nothing is known; so may days be DATE_NONE.
struct letter_question {
    const char *language; // "en"
    enum letter_kind kind;
    const char *right;
    const struct law *law;
    const char *vendor, *products; // its name, and those of its brands
    const char *postal_address;    // of the vendor, with line feeds
    const char *fixed_subject;     // a subject line that the vendor asks for
    const char *name, *email;      // of the person
    const char *residence;         // US-VA
    const char *library, *ref;
    const char *details;  // what only the person can say, such as what is to be corrected
    const char *items;    // of a chaser: the lines of letter_write_item()
    bool gives_residence; // the vendor needs to know it
    bool post;            // it goes on paper: with addresses and the day
    bool mail;            // it goes as a mail
    bool agent;           // the library sends it for the person
    date today, sent, received, due, extension_notice, identity_requested, refused, appeal_sent, authorised;
    const char *due_cite;
    bool acknowledgement_due; // `due` was the day of the confirmation of receipt, not of the answer
    bool appeal_due;          // it was that of the answer to the appeal
    bool extension_late; // the notice came too late
};

struct letter {
    struct text subject; // one line
    struct text text;    // lines of at most 72 characters
    struct text body;    // the same with a paragraph on each line
};

// False, with the field at fault, when something is missing that such a letter needs or holds what must not
// stand in a letter; nothing is to be released then. Release the letter with letter_release().
bool letter_write(const struct letters *letters, const struct letter_question *question,
                  struct letter *letter, struct error *error);
void letter_release(struct letter *letter);
// Appends the line of a chaser that is about this request, which was sent and is overdue. False: what is missing.
bool letter_write_item(const struct letters *letters, const struct letter_question *question, struct text *out, struct error *error);

// Whether such a letter goes to the authority and not to the vendor.
bool letter_is_to_authority(const struct letters *letters, enum letter_kind kind, const char *right,
                            const struct law *law);

// Whether the law names an authority that a complaint can be written to.
bool letter_names_authority(const struct law *law);

// Appends a citation of a law's file without what it says to its readers: "art. 21(2)-(3) (direct marketing)"
// is cited as "art. 21(2)-(3)".
void letter_cite(const char *cite, struct text *out);

#endif
