// SPDX-License-Identifier: GPL-3.0-or-later
// dsr: finds the command and runs it.
#include <curl/curl.h>
#include <langinfo.h>
#include <locale.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/client.h"
#include "client/help.h"
#include "shared/memory.h"
#include "shared/text.h"

static const struct command *find_command(const char *first, const char *second, int *words)
{
    char both[64];
    snprintf(both, sizeof both, "%.30s %.30s", first, second != NULL ? second : "");
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, both) == 0) {
            *words = 2;
            return &commands[i];
        }
    *words = 1;
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, first) == 0)
            return &commands[i];
    return NULL;
}

// On a terminal that can, and nobody said no.
static bool wants_colour(const struct arguments *arguments)
{
    const char *refused = getenv("NO_COLOR"), *terminal = getenv("TERM");
    return isatty(STDOUT_FILENO) == 1 && !argument_flag(arguments, "no-color") && (refused == NULL || refused[0] == '\0') &&
           terminal != NULL && strcmp(terminal, "dumb") != 0;
}

static int refuse_count(const struct command *command, const struct arguments *arguments)
{
    const char *problem = (int)arguments->count < command->least ? "something is missing." : "that is too much.";
    fprintf(stderr, "dsr: %s\n", problem);
    help_command(command, stderr);
    return EXIT_BAD_USAGE;
}

static int run(const struct command *command, int argc, char **argv)
{
    struct client client = {0};
    struct arguments arguments;
    struct error error;
    if (!arguments_parse(argc, argv, command->options, &arguments, &error))
        return client_fail(&error);
    if (argument_flag(&arguments, "help"))
        return help_command(command, stdout);
    if ((int)arguments.count < command->least || (int)arguments.count > command->most)
        return refuse_count(command, &arguments);
    if (argument_flag(&arguments, "csv") && !command->is_list) {
        error_set(&error, ERROR_malformed, "csv", "--csv is for lists, which `dsr %s` is not; --json is for all.", command->name);
        return client_fail(&error);
    }
    client.format = argument_flag(&arguments, "json") ? FORMAT_JSON : argument_flag(&arguments, "csv") ? FORMAT_CSV : FORMAT_TEXT;
    client.colour = wants_colour(&arguments);
    if (!target_choose(&arguments, &client.target, &error))
        return client_fail(&error);
    int status = command->run(&client, &arguments);
    connection_close(client.connection);
    if (fflush(stdout) != 0 && status == EXIT_DONE) {
        fputs("dsr: the output cannot be written.\n", stderr);
        status = error_exit_status(ERROR_internal);
    }
    if (memory_failures() > 0 && status == EXIT_DONE) {
        fputs("dsr: memory ran out: what was shown may lack a part.\n", stderr);
        status = error_exit_status(ERROR_internal);
    }
    return status;
}

int main(int argc, char **argv)
{
    int words = 1, at = 1;
    memory_watch();
    // What dsr prints is UTF-8 whatever the locale; without this tables would show the bytes of names.
    if (setlocale(LC_CTYPE, "") == NULL || strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        setlocale(LC_CTYPE, "C.UTF-8");
    if (sodium_init() < 0)
        return error_exit_status(ERROR_internal);
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return help_all(argc < 2 ? stderr : stdout) == EXIT_DONE && argc >= 2 ? EXIT_DONE : EXIT_BAD_USAGE;
    for (int width; at < argc && (width = common_option_width(argv[at])) > 0;)
        at += width;
    if (at >= argc) {
        fputs("dsr: which command? `dsr help` lists them.\n", stderr);
        return EXIT_BAD_USAGE;
    }
    const char *first = strcmp(argv[at], "--version") == 0 ? "version" : argv[at];
    const struct command *command = find_command(first, at + 1 < argc ? argv[at + 1] : NULL, &words);
    if (command == NULL)
        return help_unknown(first);
    for (int i = at + words; i <= argc; i++) // the options before the command stay
        argv[i - words] = argv[i];
    return run(command, argc - words, argv);
}
