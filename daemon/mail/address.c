// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/address.h"

#include <idn2.h>
#include <stdio.h>
#include <string.h>

#include "shared/invisible.h"
#include "shared/memory.h"
#include "shared/text.h"

enum { LOCAL_MAXIMUM = 64 };

static bool refuse(const char *field, const char *why, struct error *error)
{
    return error_set(error, ERROR_invalid, field, "%s is not an e-mail address that mail can be sent to: %s; write it as name@example.org.", field, why);
}

// RFC 5321: Dot-string. Quoted local parts are legal but nobody has one, and they are what header injection is made of.
static bool is_local(const char *local, size_t length)
{
    static const char atoms[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~.";
    if (length == 0 || length > LOCAL_MAXIMUM || local[0] == '.' || local[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++)
        if (strchr(atoms, local[i]) == NULL || (local[i] == '.' && local[i + 1] == '.'))
            return false;
    return true;
}

// What libidn2 made: it has seen to the length of names and to where a dash may stand, and writes small letters.
static bool is_ascii_domain(const char *domain)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    size_t length = strlen(domain);
    return length > 0 && strspn(domain, allowed) == length && domain[0] != '.' && domain[length - 1] != '.' && strstr(domain, "..") == NULL;
}

bool address_to_ascii(const char *address, const char *field, char ascii[ADDRESS_ASCII_SIZE], struct error *error)
{
    char invisible[INVISIBLE_NAME_SIZE];
    size_t length = strlen(address);
    const char *at = strrchr(address, '@');
    if (length > ADDRESS_MAXIMUM || !text_is_utf8(address, length) || text_has_controls(address, length, false))
        return refuse(field, "it is too long, not UTF-8, or holds control characters", error);
    if (invisible_find(address, invisible)) { // IDNA would drop some of them without a word
        char why[64];
        snprintf(why, sizeof why, "it holds a character that nobody sees (%s)", invisible);
        return refuse(field, why, error);
    }
    if (strstr(address, "=?") != NULL)
        return refuse(field, "it holds =?, which begins an encoded word", error);
    if (at == NULL)
        return refuse(field, "it has no @", error);
    if (!is_local(address, (size_t)(at - address)))
        return refuse(field, "only letters without accents, digits, dots and !#$%&'*+-/=?^_`{|}~ may stand before the @", error);
    char *domain = NULL;
    int result = idn2_to_ascii_8z(at + 1, &domain, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    if (result == IDN2_MALLOC)
        return memory_ran_out(error);
    bool good = result == IDN2_OK && is_ascii_domain(domain);
    if (good)
        snprintf(ascii, ADDRESS_ASCII_SIZE, "%.*s@%s", (int)(at - address), address, domain);
    idn2_free(domain);
    if (!good)
        refuse(field, "what stands after the @ is no domain name", error);
    return good;
}

bool address_check(const char *address, const char *field, struct error *error)
{
    char ascii[ADDRESS_ASCII_SIZE];
    return address_to_ascii(address, field, ascii, error);
}
