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

// In the order of from_words.
static const char *const from_texts[] = {"receipt by the vendor",
                                  "receipt by the vendor",
                                  "the vendor made sure who is asking",
                                  "the request was entered on the state's platform",
                                  "the vendor fetched the request from the platform",
                                  "the vendor reported the deletion",
                                  "the vendor received the appeal",
                                  "the vendor received the complaint",
                                  "the complaint was sent",
                                  "the vendor received the withdrawal of consent",
                                  "the vendor received the grievance",
                                  "the vendor decided what to do",
                                  "the vendor refused",
                                  "the vendor refused, or its time ran out",
                                  "the law was broken",
                                  "the act, or its discovery",
                                  "the data were no longer needed",
                                  "the person learned of it",
                                  "the last contact",
                                  "the vendor asked for a fee",
                                  NULL};

// In the order of right_words.
static const char *const right_texts[] = {"access",  "deletion", "correction", "portability", "opt-out", "limit on sensitive data",
                                          "restriction or objection", "list of third parties", "complaint", "automated decisions", NULL};

const char *right_text(const char *right)
{
    for (int i = 0; right_words[i] != NULL; i++)
        if (strcmp(right_words[i], right) == 0)
            return right_texts[i];
    return right;
}

const char *from_text(const char *from)
{
    for (int i = 0; from_words[i] != NULL; i++)
        if (strcmp(from_words[i], from) == 0)
            return from_texts[i];
    return from;
}

int confidence_rank(const char *confidence)
{
    int rank = CONFIDENCE_SURE;
    while (rank < CONFIDENCE_UNSURE && strcmp(confidence_words[rank], confidence) != 0)
        rank++;
    return rank;
}

bool word_is_in(const char *word, const char *const *words)
{
    for (int i = 0; words[i] != NULL; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

bool clock_acknowledges(const char *id)
{
    return word_is_in(id, (const char *const[]){"ack", "complaint_ack", NULL});
}

bool clock_is_shown_only(const char *id)
{
    return word_is_in(id, (const char *const[]){"transfer", "respond_simple", "suit_wait", NULL});
}
