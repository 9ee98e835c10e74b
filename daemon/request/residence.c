// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/residence.h"

#include <string.h>

static bool is_letter(char c)
{
    return c >= 'A' && c <= 'Z';
}

bool residence_parse(const char *text, char residence[RESIDENCE_SIZE], struct error *error)
{
    size_t length = strlen(text);
    bool good = length == 2 || (length >= 4 && length < RESIDENCE_SIZE && text[2] == '-');
    for (size_t i = 0; good && i < length; i++) {
        char c = text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
        good = i == 2 || is_letter(c) || (i > 2 && c >= '0' && c <= '9');
        residence[i] = c;
    }
    if (!good)
        return error_set(error, ERROR_invalid, "residence", "The residence \"%s\" is not written like one: it must be two letters for the country (NL), or those and a part of it (US-CA).", text);
    residence[length] = '\0';
    return true;
}
