// SPDX-License-Identifier: GPL-3.0-or-later
// Where mails come from: a Maildir or an IMAP folder. One mail at a time, which stays where it is until it is stored.
#ifndef INBOX_SOURCE_H
#define INBOX_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "shared/text.h"

enum { SHA256_HEX = 65, SOURCE_NAME_SIZE = 301 };

struct source_mail {
    int descriptor; // of a file with the mail, to be read from its beginning
    int64_t size;
    bool cut;       // longer than inbox.max_bytes: only so much is there
    char sha256[SHA256_HEX];
    char came_at[32]; // RFC 3339, as the mail server or the file says; "" when it does not
    char *path;       // of a Maildir: the file; owned
    int64_t uid, uidvalidity; // of an IMAP folder; 0 otherwise
};

enum source_result { SOURCE_MAIL, SOURCE_NONE, SOURCE_FAILED };

struct source_mark { // how far an IMAP folder has been read; zero: not at all
    int64_t uidvalidity, uid;
};

struct source;

// NULL with an error when the configuration cannot be used.
struct source *source_new(const struct config *config, struct error *error);
void source_free(struct source *source);
const char *source_name(const struct source *source); // by which the database knows its mark; "" for a Maildir

// Looks for mails beyond the mark. False: the mailbox is not reachable now.
bool source_look(struct source *source, const struct source_mark *mark, struct error *error);
// The next one of those found. Release it in any case.
enum source_result source_next(struct source *source, struct source_mail *mail, struct error *error);
// It is stored: it need not be read again.
bool source_done(struct source *source, const struct source_mail *mail, struct error *error);
void source_mail_release(struct source_mail *mail);

#endif
