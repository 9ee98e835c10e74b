// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SAID_SIZE = 512, STATUS_NOT_FOUND = 127 };

extern char **environ;

// Every character that groff gives a meaning to is written by its name; \& in front, so that the line can
// begin with any.
static void append_line(const char *line, size_t length, struct text *out)
{
    static const struct {
        char character;
        const char *name;
    } names[] = {{'\\', "\\[rs]"}, {'\'', "\\[aq]"}, {'`', "\\[ga]"}, {'-', "\\-"},
                 {'^', "\\[ha]"},  {'~', "\\[ti]"},  {'"', "\\[dq]"}};
    text_append(out, "\\&");
    for (size_t i = 0; i < length; i++) {
        const char *name = NULL;
        for (size_t j = 0; j < sizeof names / sizeof names[0]; j++)
            if (names[j].character == line[i])
                name = names[j].name;
        if (name != NULL)
            text_append(out, name);
        else if ((unsigned char)line[i] >= 0x20 && line[i] != 0x7F)
            text_append_char(out, line[i]);
    }
    text_append_char(out, '\n');
}

void pdf_source(const char *body, struct text *out)
{
    bool begun = false; // a line of this paragraph stands already
    text_append(out, ".nr PS 11\n.nr VS 15\n.nr PO 2.5c\n.nr LL 16c\n.ds CH\n.ds CF\n.nh\n.ad l\n.LP\n");
    while (*body != '\0') {
        size_t length = strcspn(body, "\n");
        bool item = length >= 2 && body[0] == '-' && body[1] == ' ';
        if (length == 0)
            text_append(out, ".LP\n");
        else if (item)
            text_append(out, ".IP \\(bu 2\n");
        else if (begun)
            text_append(out, ".br\n");
        begun = length > 0;
        if (length > 0)
            append_line(body + (item ? 2 : 0), length - (item ? 2 : 0), out);
        body += length + (body[length] == '\n');
    }
}

static bool no_groff(int problem, struct error *error)
{
    if (problem == ENOENT)
        return error_set(error, ERROR_unavailable, "pdf",
                         "groff, which makes the PDF, is not installed: apt install groff.");
    return error_set(error, ERROR_internal, "pdf", "groff cannot be started: %s.", strerror(problem));
}

// Runs groff without a shell, in its safe mode, with the three descriptors as its standard ones.
static int start(int input, int output, int errors, pid_t *child)
{
    const char *const words[] = {"groff", "-S", "-Kutf8", "-ms", "-Tpdf", NULL};
    union {
        const char *const *read;
        char *const *given; // posix_spawn takes no const, and changes nothing
    } arguments = {.read = words};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    int problem = posix_spawnp(child, "groff", &actions, NULL, arguments.given, environ);
    posix_spawn_file_actions_destroy(&actions);
    return problem;
}

static bool judge(int status, const char *said, struct error *error)
{
    if (strstr(said, "can't find") != NULL)
        return error_set(
            error, ERROR_invalid, "pdf",
            "groff has no glyph for a character of the letter; print the text instead (`dsr letter REF`).");
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return true;
    // groff of groff-base alone finds no device for PDF.
    return error_set(error, ERROR_unavailable, "pdf", "groff made no PDF%s%.*s%s: apt install groff.",
                     said[0] != '\0' ? " (" : "", (int)strcspn(said, "\n"), said, said[0] != '\0' ? ")" : "");
}

// A file without a name that holds the source, read from its beginning.
static FILE *make_input(const char *body)
{
    struct text source = {0};
    FILE *file = tmpfile();
    pdf_source(body, &source);
    bool good = file != NULL && source.text != NULL &&
                fwrite(source.text, 1, source.length, file) == source.length && fflush(file) == 0;
    text_release(&source);
    if (file != NULL && !good) {
        fclose(file);
        return NULL;
    }
    if (file != NULL)
        rewind(file);
    return file;
}

bool pdf_write(const char *body, const char *path, struct error *error)
{
    FILE *input = make_input(body), *errors = tmpfile();
    int output = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600), status = 0;
    char said[SAID_SIZE] = "";
    pid_t child = 0;
    bool good = false;
    if (input == NULL || errors == NULL)
        error_set(error, ERROR_internal, "pdf", "There is no room for a temporary file.");
    else if (output < 0)
        error_set(error, ERROR_invalid, "pdf", "%s cannot be written: %s.", path, strerror(errno));
    else {
        int problem = start(fileno(input), output, fileno(errors), &child);
        while (problem == 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
        }
        rewind(errors);
        said[fread(said, 1, sizeof said - 1, errors)] = '\0';
        if (WIFEXITED(status) && WEXITSTATUS(status) == STATUS_NOT_FOUND)
            problem = ENOENT;
        good = problem == 0 ? judge(status, said, error) : no_groff(problem, error);
    }
    if (input != NULL)
        fclose(input);
    if (errors != NULL)
        fclose(errors);
    if (output >= 0 && close(output) != 0)
        good = error_set(error, ERROR_internal, "pdf", "%s cannot be written.", path);
    if (output >= 0 && !good)
        unlink(path);
    return good;
}
