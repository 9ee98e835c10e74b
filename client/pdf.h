// SPDX-License-Identifier: GPL-3.0-or-later
// A letter on paper, typeset by groff.
#ifndef CLIENT_PDF_H
#define CLIENT_PDF_H

#include <stdbool.h>

#include "shared/error.h"
#include "shared/text.h"

// Appends the letter, a paragraph on each line, as input of groff. Nothing of it can be a request to groff,
// whatever it holds. Pure.
void pdf_source(const char *body, struct text *out);

// Writes the letter to `path` (0600; replaced when it is there). False when groff is not there, or has no
// glyph for a character.
bool pdf_write(const char *body, const char *path, struct error *error);

#endif
