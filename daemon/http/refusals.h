// SPDX-License-Identifier: GPL-3.0-or-later
// Refused access, for the audit log. Written in a call of its own once the answer is on its way, since the act refused is rolled back
// or never began; of each source only so many a minute (audit.refusals_per_minute), the others being counted in the next entry.
#ifndef HTTP_REFUSALS_H
#define HTTP_REFUSALS_H

#include <uv.h>

#include "http/exchange.h"

struct refusals;

struct refusals *refusals_new(uv_loop_t *loop, struct service *service); // NULL without memory
// `who` is an account, or nobody; then `source` tells callers apart ("uid:" or "address:" and a keyed hash, or "none") and the entry
// goes into the system's log.
void refusals_note(struct refusals *refusals, const struct principal *who, const char *source, const char *operation, int status);
void refusals_flush(struct refusals *refusals); // dsrd stops: what has only been counted is written
void refusals_free(struct refusals *refusals);  // after the database has stopped; NULL is fine

#endif
