// SPDX-License-Identifier: GPL-3.0-or-later
// The words law files may use: one list each, NULL-terminated, in the order of the enums beside them.
#ifndef LAW_WORDS_H
#define LAW_WORDS_H

#include <stdbool.h>

extern const char *const confidence_words[]; // sure, likely, unsure: from strong to weak
enum { CONFIDENCE_SURE, CONFIDENCE_LIKELY, CONFIDENCE_UNSURE };
int confidence_rank(const char *confidence); // the higher, the weaker

extern const char *const right_words[]; // access ... adm
extern const char *const unit_words[];
enum unit { UNIT_DAYS, UNIT_WEEKS, UNIT_MONTHS, UNIT_BUSINESS_DAYS, UNIT_WORKING_DAYS };

// What a clock may count from: events, and the two computed days relevant_time (the latest of receipt, proof of
// identity and fee) and refused_or_deemed (the refusal, or the day an answer was due and did not come).
extern const char *const from_words[];
const char *right_text(const char *right); // a right as a person reads it: "restriction or objection"
const char *from_text(const char *from); // one of them as a person reads it: "the vendor received the appeal"
extern const char *const when_words[]; // designated_address, other_address, agency
extern const char *const party_words[];

// statute; voluntary (a vendor's own rules: courtesy dates); confidentiality (forbids, gives little to ask for);
// register (only tells where to find an address).
extern const char *const kind_words[];
enum law_kind { LAW_STATUTE, LAW_VOLUNTARY, LAW_CONFIDENTIALITY, LAW_REGISTER };

extern const char *const coverage_words[]; // thresholds, nonprofits, higher_ed, government, note
enum coverage { COVERAGE_THRESHOLDS, COVERAGE_NONPROFITS, COVERAGE_HIGHER_ED, COVERAGE_GOVERNMENT, COVERAGE_NOTE, COVERAGE_COUNT };

extern const char *const strength_words[]; // how strong a reading is: statute_text ... none

// Whether a clock of this id is that of the confirmation of receipt, not of an answer.
bool clock_acknowledges(const char *id);

// Whether nobody is late by the end of a clock of this id, nor reminded of it: it is shown and explained, and the answer has another one or none.
// `transfer` is over only for who does not hold the data (Privacy Act 2020 (NZ), s 43), `respond_simple` is one of two answers, and the person
// may wait for the other (LGPD, art. 19 I and II), and `suit_wait` is the person's wait before a suit (APPI, art. 39(1)).
bool clock_is_shown_only(const char *id);

bool word_is_in(const char *word, const char *const *words);

#endif
