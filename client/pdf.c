// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/pdf.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/file.h"
#include "shared/memory.h"
#include "shared/text.h"

extern char **environ;

enum { PATH_SIZE = 4096 };

struct pdf {
    struct text source; // for groff -ms
};

// Text for groff: what it would take for a request, an escape or the end of an argument, or set as another
// character, is written so that it does not.
static void append_escaped(struct text *out, const char *line, size_t length)
{
    text_append(out, "\\&"); // a dot or apostrophe in front is text
    for (size_t i = 0; i < length; i++)
        switch (line[i]) {
        case '\\': text_append(out, "\\(rs"); break;
        case '\'': text_append(out, "\\(aq"); break;
        case '`': text_append(out, "\\(ga"); break;
        case '^': text_append(out, "\\(ha"); break;
        case '~': text_append(out, "\\(ti"); break;
        case '"': text_append(out, "\\(dq"); break;
        case '\r': break;
        case '\t': text_append_char(out, ' '); break;
        default:
            if ((unsigned char)line[i] >= ' ')
                text_append_char(out, line[i]);
        }
}

static void append_line(struct text *out, const char *line, size_t length)
{
    append_escaped(out, line, length);
    text_append_char(out, '\n');
}

// The lines of a text; after each but the last, `between`.
static void append_lines(struct text *out, const char *text, const char *between)
{
    for (;;) {
        size_t length = strcspn(text, "\n");
        append_line(out, text, length);
        if (text[length] == '\0' || text[length + 1] == '\0')
            return;
        text_append(out, between);
        text += length + 1;
    }
}

// groff's fonts hold the letters of Western Europe; those of Central Europe and others are put together from
// a letter and its mark.
static void append_marked_letters(struct text *out)
{
    static const struct {
        unsigned combining;
        const char *glyph;
    } marks[] = {{0x0300, "ga"}, {0x0301, "aa"}, {0x0302, "a^"}, {0x0303, "a~"}, {0x0304, "a-"},
                 {0x0306, "ab"}, {0x0307, "a."}, {0x0308, "ad"}, {0x030A, "ao"}, {0x030B, "a\""},
                 {0x030C, "ah"}, {0x0327, "ac"}, {0x0328, "ho"}};
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++)
        for (int letter = 'A'; letter <= 'z'; letter = letter == 'Z' ? 'a' : letter + 1) {
            bool raised = letter <= 'Z' && marks[i].combining < 0x0327; // those two hang below
            if (raised)
                text_format(
                    out, ".fchar \\[u%04X_%04X] \\Z@\\v!-0.2m!\\h!\\w?%c?u-\\w?\\[%s]?u/2u!\\[%s]@%c\n",
                    (unsigned)letter, marks[i].combining, letter, marks[i].glyph, marks[i].glyph, letter);
            else
                text_format(out, ".fchar \\[u%04X_%04X] \\o'%c\\[%s]'\n", (unsigned)letter,
                            marks[i].combining, letter, marks[i].glyph);
        }
}

struct pdf *pdf_new(const char *title)
{
    struct pdf *pdf = calloc(1, sizeof *pdf);
    if (pdf == NULL)
        return NULL;
    append_marked_letters(&pdf->source);
    // No running heads: the page number stands below.
    text_append(&pdf->source,
                ".nr PS 10\n.nr VS 12.5\n.ds CH\n.ds CF \\\\n%\n.ad l\n.nh\n.LP\n.ps +5\n.ft B\n");
    append_lines(&pdf->source, title, "");
    text_append(&pdf->source, ".ps\n.ft R\n.sp 0.5\n");
    return pdf;
}

struct pdf *pdf_new_letter(const char *body)
{
    struct pdf *pdf = calloc(1, sizeof *pdf);
    bool begun = false; // a line of this paragraph stands already
    if (pdf == NULL)
        return NULL;
    append_marked_letters(&pdf->source);
    text_append(&pdf->source,
                ".nr PS 11\n.nr VS 15\n.nr PO 2.5c\n.nr LL 16c\n.ds CH\n.ds CF\n.nh\n.ad l\n.LP\n");
    while (*body != '\0') {
        size_t length = strcspn(body, "\n");
        bool item = length >= 2 && body[0] == '-' && body[1] == ' ';
        if (length == 0)
            text_append(&pdf->source, ".LP\n");
        else if (item)
            text_append(&pdf->source, ".IP \\(bu 2\n");
        else if (begun)
            text_append(&pdf->source, ".br\n");
        begun = length > 0;
        if (length > 0)
            append_line(&pdf->source, body + (item ? 2 : 0), length - (item ? 2 : 0));
        body += length + (body[length] == '\n');
    }
    return pdf;
}

void pdf_free(struct pdf *pdf)
{
    if (pdf == NULL)
        return;
    text_release(&pdf->source);
    free(pdf);
}

void pdf_heading(struct pdf *pdf, const char *text)
{
    text_append(&pdf->source, ".LP\n.sp 0.5\n.ne 4\n.ft B\n");
    append_lines(&pdf->source, text, "");
    text_append(&pdf->source, ".ft R\n");
}

void pdf_paragraph(struct pdf *pdf, const char *text)
{
    text_append(&pdf->source, ".LP\n.ad l\n.nh\n");
    append_lines(&pdf->source, text, "");
}

void pdf_pair(struct pdf *pdf, const char *label, const char *value)
{
    if (value == NULL)
        return;
    text_append(&pdf->source, ".IP \"\\fI");
    append_escaped(&pdf->source, label, strlen(label));
    text_append(&pdf->source, "\\fP\" 4c\n.ad l\n.nh\n");
    append_lines(&pdf->source, value, ".br\n");
}

