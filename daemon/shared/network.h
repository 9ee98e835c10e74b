// SPDX-License-Identifier: GPL-3.0-or-later
// Internet addresses: reading them, ranges of them, and whose a request is that came through proxies.
#ifndef SHARED_NETWORK_H
#define SHARED_NETWORK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "shared/error.h"

// IPv6, or IPv4 mapped into it (::ffff:192.0.2.1), so that one comparison serves both.
struct network_address {
    unsigned char bytes[16];
};

enum { NETWORK_TEXT_SIZE = 46, NETWORK_RANGES_MAXIMUM = 16 };

struct network_ranges {
    size_t count;
    struct {
        struct network_address address;
        unsigned bits;
    } list[NETWORK_RANGES_MAXIMUM];
};

// "192.0.2.1" or "2001:db8::1", all `length` bytes of it.
bool network_address_parse(const char *text, size_t length, struct network_address *address);
bool network_address_of(const struct sockaddr *from, struct network_address *address); // false: neither IPv4 nor IPv6
const char *network_address_format(const struct network_address *address, char text[NETWORK_TEXT_SIZE]);
bool network_address_is_ipv4(const struct network_address *address);
bool network_address_is_loopback(const struct network_address *address); // 127.0.0.0/8 or ::1
// Whether the host of "smtp://HOST:25" or "imaps://HOST/Folder" is this machine: localhost or a loopback address. A name may begin with "127." too.
bool network_url_is_loopback(const char *url);

// "127.0.0.1:8765" or "[::1]:8765": a loopback address and a port. False and an error about `field` otherwise.
bool network_loopback_parse(const char *text, const char *field, struct network_address *address, int *port, struct error *error);

// "127.0.0.1, 10.0.0.0/8, ::1"; empty: none. False and an error about `field` otherwise.
bool network_ranges_parse(const char *text, const char *field, struct network_ranges *ranges, struct error *error);
bool network_ranges_hold(const struct network_ranges *ranges, const struct network_address *address);

// Whose request it is: that of `peer`, unless it is a trusted proxy; then the last address in X-Forwarded-For (or, without it, in
// Forwarded) that is no trusted proxy. What comes before something that cannot be read is not believed. The headers may be NULL.
void network_client(const struct network_ranges *trusted, const struct network_address *peer, const char *x_forwarded_for,
                    const char *forwarded, struct network_address *client);

#endif
