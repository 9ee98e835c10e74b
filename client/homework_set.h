// SPDX-License-Identifier: GPL-3.0-or-later
// A set of homework: a file that says which vendors to ask for what, as a teacher hands it out.
#ifndef CLIENT_HOMEWORK_SET_H
#define CLIENT_HOMEWORK_SET_H

#include <jansson.h>

#include "shared/error.h"

enum { HOMEWORK_NAME_SIZE = 65 };

// The set in a file: {name, title, vendors, rights, note}; `rights` and `note` only when the file has them. New reference, or NULL and an
// error with file and line.
json_t *homework_set_read(const char *path, struct error *error);

// By the path of a file, or by the name of one in DSR_HOMEWORK or the installed folder. NULL and an error that names the sets there are.
json_t *homework_set_find(const char *given, struct error *error);

// The name of a homework as dsrd knows it: "Summer 2026" is summer-2026. False: error.
bool homework_name_parse(const char *text, char name[HOMEWORK_NAME_SIZE], struct error *error);

// What was asked for in words: one right, or access-then-delete, which is two. `rights` gets one or two of right_words. False: error.
bool homework_rights_parse(const char *text, const char *rights[2], size_t *count, struct error *error);

#endif