void pdf_lines(struct pdf *pdf, const char *text)
{
    text_append(&pdf->source, ".LP\n.ad l\n.nh\n.in +0.5c\n");
    append_lines(&pdf->source, text, ".br\n");
    text_append(&pdf->source, ".in\n");
}

void pdf_page(struct pdf *pdf)
{
    text_append(&pdf->source, ".bp\n");
}

// Starts groff with our text on its standard input, the file as its output, and what it has to complain of in
// `complaints`.
static bool spawn(int from, int to, int complaints, const char *paper, pid_t *pid, struct error *error)
{
    char layout[32], device[32];
    const char *arguments[] = {"groff", "-k", "-Kutf8", "-ms", "-Tpdf", "-S", layout, device, NULL};
    if (paper == NULL)
        arguments[6] = NULL;
    posix_spawn_file_actions_t actions;
    snprintf(layout, sizeof layout, "-dpaper=%s", paper != NULL ? paper : "");
    snprintf(device, sizeof device, "-P-p%s", paper != NULL ? paper : "");
    if (posix_spawn_file_actions_init(&actions) != 0)
        return memory_error(error);
    int result = posix_spawn_file_actions_adddup2(&actions, from, STDIN_FILENO);
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(&actions, to, STDOUT_FILENO);
    if (result == 0)
        result = posix_spawn_file_actions_adddup2(&actions, complaints, STDERR_FILENO);
    if (result == 0) {
        char *copy[sizeof arguments / sizeof arguments[0]];
        memcpy(copy, arguments, sizeof copy);
        result = posix_spawnp(pid, "groff", &actions, NULL, copy, environ);
    }
    posix_spawn_file_actions_destroy(&actions);
    if (result == ENOENT)
        return error_set(error, ERROR_unavailable, "pdf",
                         "A PDF needs groff, which is not installed here: apt install groff.");
    return result == 0 ||
           error_set(error, ERROR_internal, "pdf", "groff cannot be started: %s.", strerror(result));
}

// A letter that is left out of a name would be worse than no PDF.
static bool check_complaints(int complaints, int status, struct error *error)
{
    static const char missing[] = "can't find special character '", no_device[] = "'DESC' file";
    char text[4096];
    ssize_t length = pread(complaints, text, sizeof text - 1, 0);
    text[length > 0 ? length : 0] = '\0';
    const char *found = strstr(text, missing);
    if (found != NULL) {
        found += sizeof missing - 1 + (found[sizeof missing - 1] == 'u');
        return error_set(error, ERROR_invalid, "pdf",
                         "groff has no glyph for the character U+%.*s, so the PDF would leave it out; the "
                         "text itself has it.",
                         (int)strcspn(found, "'"), found);
    }
    if (strstr(text, no_device) != NULL)
        return error_set(error, ERROR_unavailable, "pdf",
                         "This groff makes no PDF; the whole of it does: apt install groff.");
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           error_set(error, ERROR_internal, "pdf", "groff could not make the PDF: %.*s",
                     (int)strcspn(text, "\n"), text);
}

static bool run_groff(const struct pdf *pdf, int to, const char *paper, struct error *error)
{
    int ends[2] = {-1, -1}, status = 0;
    pid_t pid = 0;
    int complaints = memfd_create("groff", MFD_CLOEXEC);
    bool good = (complaints >= 0 && pipe2(ends, O_CLOEXEC) == 0) ||
                error_set(error, ERROR_internal, "pdf", "groff cannot be started: %s.", strerror(errno));
    bool started = good && spawn(ends[0], to, complaints, paper, &pid, error);
    if (good)
        close(ends[0]);
    // When groff has died, what it said counts: no signal ends us here.
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGPIPE, &ignore, &before);
    good = started && (file_write_all(ends[1], pdf->source.text, pdf->source.length) ||
                       error_set(error, ERROR_internal, "pdf", "groff does not take the text: %s.", strerror(errno)));
    sigaction(SIGPIPE, &before, NULL);
    if (ends[1] >= 0)
        close(ends[1]);
    if (started && waitpid(pid, &status, 0) != pid)
        good = error_set(error, ERROR_internal, "pdf", "groff cannot be waited for: %s.", strerror(errno));
    else if (started)
        good = check_complaints(complaints, status, error) && good;
    if (complaints >= 0)
        close(complaints);
    return good;
}

bool pdf_write(struct pdf *pdf, const char *path, const char *paper, bool replace, struct error *error)
{
    char partial[PATH_SIZE];
    if (pdf->source.failed)
        return memory_error(error);
    if ((size_t)snprintf(partial, sizeof partial, "%s.partial", path) >= sizeof partial)
        return error_set(error, ERROR_malformed, "pdf", "The name of the file is too long.");
    if (!replace && access(path, F_OK) == 0)
        return error_set(error, ERROR_conflict, "pdf", "%s is there already; --force writes over it.", path);
    int to = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600); // it says who asked whom for what
    if (to < 0)
        return error_set(error, ERROR_invalid, "pdf", "%s cannot be written: %s.", path, strerror(errno));
    bool good = run_groff(pdf, to, paper, error);
    if (good && fsync(to) != 0)
        good = error_set(error, ERROR_invalid, "pdf", "%s cannot be written: %s.", path, strerror(errno));
    close(to);
    if (good && rename(partial, path) != 0)
        good = error_set(error, ERROR_invalid, "pdf", "%s cannot be written: %s.", path, strerror(errno));
    if (!good)
        unlink(partial);
    return good;
}
