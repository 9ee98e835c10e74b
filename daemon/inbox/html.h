// SPDX-License-Identifier: GPL-3.0-or-later
// The words of a page of HTML, for mails that have nothing else. Pure.
#ifndef INBOX_HTML_H
#define INBOX_HTML_H

#include "shared/text.h"

// Appends the text without tags, scripts and styles; a paragraph becomes a line. Any input is taken.
void html_to_text(const char *html, struct text *out);

#endif
