// SPDX-License-Identifier: GPL-3.0-or-later
// A command's arguments: positional ones, and options before, between or after them.
#ifndef CLIENT_ARGUMENTS_H
#define CLIENT_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>

#include "shared/error.h"

struct argument_option {
    const char *name;  // without --
    const char *value; // what stands for its value in the help; NULL: a flag
    const char *help;
};

enum { ARGUMENTS_MAXIMUM = 64 };

struct arguments {
    const char *positional[ARGUMENTS_MAXIMUM];
    size_t count;
    struct {
        const char *name, *value;
    } given[ARGUMENTS_MAXIMUM];
    size_t given_count;
};

// Sorts argv (strings stay the caller's). --json, --csv, --no-color, --socket, --server and --help are known everywhere.
bool arguments_parse(int argc, char **argv, const struct argument_option *options, struct arguments *arguments, struct error *error);

const char *argument_at(const struct arguments *arguments, size_t index);           // or NULL
const char *argument_value(const struct arguments *arguments, const char *name);    // the last one given, or NULL
bool argument_flag(const struct arguments *arguments, const char *name);
// The next value of an option that may be given several times, or NULL; begin with *from = 0.
const char *argument_next(const struct arguments *arguments, const char *name, size_t *from);

extern const struct argument_option common_options[];

// How many words an option that is known everywhere takes when it stands before the command: 1, 2, or 0 if `word` is none.
int common_option_width(const char *word);

#endif
