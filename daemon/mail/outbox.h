// SPDX-License-Identifier: GPL-3.0-or-later
// The mailer's side of the outbox in PostgreSQL: one connection, each wait on which has an end, and a session lock that says this mailer is alive.
#ifndef MAIL_OUTBOX_H
#define MAIL_OUTBOX_H

#include <jansson.h>

#include "config/config.h"
#include "vault/vault.h"

struct outbox;

struct outbox *outbox_new(const struct config *config, const char *conninfo, struct error *error);
void outbox_free(struct outbox *outbox);

// Connects if the connection is not there. A new connection is a new incarnation: what the old one held is recovered by the database.
bool outbox_connect(struct outbox *outbox, struct error *error);
// Whether the database still serves this mailer: it may have been brought to a newer version since. See session_serves().
bool outbox_serves(struct outbox *outbox, struct error *error);
const char *outbox_incarnation(const struct outbox *outbox);

// Each gives the function's answer (new reference), or NULL: then the connection may be gone, and outbox_connect() comes next.
// `wait_ms` in the answer to a lease: by the rate of mails the next turn comes then. The messages leased are of one library; the other three are about it, until messages of another one are leased.
json_t *outbox_lease(struct outbox *outbox, struct error *error);
json_t *outbox_begin(struct outbox *outbox, const json_t *begin, struct error *error);
json_t *outbox_verdict(struct outbox *outbox, const json_t *verdict, struct error *error);
json_t *outbox_release(struct outbox *outbox, struct error *error);
// Whether the key ring {mark, keys} is the one of this database: {same, conflicts}.
json_t *outbox_ring(struct outbox *outbox, const json_t *ring, struct error *error);

// Waits until somebody says that there is mail, a signal comes, or the time is over.
void outbox_wait(struct outbox *outbox, int timeout_ms);

#endif
