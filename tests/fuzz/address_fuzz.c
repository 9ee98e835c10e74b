// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses and header values from hostile bytes: nothing that is taken can end a line or an envelope.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mail/address.h"
#include "mail/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_lines(const struct text *out, size_t longest)
{
    size_t column = 0;
    for (size_t i = 0; i < out->length; i++) {
        if ((out->text[i] == '\n') != (i > 0 && out->text[i - 1] == '\r'))
            abort();
        column = out->text[i] == '\n' ? 0 : column + 1;
        if (column > longest + 1)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char ascii[ADDRESS_ASCII_SIZE];
    struct error error;
    struct text header = {0}, body = {0};
    char *text = malloc(size + 1);
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (address_to_ascii(text, "address", ascii, &error))
        for (const char *at = ascii; *at != '\0'; at++)
            if (*at <= ' ' || *at == '<' || *at == '>' || (unsigned char)*at >= 0x7F)
                abort();
    mime_header(&header, "Subject", text);
    for (size_t i = 0; header.text != NULL && i + 2 < header.length; i++)
        if (header.text[i] == '\n' && header.text[i + 1] != ' ')
            abort(); // a line of the value's own
    mime_quoted_printable(&body, text);
    check_lines(&body, 76);
    text_release(&header);
    text_release(&body);
    free(text);
    return 0;
}
