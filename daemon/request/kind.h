// SPDX-License-Identifier: GPL-3.0-or-later
// Which events fit the kind of a request and where it stands: what the table of events alone cannot say. Pure.
#ifndef REQUEST_KIND_H
#define REQUEST_KIND_H

#include <stdbool.h>
#include <stddef.h>

#include "law/clock.h"
#include "shared/error.h"

// Whether `event` on `on` fits a request of that right under that law: an appeal or, where the law says so, a silence that counts as a
// refusal only after the vendor's time or its answer, an answer to a complaint only after one, the state's platform only for what it takes. `events` holds the event too, and
// `answer` was computed with it. False: one sentence says what is allowed.
bool kind_check(const struct law *law, const char *right, struct law_event event, const struct law_event *events, size_t event_count,
                const struct clock_answer *answer, struct error *error);

#endif
