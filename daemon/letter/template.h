// SPDX-License-Identifier: GPL-3.0-or-later
// Templates of letters: text with {words} and {if ...}. What is wrong with one is found when it is read, with
// file and line; a word that may be empty is refused outside an {if} that asks for it, so that no letter has
// an empty place. Pure.
//
//   {word}               filled in
//   {if word}            until {else} or {end}, when the word is not empty; {if not word}
//   {if family = a b}    when it is one of these; {if not family = a}; of family, kind and right
//   # ...                a line for who reads the template
//   ... \                a line that ends with a backslash ends there in the letter too; others are filled to
//   paragraphs
#ifndef LETTER_TEMPLATE_H
#define LETTER_TEMPLATE_H

#include "letter/letter_words.h"
#include "shared/error.h"
#include "shared/text.h"

// In what templates give: the end of a line that is kept as it is. No value may hold it.
enum { TEMPLATE_BREAK = '\x01' };

struct letter_template;

// Reads a template. `known`: words that may stand in it; `always`: those of them that are never empty.
// `has_subject`: the first line is "Subject: ...". `name` and line stand in the error. NULL then;
// template_free() the result.
struct letter_template *template_parse(const char *text, const char *name, letter_word_set known,
                                letter_word_set always, bool has_subject, struct error *error);
void template_free(struct letter_template *template);

struct template_values {
    const char *texts[LETTER_WORD_COUNT]; // NULL or "": empty; a flag is set when not NULL
    enum letter_family family;
    enum letter_kind kind;
    int right; // index in right_words
};

// Appends the filled template; line feeds within values become TEMPLATE_BREAK, except in the word `body`,
// which was laid out before.
void template_fill(const struct letter_template *template, const struct template_values *values, struct text *out);
// The same of the subject line.
void template_fill_subject(const struct letter_template *template, const struct template_values *values,
                           struct text *out);

#endif
