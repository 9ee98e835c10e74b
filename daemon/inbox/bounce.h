// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a mail says that another one was not delivered, and whether it was for good. Pure.
#ifndef INBOX_BOUNCE_H
#define INBOX_BOUNCE_H

#include "inbox/reply.h"

enum bounce { BOUNCE_NONE, BOUNCE_HARD, BOUNCE_SOFT, BOUNCE_REPORT };

// `own`: its text without what is quoted or returned (reply_own_words); `subject` and `words`: that, folded as phrases_fold does.
// The report of RFC 3464 is believed first. Without one several signs must agree: no single word makes a bounce.
enum bounce bounce_of(const struct reply *reply, const char *subject, const char *own, const char *words);

#endif
