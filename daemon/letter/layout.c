// SPDX-License-Identifier: GPL-3.0-or-later
#include "letter/layout.h"

#include <stdbool.h>
#include <string.h>

#include "letter/template.h"

// Characters, not bytes.
static size_t width_of(const char *text, size_t length)
{
    size_t width = 0;
    for (size_t i = 0; i < length; i++)
        width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

// One line, broken between words.
static void append_line(const char *line, size_t length, size_t width, struct text *out)
{
    size_t column = 0, indent = length >= 2 && line[0] == '-' && line[1] == ' ' ? 2 : 0;
    for (size_t at = 0; at < length;) {
        size_t word = 0;
        while (at + word < length && line[at + word] != ' ')
            word++;
        size_t wide = width_of(line + at, word);
        if (column > indent && width > 0 && column + 1 + wide > width) {
            text_append_char(out, '\n');
            for (column = 0; column < indent; column++)
                text_append_char(out, ' ');
        } else if (column > 0) {
            text_append_char(out, ' ');
            column++;
        }
        text_append_bytes(out, line + at, word);
        column += wide;
        at += word;
        while (at < length && line[at] == ' ')
            at++;
    }
    text_append_char(out, '\n');
}

// The lines of a paragraph; empty ones are left out.
static void append_paragraph(const char *paragraph, size_t width, bool *first, struct text *out)
{
    bool begun = false;
    while (*paragraph != '\0') {
        const char *end = strchr(paragraph, TEMPLATE_BREAK);
        size_t length = end != NULL ? (size_t)(end - paragraph) : strlen(paragraph);
        const char *line = paragraph;
        paragraph += length + (end != NULL);
        while (length > 0 && line[0] == ' ') {
            line++;
            length--;
        }
        while (length > 0 && line[length - 1] == ' ')
            length--;
        if (length == 0)
            continue;
        if (!begun && !*first)
            text_append_char(out, '\n');
        begun = true;
        *first = false;
        append_line(line, length, width, out);
    }
}

void layout(const char *filled, size_t width, struct text *out)
{
    struct text paragraph = {0};
    bool first = true;
    while (*filled != '\0') {
        size_t length = strcspn(filled, "\n");
        const char *line = filled;
        filled += length + (filled[length] == '\n');
        while (length > 0 && *line == ' ') {
            line++;
            length--;
        }
        if (length == 0) {
            append_paragraph(paragraph.text != NULL ? paragraph.text : "", width, &first, out);
            text_clear(&paragraph);
            continue;
        }
        bool item = length >= 2 && line[0] == '-' && line[1] == ' ';
        if (paragraph.length > 0)
            text_append_char(&paragraph, item ? (char)TEMPLATE_BREAK : ' ');
        text_append_bytes(&paragraph, line, length);
    }
    append_paragraph(paragraph.text != NULL ? paragraph.text : "", width, &first, out);
    text_release(&paragraph);
}
