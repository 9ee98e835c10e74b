// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/arguments.h"

#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "shared/text.h"

enum { OPTIONS_MAXIMUM = 32, FIRST_CODE = 256, NAME_SIZE = 64, NEAR_MAXIMUM = 3 };

const struct argument_option common_options[] = {
    {"json", NULL, "print JSON"},
    {"csv", NULL, "print CSV (lists)"},
    {"no-color", NULL, "no colours"},
    {"socket", "PATH", "socket of dsrd"},
    {"server", "URL", "a dsrd elsewhere, after dsr login"},
    {"library", "NUMBER", "which library, if you are in several"},
    {"help", NULL, "show this help"},
    {NULL, NULL, NULL},
};

int common_option_width(const char *word)
{
    if (strncmp(word, "--", 2) != 0)
        return 0;
    for (const struct argument_option *option = common_options; option->name != NULL; option++) {
        size_t length = strlen(option->name);
        if (strncmp(word + 2, option->name, length) == 0 && (word[2 + length] == '\0' || (word[2 + length] == '=' && option->value != NULL)))
            return option->value != NULL && word[2 + length] == '\0' ? 2 : 1;
    }
    return 0;
}

static size_t add(struct option *table, const struct argument_option **which, size_t count, const struct argument_option *options)
{
    for (; options != NULL && options->name != NULL && count < OPTIONS_MAXIMUM; options++) {
        table[count] = (struct option){options->name, options->value != NULL ? required_argument : no_argument, NULL, FIRST_CODE + (int)count};
        which[count++] = options;
    }
    return count;
}

static bool refuse(const char *word, int option, const struct option *table, size_t count, struct error *error)
{
    char name[NAME_SIZE];
    const char *near = NULL;
    unsigned best = NEAR_MAXIMUM;
    if (option == ':')
        return error_set(error, ERROR_malformed, word, "The option %s needs a value.", word);
    snprintf(name, sizeof name, "%.*s", (int)strcspn(word, "="), word);
    for (size_t i = 0; strncmp(name, "--", 2) == 0 && i < count; i++)
        if (text_distance(table[i].name, name + 2) < best) {
            best = text_distance(table[i].name, name + 2);
            near = table[i].name;
        }
    return error_set(error, ERROR_malformed, word, "There is no option %s here%s%s%s; --help shows those there are.", name, near != NULL ? " (did you mean --" : "",
                     near != NULL ? near : "", near != NULL ? "?)" : "");
}

bool arguments_parse(int argc, char **argv, const struct argument_option *options, struct arguments *arguments, struct error *error)
{
    struct option table[OPTIONS_MAXIMUM + 1] = {0};
    const struct argument_option *which[OPTIONS_MAXIMUM];
    size_t count = add(table, which, add(table, which, 0, options), common_options);
    *arguments = (struct arguments){0};
    opterr = 0;
    optind = 0; // begins anew, also where a parse before ended inside of a word
    for (int option; (option = getopt_long(argc, argv, "-:h", table, NULL)) != -1;) {
        if (arguments->given_count == ARGUMENTS_MAXIMUM || arguments->count == ARGUMENTS_MAXIMUM)
            return error_set(error, ERROR_malformed, "", "Too many arguments.");
        if (option == 1) {
            arguments->positional[arguments->count++] = optarg;
        } else if (option == 'h') {
            arguments->given[arguments->given_count++].name = "help";
        } else if (option >= FIRST_CODE && (size_t)(option - FIRST_CODE) < count) {
            arguments->given[arguments->given_count].name = which[option - FIRST_CODE]->name;
            arguments->given[arguments->given_count++].value = optarg;
        } else {
            return refuse(optind > 0 && optind <= argc ? argv[optind - 1] : "", option, table, count, error);
        }
    }
    for (; optind < argc && arguments->count < ARGUMENTS_MAXIMUM; optind++) // after --
        arguments->positional[arguments->count++] = argv[optind];
    for (size_t i = 0; i < arguments->count; i++)
        if (!text_is_utf8(arguments->positional[i], strlen(arguments->positional[i])))
            return error_set(error, ERROR_malformed, "", "Argument %zu is not UTF-8.", i + 1);
    return true;
}

const char *argument_at(const struct arguments *arguments, size_t index)
{
    return index < arguments->count ? arguments->positional[index] : NULL;
}

const char *argument_value(const struct arguments *arguments, const char *name)
{
    const char *value = NULL;
    for (size_t i = 0; i < arguments->given_count; i++)
        if (strcmp(arguments->given[i].name, name) == 0)
            value = arguments->given[i].value;
    return value;
}

bool argument_flag(const struct arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->given_count; i++)
        if (strcmp(arguments->given[i].name, name) == 0)
            return true;
    return false;
}

const char *argument_next(const struct arguments *arguments, const char *name, size_t *from)
{
    for (; *from < arguments->given_count; (*from)++)
        if (strcmp(arguments->given[*from].name, name) == 0)
            return arguments->given[(*from)++].value;
    return NULL;
}
