// SPDX-License-Identifier: GPL-3.0-or-later
// What kind of mail came back, and which event it speaks of. Pure. A proposal only: a person confirms what is recorded.
#ifndef INBOX_CLASSIFY_H
#define INBOX_CLASSIFY_H

#include "inbox/reply.h"

enum reply_kind {
    REPLY_BOUNCE_HARD,   // the address or its domain does not exist (any more)
    REPLY_BOUNCE_SOFT,   // not delivered for another reason, which may pass
    REPLY_REPORT,        // a server's or a provider's note that is no failure: delayed, delivered, read, a complaint
    REPLY_AUTO_ACK,      // a machine says that the mail was received
    REPLY_OUT_OF_OFFICE,
    REPLY_ANSWER,        // what somebody should read
};

struct classification {
    enum reply_kind kind;
    const char *event; // proposed: a name of request/event.h; NULL: none
};

struct classification classify(const struct reply *reply);
const char *reply_kind_name(enum reply_kind kind); // "bounce_hard"

#endif
