// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/help.h"

#include <stdbool.h>
#include <string.h>

#include "shared/text.h"

enum { LIKE_MAXIMUM = 3 };

int help_all(FILE *file)
{
    fputs("usage: dsr COMMAND ...\n\n", file);
    for (size_t i = 0; i < command_count; i++)
        fprintf(file, "  %-19s %s\n", commands[i].name, commands[i].summary);
    fputs("\nEverywhere: --json, --csv, --no-color, --socket PATH, --server URL, --help. `dsr COMMAND --help` says more; so does dsr(1).\n",
          file);
    return EXIT_DONE;
}

int help_command(const struct command *command, FILE *file)
{
    size_t length = strlen(command->summary);
    fprintf(file, "usage: dsr %s%s%s\n%s%s\n", command->name, command->usage[0] != '\0' ? " " : "", command->usage, command->summary,
            command->summary[length - 1] != '.' ? "." : "");
    for (const struct argument_option *option = command->options; option != NULL && option->name != NULL; option++)
        fprintf(file, "  --%s%s%-*s %s\n", option->name, option->value != NULL ? " " : "",
                (int)(24 - strlen(option->name) - (option->value != NULL)), option->value != NULL ? option->value : "", option->help);
    return EXIT_DONE;
}

// `dsr law` alone: says which commands begin with that word. False if none does.
static bool help_family(const char *name)
{
    size_t length = strlen(name), found = 0;
    for (size_t i = 0; i < command_count; i++)
        if (strncmp(commands[i].name, name, length) == 0 && commands[i].name[length] == ' ')
            fprintf(stderr, "%s`dsr %s`", found++ == 0 ? "dsr: which of them? " : ", ", commands[i].name);
    if (found > 0)
        fputs("\n", stderr);
    return found > 0;
}

int help_unknown(const char *name)
{
    const char *near = NULL;
    unsigned best = LIKE_MAXIMUM;
    if (name[0] == '-') {
        fprintf(stderr, "dsr: There is no option %s before the command. `dsr help` lists what is known everywhere.\n", name);
        return EXIT_BAD_USAGE;
    }
    if (help_family(name))
        return EXIT_BAD_USAGE;
    for (size_t i = 0; i < command_count; i++)
        if (text_distance(commands[i].name, name) < best) {
            best = text_distance(commands[i].name, name);
            near = commands[i].name;
        }
    fprintf(stderr, "dsr: there is no command %s.%s%s%s `dsr help` lists them.\n", name, near != NULL ? " Did you mean " : "", near != NULL ? near : "", near != NULL ? "?" : "");
    return EXIT_BAD_USAGE;
}
