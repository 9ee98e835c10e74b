// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/words.h"

#include <stddef.h>
#include <string.h>

const char *const confidence_words[] = {"sure", "likely", "unsure", NULL};
const char *const right_words[] = {"access",          "deletion",         "correction",       "portability", "opt_out",
                                   "limit_sensitive", "restrict_object", "third_party_list", "complaint",   "adm",
                                   NULL};
const char *const unit_words[] = {"days", "weeks", "months", "business_days", "working_days", NULL};
const char *const from_words[] = {"received",          "relevant_time",     "authenticated",  "drop_submitted",
                                  "drop_retrieved",    "drop_deleted",      "appeal_received", "complaint_received",
                                  "complaint_sent",    "revocation_received", "grievance_received", "outcome",
                                  "refused",           "refused_or_deemed", "violation",      "act_or_discovery",
                                  "no_longer_needed",  "known",             "last_contact",   "fee_requested",     NULL};
const char *const when_words[] = {"designated_address", "other_address", "agency", NULL};
const char *const party_words[] = {"vendor", "requester", NULL};
const char *const kind_words[] = {"statute", "voluntary", "confidentiality", "register", NULL};
const char *const coverage_words[] = {"thresholds", "nonprofits", "higher_ed", "government", "note", NULL};
const char *const strength_words[] = {"statute_text", "official_page", "secondary_two_or_more", "secondary_one", "none", NULL};

bool word_is_in(const char *word, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

char *words_copy(const char *text)
{
    return text != NULL ? strdup(text) : NULL;
}
