// SPDX-License-Identifier: GPL-3.0-or-later
// Which letter the state of a request calls for: the one that is written when none is named, and the one that an answer says is next. Pure.
#ifndef HTTP_LETTER_CALLED_FOR_H
#define HTTP_LETTER_CALLED_FOR_H

#include <jansson.h>

#include "law/catalogue.h"
#include "letter/letter_words.h"

// `status` and `next` are those of dsr.status_of() and dsr.next_json().
enum letter_kind letter_called_for(const struct law *law, const char *status, const json_t *next);

// Adds to the `next` of an answer {"request", "next"}: `letter`, its kind, or null where none can be written; and `may_complain`, whether
// the law names an authority that a complaint can be written to.
void letter_called_for_add(const struct catalogue *catalogue, json_t *answer);

#endif
