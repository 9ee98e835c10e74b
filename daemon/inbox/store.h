// SPDX-License-Identifier: GPL-3.0-or-later
// What dsrd-inbox says to the database, as the role dsrd_inbox, which may do nothing else. One connection, each wait on which has an end.
#ifndef INBOX_STORE_H
#define INBOX_STORE_H

#include <jansson.h>

#include "inbox/source.h"

struct store;

struct store *store_new(const struct config *config, const char *conninfo, struct error *error);
void store_free(struct store *store);

// Connects if the connection is not there, and asks whether the database serves this dsrd (session_serves()).
bool store_connect(struct store *store, struct error *error);
bool store_mark(struct store *store, const char *source, struct source_mark *mark, struct error *error);
// Stores the mail and moves the mark in one transaction. The database's answer, a new reference; NULL on failure.
json_t *store_put(struct store *store, const char *source, const struct source_mail *mail, json_t *description, struct error *error);

#endif
