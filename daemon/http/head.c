// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/head.h"

#include <string.h>
#include <strings.h>

enum { DELETE_CHARACTER = 0x7f, FIRST_PRINTED = 0x20, LINE_END = 2, HEAD_IS_LEFT = MHD_VERSION < HEAD_STRICT_SINCE };

static bool is_hexadecimal(char character)
{
    return character != '\0' && strchr("0123456789abcdefABCDEF", character) != NULL;
}

struct head_address head_address(const char *uri)
{
    struct head_address address = {.at = uri, .length = strlen(uri)};
    for (const char *at = uri; *at != '\0'; at++) {
        unsigned char character = (unsigned char)*at;
        bool encoded = character == '%' && is_hexadecimal(at[1]) && is_hexadecimal(at[2]);
        address.is_bad |= character <= FIRST_PRINTED || character == DELETE_CHARACTER || (character == '%' && !encoded) ||
                          (encoded && at[1] == '0' && at[2] == '0');
    }
    return address;
}

static bool is_token(const char *text, size_t length)
{
    static const char allowed[] = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    return length > 0 && strspn(text, allowed) == length;
}

static bool is_field_value(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < FIRST_PRINTED && text[i] != '\t')
            return false;
    return true;
}

struct walk {
    const char *at; // where the next line must begin
    bool is_strange;
    int lengths, encodings, hosts;
    const char *coding;
};

// libmicrohttpd 0.9.75 leaves the head where it has read it, with a NUL for each colon and for each byte of the end of a line. So when every line
// begins where the one before has ended, no byte has been passed over, joined or moved. Later ones refuse such heads themselves, if asked.
static enum MHD_Result see_line(void *context, enum MHD_ValueKind kind, const char *name, size_t name_length, const char *value, size_t value_length)
{
    struct walk *walk = context;
    (void)kind;
    walk->is_strange = (HEAD_IS_LEFT && name != walk->at) || !is_token(name, name_length);
    if (walk->is_strange)
        return MHD_NO;
    const char *begin = name + name_length + 1;
    begin += strspn(begin, " \t");
    const char *end = begin + value_length;
    walk->is_strange = !is_field_value(value, value_length) || (HEAD_IS_LEFT && (value != begin || end[0] != '\0' || end[1] != '\0'));
    walk->at = end + LINE_END;
    walk->lengths += strcasecmp(name, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0;
    walk->hosts += strcasecmp(name, MHD_HTTP_HEADER_HOST) == 0;
    if (strcasecmp(name, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
        walk->encodings++;
        walk->coding = value;
    }
    return walk->is_strange ? MHD_NO : MHD_YES;
}

// Nothing stands between the method, the address and the version but one space each.
static bool is_first_line(const struct head_address *address, const char *method, const char *version)
{
    return address->at == method + strlen(method) + 1 && version == address->at + address->length + 1 && version[strlen(version) + 1] == '\0';
}

static bool is_whole(struct MHD_Connection *connection, const struct head_address *address, const char *method, const char *version,
                     struct walk *walk)
{
    const union MHD_ConnectionInfo *size = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE);
    if (size == NULL || !is_token(method, strlen(method)) || (HEAD_IS_LEFT && !is_first_line(address, method, version)))
        return false;
    walk->at = version + strlen(version) + LINE_END;
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, see_line, walk);
    return !walk->is_strange &&
           (!HEAD_IS_LEFT || (walk->at + LINE_END == method + size->header_size && walk->at[0] == '\0' && walk->at[1] == '\0'));
}

const char *head_fault(struct MHD_Connection *connection, const struct head_address *address, const char *method, const char *version,
                       bool *is_chunked)
{
    struct walk walk = {0};
    bool is_first = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;
    if (address->is_bad)
        return "The address holds a % that two hexadecimal digits do not follow, a NUL, a space or a control character.";
    if (!is_whole(connection, address, method, version, &walk))
        return "The head of the request is not as HTTP has it: one line a field, NAME: VALUE, without control characters, ended by CR LF.";
    *is_chunked = walk.encodings > 0;
    if (walk.lengths + walk.encodings > 1)
        return "Say the length of the body once: with one Content-Length, or with one Transfer-Encoding.";
    if (walk.encodings > 0 && (is_first || strcasecmp(walk.coding, "chunked") != 0))
        return "The only Transfer-Encoding here is chunked, with HTTP/1.1.";
    if (walk.hosts > 1 || (walk.hosts == 0 && !is_first))
        return "Say Host once.";
    return NULL;
}
