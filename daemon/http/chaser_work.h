// SPDX-License-Identifier: GPL-3.0-or-later
// Working out one letter about all that a vendor has not answered in time, from what the database holds. It names requests by reference, and no
// person. No I/O.
#ifndef HTTP_CHASER_WORK_H
#define HTTP_CHASER_WORK_H

#include "http/exchange.h"
#include "http/letter_work.h"

enum { CHASER_REQUESTS_MAXIMUM = 40 };

// Strings are borrowed from the state and the body.
struct chaser_work {
    struct exchange *exchange;
    const json_t *state; // of api.chase_state()
    const char *language, *details;
    const char *channel, *address; // an e-mail of the vendor's; NULL when it has none that anybody may use
    struct letter letter;
    struct text items[CHASER_REQUESTS_MAXIMUM]; // the line of each request
    size_t count;
    char hash[LETTER_HASH_HEX]; // of all that is approved
};

// Writes the letter that the body {lang, details} asks for. False: what is wrong; release in any case.
bool chaser_work_make(struct chaser_work *work, const json_t *body, struct error *error);
void chaser_work_release(struct chaser_work *work);

// What is shown: {"vendor", "requests", "subject", "text", "body", "address", "sends", "hash", "left_out" ...}. New reference.
json_t *chaser_work_describe(const struct chaser_work *work);
// As api.chase_queue() takes it, but for the envelope: each request's record gets the letter with its own line only. New reference or NULL.
json_t *chaser_work_row(const struct chaser_work *work, struct error *error);

#endif
