// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/secret.h"

#include <ctype.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { GIVEN_UP = -1, TOO_LONG = -2 };
enum { CONTROL_C = 3, CONTROL_D = 4, BACKSPACE = 8, DELETE = 127, BUFFER_SIZE = 512 };

// Byte by byte, so that nothing of what follows is taken. Its length, GIVEN_UP or TOO_LONG.
static int read_line(char *line, size_t size, bool terminal)
{
    size_t length = 0;
    for (char byte; read(STDIN_FILENO, &byte, 1) == 1;) {
        if (byte == '\n' || byte == '\r' || (terminal && byte == CONTROL_D))
            break;
        if (terminal && byte == CONTROL_C)
            return GIVEN_UP;
        if (terminal && (byte == BACKSPACE || byte == DELETE)) {
            length -= length > 0;
            continue;
        }
        if (length + 1 >= size)
            return TOO_LONG;
        line[length++] = byte;
    }
    line[length] = '\0';
    return (int)length;
}

static int read_hidden(const char *prompt, char *line, size_t size)
{
    struct termios before, hidden;
    if (tcgetattr(STDIN_FILENO, &before) != 0)
        return read_line(line, size, false);
    hidden = before;
    // Ctrl-C comes as a byte, so that the terminal is put right before this ends.
    hidden.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    if (tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) != 0)
        return GIVEN_UP;
    fprintf(stderr, "%s", prompt); // once nothing is shown any more
    fflush(stderr);
    int length = read_line(line, size, true);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
    fputs("\n", stderr);
    return length;
}

bool secret_read(const char *prompt, char *secret, size_t size, struct error *error)
{
    char line[BUFFER_SIZE] = "";
    int length = isatty(STDIN_FILENO) == 1 ? read_hidden(prompt, line, sizeof line) : read_line(line, sizeof line, false);
    size_t from = 0, until = length > 0 ? (size_t)length : 0;
    while (from < until && isspace((unsigned char)line[from]))
        from++;
    while (until > from && isspace((unsigned char)line[until - 1]))
        until--;
    bool good = until > from && until - from < size;
    if (good) {
        memcpy(secret, line + from, until - from);
        secret[until - from] = '\0';
    }
    sodium_memzero(line, sizeof line);
    bool too_long = until > from || length == TOO_LONG;
    return good || error_set(error, ERROR_malformed, "", too_long ? "What was typed is too long." : "Nothing was typed.");
}
