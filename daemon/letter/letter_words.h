// SPDX-License-Identifier: GPL-3.0-or-later
// The words that templates of letters may use. etc/letters/README.md explains each to who edits them.
#ifndef LETTER_LETTER_WORDS_H
#define LETTER_LETTER_WORDS_H

#include <stdbool.h>
#include <stdint.h>

enum letter_word_kind {
    WORD_TEXT, // filled in
    WORD_FLAG, // asked for by {if ...} only
    WORD_NAME, // one of a list, compared by {if word = a b}
};

// X(word, kind)
#define LETTER_WORD_TABLE(X)                                                                                 \
    X(name, WORD_TEXT)                                                                                       \
    X(email, WORD_TEXT)                                                                                      \
    X(library, WORD_TEXT)                                                                                    \
    X(vendor, WORD_TEXT)                                                                                     \
    X(products, WORD_TEXT)                                                                                   \
    X(recipient, WORD_TEXT)                                                                                  \
    X(date, WORD_TEXT)                                                                                       \
    X(ref, WORD_TEXT)                                                                                        \
    X(right, WORD_TEXT)                                                                                      \
    X(law, WORD_TEXT)                                                                                        \
    X(law_short, WORD_TEXT)                                                                                  \
    X(cite, WORD_TEXT)                                                                                       \
    X(basis, WORD_TEXT)                                                                                      \
    X(residence, WORD_TEXT)                                                                                  \
    X(details, WORD_TEXT)                                                                                    \
    X(sent, WORD_TEXT)                                                                                       \
    X(received, WORD_TEXT)                                                                                   \
    X(due, WORD_TEXT)                                                                                        \
    X(due_cite, WORD_TEXT)                                                                                   \
    X(extension_notice, WORD_TEXT)                                                                           \
    X(extension_cite, WORD_TEXT)                                                                             \
    X(identity_requested, WORD_TEXT)                                                                         \
    X(identity_cite, WORD_TEXT)                                                                              \
    X(refused, WORD_TEXT)                                                                                    \
    X(appeal_cite, WORD_TEXT)                                                                                \
    X(appeal_sent, WORD_TEXT)                                                                                \
    X(authority, WORD_TEXT)                                                                                  \
    X(authority_url, WORD_TEXT)                                                                              \
    X(authorised, WORD_TEXT)                                                                                 \
    X(title, WORD_TEXT)                                                                                      \
    X(body, WORD_TEXT)                                                                                       \
    X(items, WORD_TEXT)                                                                                      \
    X(agent, WORD_FLAG)                                                                                      \
    X(post, WORD_FLAG)                                                                                       \
    X(mail, WORD_FLAG)                                                                                       \
    X(resident, WORD_TEXT)                                                                                   \
    X(to_authority, WORD_FLAG)                                                                               \
    X(extension_late, WORD_FLAG)                                                                             \
    X(extension_none, WORD_FLAG)                                                                             \
    X(acknowledgement_due, WORD_FLAG)                                                                        \
    X(appeal_due, WORD_FLAG)                                                                                 \
    X(family, WORD_NAME)                                                                                     \
    X(kind, WORD_NAME)

enum letter_word {
#define X(word, kind) LETTER_WORD_##word,
    LETTER_WORD_TABLE(X)
#undef X
        LETTER_WORD_COUNT
};

typedef uint64_t letter_word_set; // bits by enum letter_word
#define LETTER_BIT(word) ((letter_word_set)1 << LETTER_WORD_##word)

// What a letter is about. The names are those of the command line and the API.
enum letter_kind {
    LETTER_REQUEST,
    LETTER_OVERDUE,
    LETTER_EXTENSION_CHALLENGE,
    LETTER_IDENTITY,
    LETTER_APPEAL,
    LETTER_COMPLAINT,
    LETTER_CHASER, // about all that a vendor has not answered in time
    LETTER_KIND_COUNT
};
extern const char *const letter_kind_names[]; // NULL-terminated
bool letter_kind_parse(const char *name, enum letter_kind *kind);

// Laws whose letters differ; which law is of which family: etc/letters/families.conf.
enum letter_family {
    FAMILY_GDPR,
    FAMILY_DATA_PROTECTION, // statutes elsewhere than in the United States
    FAMILY_CCPA,
    FAMILY_US_STATE,
    FAMILY_HEALTH,
    FAMILY_SHINE_THE_LIGHT,
    FAMILY_DATA_BROKER,
    FAMILY_LIBRARY,
    FAMILY_VOLUNTARY,
    LETTER_FAMILY_COUNT
};
extern const char *const letter_family_names[]; // NULL-terminated

extern const char *const letter_word_names[LETTER_WORD_COUNT];
extern const enum letter_word_kind letter_word_kinds[LETTER_WORD_COUNT];

#endif
