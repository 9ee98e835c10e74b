// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/memory.h"

enum { FIRST_SIZE = 128, DISTANCE_LENGTH = 64 };

static bool reserve(struct text *text, size_t more)
{
    if (text->failed)
        return false;
    if (more > SIZE_MAX / 2 - text->length - 1) {
        text->failed = true;
        return false;
    }
    size_t need = text->length + more + 1;
    if (need <= text->size)
        return true;
    size_t size = text->size > 0 ? text->size : FIRST_SIZE;
    while (size < need)
        size *= 2;
    char *grown = realloc(text->text, size);
    if (grown == NULL) {
        memory_failed();
        text->failed = true;
        return false;
    }
    text->text = grown;
    text->size = size;
    return true;
}

void text_append_bytes(struct text *text, const char *bytes, size_t length)
{
    if (!reserve(text, length))
        return;
    if (length > 0)
        memcpy(text->text + text->length, bytes, length);
    text->length += length;
    text->text[text->length] = '\0';
}

void text_append(struct text *text, const char *string)
{
    text_append_bytes(text, string, strlen(string));
}

void text_append_char(struct text *text, char character)
{
    text_append_bytes(text, &character, 1);
}

void text_format(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        text->failed = true;
        return;
    }
    if (!reserve(text, (size_t)length))
        return;
    va_start(arguments, format);
    vsnprintf(text->text + text->length, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->length += (size_t)length;
}

void text_clear(struct text *text)
{
    text->length = 0;
    text->failed = false;
    if (text->text != NULL)
        text->text[0] = '\0';
}

void text_release(struct text *text)
{
    free(text->text);
    *text = (struct text){0};
}

char *text_take(struct text *text)
{
    if (text->text == NULL && !text->failed)
        reserve(text, 0);
    if (text->failed || text->text == NULL) {
        text_release(text);
        return NULL;
    }
    char *taken = text->text;
    taken[text->length] = '\0';
    *text = (struct text){0};
    return taken;
}

size_t text_utf8_character(const char *bytes, size_t length)
{
    const unsigned char *b = (const unsigned char *)bytes;
    if (length == 0)
        return 0;
    if (b[0] < 0x80)
        return 1;
    size_t need = b[0] >= 0xF0 ? 4 : b[0] >= 0xE0 ? 3 : 2;
    if (b[0] < 0xC2 || b[0] > 0xF4 || length < need)
        return 0;
    for (size_t i = 1; i < need; i++)
        if ((b[i] & 0xC0) != 0x80)
            return 0;
    if ((b[0] == 0xE0 && b[1] < 0xA0) || (b[0] == 0xED && b[1] > 0x9F) || (b[0] == 0xF0 && b[1] < 0x90) ||
        (b[0] == 0xF4 && b[1] > 0x8F))
        return 0;
    return need;
}

bool text_is_utf8(const char *bytes, size_t length)
{
    for (size_t at = 0; at < length;) {
        size_t step = text_utf8_character(bytes + at, length - at);
        if (step == 0)
            return false;
        at += step;
    }
    return true;
}

static bool is_control(const unsigned char *b, size_t length)
{
    if (length == 1)
        return b[0] < 0x20 || b[0] == 0x7F;
    if (length == 2)
        return (b[0] == 0xC2 && b[1] < 0xA0) || (b[0] == 0xD8 && b[1] == 0x9C);
    if (length != 3 || b[0] != 0xE2)
        return false;
    return (b[1] == 0x80 && (b[2] == 0x8E || b[2] == 0x8F || (b[2] >= 0xA8 && b[2] <= 0xAE))) ||
           (b[1] == 0x81 && b[2] >= 0xA6 && b[2] <= 0xA9);
}

bool text_has_controls(const char *bytes, size_t length, bool allow_newline_and_tab)
{
    for (size_t at = 0; at < length;) {
        size_t step = text_utf8_character(bytes + at, length - at);
        if (step == 0)
            return true;
        bool allowed = allow_newline_and_tab && (bytes[at] == '\n' || bytes[at] == '\t');
        if (!allowed && is_control((const unsigned char *)bytes + at, step))
            return true;
        at += step;
    }
    return false;
}

bool text_to_integer(const char *string, int64_t minimum, int64_t maximum, int64_t *result)
{
    bool negative = string[0] == '-';
    const char *digit = string + (negative ? 1 : 0);
    if (*digit == '\0')
        return false;
    int64_t value = 0;
    for (; *digit != '\0'; digit++) {
        if (*digit < '0' || *digit > '9')
            return false;
        int step = negative ? -(*digit - '0') : *digit - '0';
        if (__builtin_mul_overflow(value, 10, &value) || __builtin_add_overflow(value, step, &value))
            return false;
    }
    if (value < minimum || value > maximum)
        return false;
    *result = value;
    return true;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool text_is(const char *text, const char *other)
{
    return text != NULL && strcmp(text, other) == 0;
}

bool text_is_one_of(const char *text, const char *const *list)
{
    for (; *list != NULL; list++)
        if (strcmp(text, *list) == 0)
            return true;
    return false;
}

bool text_equal_ignoring_case(const char *a, const char *b)
{
    while (*a != '\0' && lower(*a) == lower(*b)) {
        a++;
        b++;
    }
    return *a == '\0' && *b == '\0';
}

static unsigned smaller(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

unsigned text_distance(const char *a, const char *b)
{
    size_t rows = strnlen(a, DISTANCE_LENGTH);
    size_t columns = strnlen(b, DISTANCE_LENGTH);
    unsigned cost[3][DISTANCE_LENGTH + 1] = {{0}};
    for (size_t j = 0; j <= columns; j++)
        cost[0][j] = (unsigned)j;
    for (size_t i = 1; i <= rows; i++) {
        unsigned *now = cost[i % 3];
        const unsigned *before = cost[(i + 2) % 3];
        const unsigned *twice_before = cost[(i + 1) % 3];
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= columns; j++) {
            unsigned change = lower(a[i - 1]) == lower(b[j - 1]) ? 0 : 1;
            now[j] = smaller(smaller(before[j] + 1, now[j - 1] + 1), before[j - 1] + change);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1]))
                now[j] = smaller(now[j], twice_before[j - 2] + 1);
        }
    }
    return cost[rows % 3][columns];
}
