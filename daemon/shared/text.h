// SPDX-License-Identifier: GPL-3.0-or-later
// A growing string, strict parsing of numbers, and checks on text that comes from outside.
#ifndef SHARED_TEXT_H
#define SHARED_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// A growing string. Zero-initialise it; text is NULL until the first append, and always NUL-terminated after.
// When memory ran out `failed` is set, later appends do nothing, and text_take() gives NULL:
// so a caller checks once, at the end.
struct text {
    char *text;
    size_t length;
    size_t size;
    bool failed;
};

void text_append(struct text *text, const char *string);
void text_append_bytes(struct text *text, const char *bytes, size_t length);
void text_append_char(struct text *text, char character);
void text_format(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_clear(struct text *text);   // length 0, memory kept
void text_release(struct text *text); // memory freed
char *text_take(struct text *text);   // moves the string out; the caller frees it; NULL when memory ran out

// The length of the UTF-8 character at `bytes` (1 to 4), or 0 when it is not valid UTF-8
// (overlong, surrogate, beyond U+10FFFF, cut off).
size_t text_utf8_character(const char *bytes, size_t length);
bool text_is_utf8(const char *bytes, size_t length);

// True for C0, DEL, C1, U+2028/2029 and the bidirectional controls (U+200E/F, 202A-E, 2066-9, 061C):
// nothing a person types in a name, and what header injection and display tricks are made of.
bool text_has_controls(const char *bytes, size_t length, bool allow_newline_and_tab);

// Strict decimal, the whole string, within [minimum, maximum].
bool text_to_integer(const char *string, int64_t minimum, int64_t maximum, int64_t *result);

bool text_is(const char *text, const char *other); // NULL `text` is nothing
bool text_is_one_of(const char *text, const char *const *list); // the list ends with NULL
bool text_equal_ignoring_case(const char *a, const char *b); // ASCII case only

// Damerau-Levenshtein (optimal string alignment) distance, case-insensitive, for "did you mean"; at most 64 bytes of each count.
unsigned text_distance(const char *a, const char *b);

#endif
