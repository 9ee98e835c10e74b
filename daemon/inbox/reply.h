// SPDX-License-Identifier: GPL-3.0-or-later
// What is read of a mail that came back: enough to find its request and to say what kind of mail it is. Everything has a limit; what is
// beyond it is left out and `cut` says so.
#ifndef INBOX_REPLY_H
#define INBOX_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include "mail/address.h"
#include "request/reference.h"
#include "shared/reply_token.h"
#include "shared/text.h"

enum {
    REPLY_TOKENS = 32,
    REPLY_IDS = 64,
    REPLY_ID_SIZE = 301,
    REPLY_REFERENCES = 8,
    REPLY_DELIVERIES = 32,
    REPLY_TEXT_MAXIMUM = 65536,
    REPLY_SUBJECT_MAXIMUM = 2000,
    REPLY_WORD_SIZE = 48,
    REPLY_MEDIA_TYPES = 20,
};

// One recipient's part of a delivery report (RFC 3464).
struct delivery {
    char action[REPLY_WORD_SIZE]; // failed, delayed, delivered, relayed, expanded; "" when it does not say
    char status[REPLY_WORD_SIZE]; // "5.1.1"
    char diagnostic[1024];        // what the other server said
};

struct reply {
    char tokens[REPLY_TOKENS][REPLY_TOKEN_SIZE]; // those of recipients first, then those found elsewhere
    size_t token_count;
    char ids[REPLY_IDS][REPLY_ID_SIZE]; // messages this one answers or returns, with < and >
    size_t id_count;
    char references[REPLY_REFERENCES][REFERENCE_SIZE]; // of requests, in the subject
    size_t reference_count;

    char sender[ADDRESS_ASCII_SIZE]; // address in From; may be empty. Never stored
    struct text subject;             // UTF-8
    struct text text;                // UTF-8: what the mail says, without attachments

    char auto_submitted[REPLY_WORD_SIZE], precedence[REPLY_WORD_SIZE]; // lower case, without parameters
    bool null_return_path;   // the envelope had no sender: never an answer of a person
    bool autoreply_header;   // one of those that only autoresponders set
    bool vacation_header;    // one of those that only an absence sets
    bool returned;           // another mail, or its headers, is attached
    bool failed_header;      // X-Failed-Recipients: a server returns a mail
    bool disposition_report; // a receipt: the mail was read, or deleted unread
    bool feedback_report;    // a complaint by a mail provider's machine
    struct delivery deliveries[REPLY_DELIVERIES];
    size_t delivery_count;

    char media_types[REPLY_MEDIA_TYPES][REPLY_WORD_SIZE * 2]; // of leaf parts, each once
    size_t media_type_count;
    bool cut;
};

void reply_release(struct reply *reply); // what it holds, not the struct

// Adders that keep to the limits and leave out what is there already.
void reply_add_token(struct reply *reply, const char *text, size_t length); // if it is one
void reply_add_id(struct reply *reply, const char *text, size_t length);
void reply_add_media_type(struct reply *reply, const char *type, const char *subtype);

// Looks through a header or text of any syntax: for tokens in addresses, for message ids in < >, for references of requests.
void reply_scan_tokens(struct reply *reply, const char *text);
void reply_scan_ids(struct reply *reply, const char *text);
void reply_scan_references(struct reply *reply, const char *text);

// The last address in a header such as From; "" when there is none.
void reply_scan_sender(struct reply *reply, const char *text);

// The domain of the sender in lower case, or "".
void reply_sender_domain(const struct reply *reply, char domain[ADDRESS_ASCII_SIZE]);

// Appends what was before "----- original message -----" and the like, without quoted lines: the words of whoever wrote.
void reply_own_words(const char *text, struct text *out);

#endif
