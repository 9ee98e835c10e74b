// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/invisible.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "shared/text.h"

// Unicode's Default_Ignorable_Code_Point, without what shared/text.h refuses as control characters.
static const struct range {
    uint32_t first, last;
} ranges[] = {
    {0x00AD, 0x00AD}, {0x034F, 0x034F}, {0x115F, 0x1160}, {0x17B4, 0x17B5},   {0x180B, 0x180F},
    {0x200B, 0x200D}, {0x2060, 0x2065}, {0x206A, 0x206F}, {0x3164, 0x3164},   {0xFE00, 0xFE0F},
    {0xFEFF, 0xFEFF}, {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0xE0000, 0xE0FFF},
};

static uint32_t decode(const unsigned char *bytes, size_t length)
{
    static const unsigned char first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t point = bytes[0] & first_bits[length];
    for (size_t i = 1; i < length; i++)
        point = point << 6 | (bytes[i] & 0x3FU);
    return point;
}

bool invisible_find(const char *text, char name[INVISIBLE_NAME_SIZE])
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        size_t step = text_utf8_character(text + at, length - at);
        uint32_t point = step > 0 ? decode((const unsigned char *)text + at, step) : 0;
        for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
            if (point >= ranges[i].first && point <= ranges[i].last) {
                snprintf(name, INVISIBLE_NAME_SIZE, "U+%04X", (unsigned)point);
                return true;
            }
        at += step > 0 ? step : 1;
    }
    return false;
}
