// SPDX-License-Identifier: GPL-3.0-or-later
// What the head of a request must be so that a web server before dsrd and dsrd cannot read it differently (RFC 9112). libmicrohttpd 0.9
// lets most of it through: it joins folded lines, ends a value at a NUL, takes the first of two lengths, and a bare LF as the end of a line.
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

// From this version on it refuses them itself when it is asked for a client discipline of HEAD_DISCIPLINE.
#define HEAD_STRICT_SINCE 0x00097701
#define HEAD_DISCIPLINE 2

// The address as it came, before libmicrohttpd decodes it where it stands.
struct head_address {
    const char *at;
    size_t length;
    bool is_bad; // a % that two hexadecimal digits do not follow, a NUL, a space or a control character
};

struct head_address head_address(const char *uri);
// When the whole head has come, and before anything has been read from it: NULL, or in one sentence what is wrong. *is_chunked: libmicrohttpd
// takes strange lines after the chunks for the end of the body, so that nothing that follows on this connection can be relied on.
const char *head_fault(struct MHD_Connection *connection, const struct head_address *address, const char *method, const char *version,
                       bool *is_chunked);

#endif
