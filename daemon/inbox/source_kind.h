// SPDX-License-Identifier: GPL-3.0-or-later
// What each kind of source brings; source.c chooses.
#ifndef INBOX_SOURCE_KIND_H
#define INBOX_SOURCE_KIND_H

#include "inbox/source.h"

struct source_kind {
    bool (*look)(void *state, const struct source_mark *mark, struct error *error);
    enum source_result (*next)(void *state, struct source_mail *mail, struct error *error);
    bool (*done)(void *state, const struct source_mail *mail, struct error *error);
    void (*free)(void *state);
};

extern const struct source_kind maildir_kind, imap_kind;
void *maildir_open(const struct config *config, struct error *error);
void *imap_open(const struct config *config, char name[SOURCE_NAME_SIZE], struct error *error);

// Hashes the file, at most `maximum` bytes of it, and notes its size.
bool source_mail_measure(struct source_mail *mail, int64_t maximum, struct error *error);

#endif
