// SPDX-License-Identifier: GPL-3.0-or-later
// What creating and changing a request share: reading the snapshot, the idempotency key, sealing notes, the final answer.
#ifndef HTTP_REQUEST_WRITE_H
#define HTTP_REQUEST_WRITE_H

#include "http/exchange.h"
#include "http/request_work.h"

// How often a write is worked out anew because somebody else was faster: as many as may well write for one subject at once.
enum { WRITE_TRIES = 20 };

// {"key","body_hash"} from the Idempotency-Key header, null without one; NULL: error (a key that cannot be one). The hash is keyed, and is
// one of the call as a whole: operation, path and body.
json_t *request_write_idempotency(const struct exchange *exchange, struct error *error);

// One event as the SQL functions take it; the note is sealed for this row. NULL: error. `detail` is taken.
json_t *request_write_event(const struct exchange *exchange, const char *event, date on, const char *note, const char *outcome,
                            const char *reason, json_t *detail, struct error *error);

// Answers with where the request stands and, as a write does, with the letter that it calls for.
void request_write_status(struct exchange *exchange, int status, const char *reference);

// The whole answer for a call that was done before, when `snapshot` says so: true, and the exchange is answered.
bool request_write_replay(struct exchange *exchange, const json_t *snapshot);

// Answers a write: {"request", "clocks", "warnings"}, with the version as ETag.
void request_write_answer(struct exchange *exchange, int status, const char *json, size_t length, json_t *warnings);

// Answers 428 with the warnings that need `anyway`, or 409 with those that it does not help against.
void request_write_confirm(struct exchange *exchange, const struct request_work *work);

// Says by which laws a write was worked out; the database refuses it when others are in force.
void request_write_name_laws(struct exchange *exchange, json_t *write);

// Prepares a work from the vendor's document and the rest of the snapshot.
void request_write_prepare(const struct exchange *exchange, struct request_work *work, const json_t *snapshot);

#endif
