// SPDX-License-Identifier: GPL-3.0-or-later
// A document that groff makes a PDF of: a letter, or headings, paragraphs, label and value, and text kept line by line. Whatever the text holds, groff
// sees no request or escape in it.
#ifndef CLIENT_PDF_H
#define CLIENT_PDF_H

#include <stdbool.h>

#include "shared/error.h"

struct pdf;

struct pdf *pdf_new(const char *title); // of what is filed; NULL without memory
struct pdf *pdf_new_letter(const char *body); // what is posted: a paragraph on each line, "- " before what is listed; the same
void pdf_free(struct pdf *pdf);         // NULL is fine

void pdf_heading(struct pdf *pdf, const char *text);
void pdf_paragraph(struct pdf *pdf, const char *text);
void pdf_pair(struct pdf *pdf, const char *label, const char *value); // a short label; NULL value: nothing
void pdf_lines(struct pdf *pdf, const char *text);                    // as it stands, each line a line, such as a letter
void pdf_page(struct pdf *pdf);                                       // what follows begins a new page

// Writes the file, which must not be there yet unless `replace`. `paper`: "a4" or "letter"; NULL: groff's own. Fails with a sentence: groff is
// missing, or the file cannot be written; then there is no file.
bool pdf_write(struct pdf *pdf, const char *path, const char *paper, bool replace, struct error *error);

#endif
