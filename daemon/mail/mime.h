// SPDX-License-Identifier: GPL-3.0-or-later
// The form of a mail on the wire: quoted-printable, encoded words, folded headers, CRLF. Pure.
#ifndef MAIL_MIME_H
#define MAIL_MIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/text.h"

// Appends UTF-8 text with \n line ends as quoted-printable with CRLF: lines of at most 76 characters, no line that begins with a dot,
// no white space at an end (RFC 2045, 6.7).
void mime_quoted_printable(struct text *out, const char *text);

// Appends "Name: value" CRLF. What is not ASCII becomes encoded words (RFC 2047); long lines are folded at spaces. Control characters become
// spaces: a header is never split.
void mime_header(struct text *out, const char *name, const char *value);

// From or Reply-To: "Name <address>"; the name may be empty. The address is ASCII.
void mime_header_mailbox(struct text *out, const char *name, const char *display_name, const char *address);

// "Tue, 24 Nov 2026 08:00:00 -0500" (RFC 5322, 3.3) of that instant, in the zone.
enum { MIME_DATE_SIZE = 40 };
void mime_date(int64_t instant, const char *zone, char text[MIME_DATE_SIZE]);

#endif
