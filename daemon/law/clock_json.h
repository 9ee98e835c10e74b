// SPDX-License-Identifier: GPL-3.0-or-later
// The answer of clocks_compute() as JSON, one shape for `dsr due`, the API and the database.
#ifndef LAW_CLOCK_JSON_H
#define LAW_CLOCK_JSON_H

#include <jansson.h>

#include "law/clock.h"

// {"received","received_assumed","clocks":[{clock,party,state,due,earliest,latest,raw,extended,assumed,legal,confidence,
// cite,law_hash,steps:[{rule,text,cite,on}]}],"extension":{"valid","notice_by","until"},"next_free_from"};
// dates ISO or null; extension.valid is true, false or null (no notice). New reference; NULL without memory.
json_t *clock_answer_to_json(const struct clock_answer *answer);

#endif
