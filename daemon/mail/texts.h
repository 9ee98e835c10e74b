// SPDX-License-Identifier: GPL-3.0-or-later
// The words of the mails, as a library may edit them: etc/mail/en/*.txt and phrases.conf. Words in braces are filled in.
#ifndef MAIL_TEXTS_H
#define MAIL_TEXTS_H

#include <stdbool.h>

#include "shared/error.h"
#include "shared/text.h"

// The texts right_* stand in the order of right_words, those told_* in the order in which next_* begin.
// name, whether it is a file of its own (else a line of phrases.conf), the words in braces it may use
#define TEXT_TABLE(X)                                                                                        \
    X(reminder, true, "library day items digest contact stop")                                                   \
    X(item, true, "ref vendor right law subject what why next command")                                     \
    X(reminder_told, true, "library day items contact stop")                                                     \
    X(item_told, true, "ref vendor right law what why next library")                                        \
    X(digest, true, "library lines least")                                                                  \
    X(audit, true, "library entries refused lines")                                                         \
    X(test, true, "library day contact")                                                                    \
    X(subject_one, false, "ref")                                                                            \
    X(subject_many, false, "count refs")                                                                    \
    X(subject_digest, false, "")                                                                            \
    X(subject_audit, false, "entries")                                                                      \
    X(subject_test, false, "")                                                                              \
    X(digest_line, false, "vendor overdue due_soon")                                                        \
    X(digest_none, false, "")                                                                               \
    X(count_least, false, "count")                                                                          \
    X(count_few, false, "count")                                                                            \
    X(contact, false, "contact")                                                                            \
    X(stop_link, false, "link")                                                                             \
    X(day_one, false, "")                                                                                   \
    X(day_many, false, "days")                                                                              \
    X(what_late, false, "vendor duty due days")                                                             \
    X(what_due, false, "vendor duty due days")                                                              \
    X(what_due_today, false, "vendor duty due")                                                             \
    X(what_own, false, "clock due days")                                                                    \
    X(what_own_today, false, "clock due")                                                                   \
    X(what_own_over, false, "clock due days")                                                               \
    X(what_wanted, false, "")                                                                               \
    X(what_replied, false, "vendor")                                                                        \
    X(what_bounced, false, "vendor")                                                                        \
    X(why_law, false, "law cite")                                                                           \
    X(why_courtesy, false, "law")                                                                           \
    X(why_wanted, false, "law")                                                                             \
    X(why_assumed, false, "")                                                                               \
    X(why_unsure, false, "")                                                                                \
    X(next_answer_late, false, "vendor")                                                                    \
    X(next_do_late, false, "vendor")                                                                        \
    X(next_acknowledgement_late, false, "vendor")                                                           \
    X(next_due, false, "vendor")                                                                            \
    X(next_own, false, "vendor clock")                                                                      \
    X(next_wanted, false, "vendor")                                                                         \
    X(next_asked, false, "vendor")                                                                          \
    X(next_answered, false, "vendor")                                                                       \
    X(next_draft, false, "vendor")                                                                          \
    X(next_replied, false, "vendor")                                                                        \
    X(next_bounced, false, "vendor")                                                                        \
    X(told_answer_late, false, "vendor")                                                                    \
    X(told_do_late, false, "vendor")                                                                        \
    X(told_acknowledgement_late, false, "vendor")                                                           \
    X(told_due, false, "vendor")                                                                            \
    X(told_own, false, "vendor clock")                                                                      \
    X(told_wanted, false, "vendor")                                                                         \
    X(told_asked, false, "vendor")                                                                          \
    X(told_answered, false, "vendor")                                                                       \
    X(told_draft, false, "vendor")                                                                          \
    X(duty_answer, false, "")                                                                               \
    X(duty_do, false, "")                                                                                   \
    X(duty_confirm, false, "")                                                                              \
    X(duty_confirm_complaint, false, "")                                                                    \
    X(duty_appeal, false, "")                                                                               \
    X(duty_complaint, false, "")                                                                            \
    X(duty_fetch, false, "")                                                                                \
    X(right_access, false, "")                                                                              \
    X(right_deletion, false, "")                                                                            \
    X(right_correction, false, "")                                                                          \
    X(right_portability, false, "")                                                                         \
    X(right_opt_out, false, "")                                                                             \
    X(right_limit_sensitive, false, "")                                                                     \
    X(right_restrict_object, false, "")                                                                     \
    X(right_third_party_list, false, "")                                                                    \
    X(right_complaint, false, "")                                                                           \
    X(right_adm, false, "")

enum text_name {
#define X(name, file, words) TEXT_##name,
    TEXT_TABLE(X)
#undef X
    TEXT_COUNT
};

struct texts;

// Reads and checks a folder; the error names file and line. The caller owns the result.
struct texts *texts_load(const char *folder, struct error *error);
void texts_free(struct texts *texts);

struct text_field {
    const char *word;
    const char *value;
};

// Appends the text with its words filled in; the list ends with a NULL word.
void texts_fill(const struct texts *texts, enum text_name name, const struct text_field *fields, struct text *out);

#endif
