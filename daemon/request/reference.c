// SPDX-License-Identifier: GPL-3.0-or-later
#include "request/reference.h"

#include <string.h>

enum { DATA_CHARACTERS = 7, CHARACTERS = 8, BASE = 32 };

static const char alphabet[BASE + 1] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // Crockford: no I, L, O, U

// The weights are odd and differ by an even number, the sum is taken modulo 31 (a prime): any one wrong character and any
// swap of two neighbours changes it, except 0 with Z (equal modulo 31). Enough for what people mistype.
static char check_character(const char *data)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < DATA_CHARACTERS; i++)
        sum += (2 * i + 3) * (unsigned)(strchr(alphabet, data[i]) - alphabet);
    return alphabet[sum % 31];
}

static void write_out(const char *characters, char reference[REFERENCE_SIZE])
{
    memcpy(reference, "R-", 2);
    memcpy(reference + 2, characters, 4);
    reference[6] = '-';
    memcpy(reference + 7, characters + 4, 4);
    reference[11] = '\0';
}

void reference_make(uint64_t random, char reference[REFERENCE_SIZE])
{
    char characters[CHARACTERS];
    for (unsigned i = 0; i < DATA_CHARACTERS; i++) {
        characters[i] = alphabet[random % BASE];
        random /= BASE;
    }
    characters[DATA_CHARACTERS] = check_character(characters);
    write_out(characters, reference);
}

static char canonical(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        return '0';
    return c == 'I' || c == 'L' ? '1' : c;
}

bool reference_parse(const char *text, char reference[REFERENCE_SIZE])
{
    char characters[CHARACTERS];
    size_t count = 0;
    // "R-" may be left out; a bare R is part of it only when nine characters follow in all.
    size_t letters = 0;
    for (const char *c = text; *c != '\0'; c++)
        letters += *c != '-';
    const char *from = text;
    if (letters == CHARACTERS + 1 && (text[0] == 'R' || text[0] == 'r'))
        from++;
    for (; *from != '\0'; from++) {
        if (*from == '-')
            continue;
        char c = canonical(*from);
        if (count == CHARACTERS || strchr(alphabet, c) == NULL)
            return false;
        characters[count++] = c;
    }
    if (count != CHARACTERS || check_character(characters) != characters[DATA_CHARACTERS])
        return false;
    write_out(characters, reference);
    return true;
}
