// SPDX-License-Identifier: GPL-3.0-or-later
// A question to the law engine as `dsr due` takes it: from the command line, or from one JSON object of a batch.
#ifndef CLIENT_DUE_QUESTION_H
#define CLIENT_DUE_QUESTION_H

#include <jansson.h>

#include "client/arguments.h"
#include "law/clock.h"

// {"law", "right", "received", "events": [{"event", "on"}], "calendar", "zone", "channel_kind", "days", "id"}. The identifiers of the test vectors
// (request_type, received_at, type, tz, when) are taken too, and an event may be written NAME=DATE as on the command line.
json_t *due_question_from_arguments(const struct arguments *arguments, struct error *error);

// The answer in the shape of clock_answer_to_json(), with the id of the question if it had one; NULL and an error.
json_t *due_question_answer(const struct catalogue *catalogue, const json_t *question, struct error *error);

#endif
