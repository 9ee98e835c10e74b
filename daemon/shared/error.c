// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int http_status;
    int exit_status;
    const char *title;
} table[] = {
    [ERROR_NONE] = {"none", 200, 0, ""},
#define X(code, status, exit_status, title) [ERROR_##code] = {#code, status, exit_status, title},
    ERROR_TABLE(X)
#undef X
};

static const unsigned TABLE_LENGTH = sizeof table / sizeof table[0];

// snprintf may cut a UTF-8 character in half; drop the half.
static void drop_partial_character(char *text)
{
    size_t length = strlen(text);
    size_t start = length;
    while (start > 0 && ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0)
        return;
    unsigned char lead = (unsigned char)text[start - 1];
    size_t need = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    if (length - (start - 1) < need)
        text[start - 1] = '\0';
}

bool error_set(struct error *error, enum error_code code, const char *field, const char *format, ...)
{
    if (error == NULL)
        return false;
    error->code = code;
    snprintf(error->field, sizeof error->field, "%s", field != NULL ? field : "");
    drop_partial_character(error->field);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->text, sizeof error->text, format, arguments);
    va_end(arguments);
    drop_partial_character(error->text);
    return false;
}

bool error_wrap(struct error *error, const char *format, ...)
{
    if (error == NULL)
        return false;
    char context[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(context, sizeof context, format, arguments);
    va_end(arguments);
    char inner[ERROR_TEXT_SIZE];
    memcpy(inner, error->text, sizeof inner);
    int written = snprintf(error->text, sizeof error->text, "%s: ", context);
    if (written > 0 && (size_t)written < sizeof error->text)
        snprintf(error->text + written, sizeof error->text - (size_t)written, "%.*s", ERROR_TEXT_SIZE / 2, inner);
    drop_partial_character(error->text);
    return false;
}

const char *error_name(enum error_code code)
{
    return (unsigned)code < TABLE_LENGTH ? table[code].name : "internal";
}

const char *error_title(enum error_code code)
{
    return (unsigned)code < TABLE_LENGTH ? table[code].title : table[ERROR_internal].title;
}

int error_http_status(enum error_code code)
{
    return (unsigned)code < TABLE_LENGTH ? table[code].http_status : 500;
}

int error_exit_status(enum error_code code)
{
    return (unsigned)code < TABLE_LENGTH ? table[code].exit_status : table[ERROR_internal].exit_status;
}

enum error_code error_from_name(const char *name)
{
    for (unsigned code = 1; name != NULL && code < TABLE_LENGTH; code++)
        if (strcmp(table[code].name, name) == 0)
            return (enum error_code)code;
    return ERROR_internal;
}

enum error_code error_from_http_status(int status)
{
    for (unsigned code = 1; code < TABLE_LENGTH; code++)
        if (table[code].http_status == status)
            return (enum error_code)code;
    return ERROR_internal;
}
