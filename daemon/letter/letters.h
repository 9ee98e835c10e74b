// SPDX-License-Identifier: GPL-3.0-or-later
// The templates of letters, as a library may edit them: etc/letters. Read and checked as a whole; immutable
// after.
#ifndef LETTER_LETTERS_H
#define LETTER_LETTERS_H

#include <stddef.h>

#include "law/catalogue.h"
#include "letter/template.h"
#include "shared/date.h"
#include "shared/error.h"

struct letters;
struct letter_language; // one folder of it

// Reads the folder: families.conf, and each language's folder. The error names file and line. The caller owns
// the result.
struct letters *letters_load(const char *folder, struct error *error);
void letters_free(struct letters *letters);

// The language of that code ("es"); NULL, and an error that names those that there are.
const struct letter_language *letters_language(const struct letters *letters, const char *code,
                                               struct error *error);
size_t letters_language_count(const struct letters *letters);
const char *letters_language_code(const struct letters *letters, size_t index);

// Whether families.conf and the languages speak of laws only that there are.
bool letters_match(const struct letters *letters, const struct catalogue *catalogue, struct error *error);

// Which letters a law has: as families.conf says, else by its kind and where it holds.
enum letter_family letters_family(const struct letters *letters, const struct law *law);

const struct letter_template *language_template(const struct letter_language *language, enum letter_kind kind,
                                         int right);
const struct letter_template *language_frame(const struct letter_language *language);
const struct letter_template *language_item(const struct letter_language *language); // a line of a chaser
const struct letter_template *language_basis(const struct letter_language *language); // "the {law}, {cite}"
const char *language_right(const struct letter_language *language, int right);
const char *
language_own_policy(const struct letter_language *language); // what stands for the law where there is none
const char *language_place(const struct letter_language *language,
                           const char *place); // "Virginia" for US-VA, or NULL
struct law_words {
    const char *id, *name, *short_name, *authority; // NULL: as the law's file has it
};
const struct law_words *language_law(const struct letter_language *language, const char *id); // or NULL
void language_date(const struct letter_language *language, date day, struct text *out);

#endif
