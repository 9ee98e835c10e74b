// SPDX-License-Identifier: GPL-3.0-or-later
#include "letter/letter_words.h"

#include <stddef.h>
#include <string.h>

const char *const letter_kind_names[] = {"request",   "overdue", "extension_challenge", "identity", "appeal",
                                         "complaint", "chaser", NULL};
const char *const letter_family_names[] = {
    "gdpr",        "data_protection", "ccpa",      "us_state", "health", "shine_the_light",
    "data_broker", "library",         "voluntary", NULL};

const char *const letter_word_names[LETTER_WORD_COUNT] = {
#define X(word, kind) #word,
    LETTER_WORD_TABLE(X)
#undef X
};

const enum letter_word_kind letter_word_kinds[LETTER_WORD_COUNT] = {
#define X(word, kind) kind,
    LETTER_WORD_TABLE(X)
#undef X
};

bool letter_kind_parse(const char *name, enum letter_kind *kind)
{
    for (unsigned i = 0; letter_kind_names[i] != NULL; i++)
        if (strcmp(letter_kind_names[i], name) == 0) {
            *kind = (enum letter_kind)i;
            return true;
        }
    return false;
}
