// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { LINE_SIZE = 1024 };

// The one piece of state here: set once by main, before anything can log.
static struct {
    const char *name;
    enum log_level level;
    bool plain; // to a terminal
} output = {.name = "dsrd", .level = LOG_LEVEL_INFO};

void log_begin(const char *name, enum log_level level)
{
    output.name = name;
    output.level = level;
    output.plain = isatty(STDERR_FILENO) == 1;
}

void log_line(enum log_level level, const char *format, ...)
{
    if (level > output.level)
        return;
    char line[LINE_SIZE];
    int start = output.plain ? snprintf(line, sizeof line, "%s: ", output.name) : snprintf(line, sizeof line, "<%d>%s: ", (int)level, output.name);
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(line + start, sizeof line - (size_t)start - 1, format, arguments);
    va_end(arguments);
    if (length < 0)
        return;
    size_t end = (size_t)start + (size_t)length;
    if (end > sizeof line - 2)
        end = sizeof line - 2;
    // One message is one line: what came from outside must not fake another.
    for (size_t i = (size_t)start; i < end; i++)
        if ((unsigned char)line[i] < 0x20 || line[i] == 0x7F)
            line[i] = ' ';
    line[end++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, end); // nowhere to report a failing stderr
    (void)ignored;
}
