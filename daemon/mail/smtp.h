// SPDX-License-Identifier: GPL-3.0-or-later
// One mail through the relay with libcurl. Blocking; the connection is kept for the next one.
#ifndef MAIL_SMTP_H
#define MAIL_SMTP_H

#include "config/config.h"
#include "mail/verdict.h"
#include "shared/text.h"

struct smtp;
// Reads the credentials file. The caller owns the result.
struct smtp *smtp_new(const struct config *config, struct error *error);
// Calls `turned(context)` about once a second while a transfer is under way, however slow the relay: libcurl's loop turns, and heeds its time-outs.
void smtp_on_turn(struct smtp *smtp, void (*turned)(void *context), void *context);
void smtp_free(struct smtp *smtp);

struct smtp_result {
    struct outcome_of_transfer outcome;
    char reply[512];   // the relay's last line
    char queue_id[100]; // after "queued as", if it says so
};

// From this moment of elapsed_with_sleep_ms() on no more of a mail is handed over: smtp_send() then fails. 0: no such moment.
void smtp_hold_until(struct smtp *smtp, int64_t until_ms);

// Hands the bytes over for one recipient (ASCII address), from `sender` (NULL: mail.from). Refuses, with an error and nothing sent, what must never reach the wire: bare CR
// or LF, or an address with characters that could end it.
bool smtp_send(struct smtp *smtp, const char *sender, const char *recipient, const struct text *bytes, struct smtp_result *result, struct error *error);

#endif
