// SPDX-License-Identifier: GPL-3.0-or-later
#include "letter/field.h"

#include <string.h>

#include "shared/text.h"

static bool refuse(const char *field, const char *what, struct error *error)
{
    return error_set(error, ERROR_invalid, field, "%s cannot stand in a letter: %s.", field, what);
}

static bool check_line(const char *line, size_t length, const char *field, struct error *error)
{
    size_t word = 0;
    if (length > FIELD_LINE_MAXIMUM)
        return refuse(field, "it is longer than 900 bytes", error);
    for (size_t i = 0; i < length; i++) {
        word = line[i] == ' ' ? 0 : word + 1;
        if (word > FIELD_WORD_MAXIMUM)
            return refuse(field, "it holds a word longer than 200 bytes", error);
    }
    return true;
}

// What looks like a line of something else to a reader of plain text is harmless here; an encoded word is
// not: some programs decode it wherever it stands.
static bool check_characters(const char *value, const char *field, struct error *error)
{
    static const char *const unseen[] = {"\xC2\xAD", "\xE2\x80\x8B", "\xE2\x81\xA0", "\xEF\xBB\xBF"};
    if (!text_is_utf8(value, strlen(value)))
        return refuse(field, "it is not UTF-8", error);
    if (strstr(value, "=?") != NULL)
        return refuse(field, "it holds =?, which begins an encoded word", error);
    for (size_t i = 0; i < sizeof unseen / sizeof unseen[0]; i++)
        if (strstr(value, unseen[i]) != NULL)
            return refuse(field, "it holds a character that is not seen", error);
    return true;
}

static bool check(const char *value, const char *field, bool lines, struct error *error)
{
    if (value == NULL || value[0] == '\0')
        return true;
    if (!check_characters(value, field, error))
        return false;
    while (*value != '\0') {
        size_t length = lines ? strcspn(value, "\n") : strlen(value);
        if (text_has_controls(value, length, false))
            return refuse(
                field, "it holds line ends, control characters, or marks that turn the direction of writing",
                error);
        if (!check_line(value, length, field, error))
            return false;
        value += length + (value[length] == '\n');
    }
    return true;
}

bool field_check(const char *value, const char *field, struct error *error)
{
    return check(value, field, false, error);
}

bool field_check_lines(const char *value, const char *field, struct error *error)
{
    return check(value, field, true, error);
}
