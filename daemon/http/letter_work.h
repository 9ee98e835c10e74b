// SPDX-License-Identifier: GPL-3.0-or-later
// Working out a letter from what the database holds: which one is called for, what it says, to whom it goes
// and how. No I/O.
#ifndef HTTP_LETTER_WORK_H
#define HTTP_LETTER_WORK_H

#include <sodium.h>

#include "http/exchange.h"
#include "http/request_work.h"
#include "letter/letter.h"

enum { LETTER_HASH_HEX = 65, LETTERS_EARLIER_MAXIMUM = 20 };

// A letter while it is worked on. Strings are borrowed from the state and the body.
struct letter_work {
    struct exchange *exchange;
    const json_t *state; // of api.letter_state(), opened
    struct request_work request;
    enum letter_kind kind;
    const char *language, *details;
    struct letter letter;
    bool post; // wanted on paper, whatever the channel
    bool to_authority;
    bool patron_only;           // the channel is one that only the patron can use
    bool sends;                 // dsrd can send it by itself
    const char *route;          // email ... state_platform, authority, or unknown
    const char *address;        // of the channel, or NULL
    char hash[LETTER_HASH_HEX]; // of all that is approved: to whom, from whom, what
};

// Reads the body {kind, lang, details ...} alone: before anything is asked of the database, since what names a person is audited there.
bool letter_work_read(struct letter_work *work, const json_t *body, struct error *error);
// Writes the letter that the body {kind, lang, details} asks for. False: what is wrong; release in any case.
bool letter_work_make(struct letter_work *work, const json_t *body, struct error *error);
void letter_work_release(struct letter_work *work);

// Whether dsrd has read of the caller's library: one just added it may not know yet, and a letter names it.
bool letter_work_knows_library(struct exchange *exchange, struct error *error);

// Sets the day of the vendor's that has gone by, for the answer or else for the acknowledgement, and what it was the day of.
void letter_work_set_overdue(const struct request_work *request, struct letter_question *question);

// Adds a part of what is approved, with its length, so that none can pass for another; NULL is the same as "".
void letter_work_hash_part(crypto_hash_sha256_state *hash, const char *part);

// What is shown: {"ref", "kind", "lang", "subject", "text", "body", "route", "to", ...}. New reference.
json_t *letter_work_describe(const struct letter_work *work, struct error *error);

// The Message-IDs of the letters before that were sent, oldest first; NULL-terminated.
void letter_work_earlier(const struct letter_work *work, const char *earlier[LETTERS_EARLIER_MAXIMUM + 1]);

#endif
