// SPDX-License-Identifier: GPL-3.0-or-later
// Arguments of dsr from hostile bytes, one a line: each word ends as a value, a flag or a sentence.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "client/arguments.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { WORDS_MAXIMUM = 200 };

static void check(const struct arguments *arguments, int words)
{
    if (arguments->count + arguments->given_count > (size_t)words + ARGUMENTS_MAXIMUM)
        abort();
    for (size_t i = 0; i < arguments->count; i++)
        if (argument_at(arguments, i) == NULL)
            abort();
    if (argument_at(arguments, arguments->count) != NULL)
        abort();
    for (size_t i = 0, from = 0; i < arguments->given_count; i++, from = 0)
        if (!argument_flag(arguments, arguments->given[i].name) ||
            (arguments->given[i].value != NULL && argument_next(arguments, arguments->given[i].name, &from) == NULL))
            abort();
    (void)argument_value(arguments, "json");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct argument_option options[] = {{"law", "LAW", "a law"}, {"on", "DAY", "a day"}, {"yes", NULL, "do it"}, {NULL, NULL, NULL}};
    char *text = malloc(size + 1), *words[WORDS_MAXIMUM + 1] = {(char[]){"dsr"}};
    int count = 1;
    struct arguments arguments;
    struct error error = {0};
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    for (char *more, *at = strtok_r(text, "\n", &more); at != NULL && count < WORDS_MAXIMUM; at = strtok_r(NULL, "\n", &more))
        words[count++] = at;
    for (int i = 1; i < count; i++)
        (void)common_option_width(words[i]);
    if (arguments_parse(count, words, options, &arguments, &error))
        check(&arguments, count);
    else if (error.text[0] == '\0')
        abort();
    free(text);
    return 0;
}
