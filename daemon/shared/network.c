// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/network.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "shared/text.h"

enum { MAPPED_BITS = 96, FULL_BITS = 128, ITEM_SIZE = 64, HOST_SIZE = 256 };

static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static void map(const void *ipv4, struct network_address *address)
{
    memcpy(address->bytes, mapped, sizeof mapped);
    memcpy(address->bytes + sizeof mapped, ipv4, 4);
}

bool network_address_parse(const char *text, size_t length, struct network_address *address)
{
    char copy[NETWORK_TEXT_SIZE];
    struct in_addr ipv4;
    struct in6_addr ipv6;
    if (length == 0 || length >= sizeof copy)
        return false;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, &ipv4) == 1)
        map(&ipv4, address);
    else if (inet_pton(AF_INET6, copy, &ipv6) == 1)
        memcpy(address->bytes, &ipv6, sizeof address->bytes);
    else
        return false;
    return true;
}

bool network_address_of(const struct sockaddr *from, struct network_address *address)
{
    if (from == NULL)
        return false;
    if (from->sa_family == AF_INET) {
        struct sockaddr_in ipv4;
        memcpy(&ipv4, from, sizeof ipv4);
        map(&ipv4.sin_addr, address);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        struct sockaddr_in6 ipv6;
        memcpy(&ipv6, from, sizeof ipv6);
        memcpy(address->bytes, &ipv6.sin6_addr, sizeof address->bytes);
        return true;
    }
    return false;
}

bool network_address_is_ipv4(const struct network_address *address)
{
    return memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

bool network_address_is_loopback(const struct network_address *address)
{
    static const unsigned char one[16] = {[15] = 1};
    return network_address_is_ipv4(address) ? address->bytes[12] == 127 : memcmp(address->bytes, one, sizeof one) == 0;
}

bool network_url_is_loopback(const char *url)
{
    const char *start = strstr(url, "://");
    char host[HOST_SIZE];
    struct in_addr address;
    if (start == NULL)
        return false;
    start += 3;
    snprintf(host, sizeof host, "%.*s", (int)strcspn(start, start[0] == '[' ? "/" : ":/"), start);
    return strcmp(host, "localhost") == 0 || strncmp(host, "[::1]", 5) == 0 ||
           (inet_pton(AF_INET, host, &address) == 1 && ntohl(address.s_addr) >> 24 == IN_LOOPBACKNET);
}

const char *network_address_format(const struct network_address *address, char text[NETWORK_TEXT_SIZE])
{
    bool ipv4 = network_address_is_ipv4(address);
    inet_ntop(ipv4 ? AF_INET : AF_INET6, address->bytes + (ipv4 ? sizeof mapped : 0), text, NETWORK_TEXT_SIZE); // there is room for any
    return text;
}

// "[::1]:80", "::1", "192.0.2.1:80", "192.0.2.1" → the address, and the port as text ("" without one).
static bool parse_node(const char *text, size_t length, struct network_address *address, const char **port, size_t *port_length)
{
    const char *end = text + length, *colon = memchr(text, ':', length), *close;
    *port = end;
    *port_length = 0;
    if (length > 0 && text[0] == '[') {
        close = memchr(text, ']', length);
        if (close == NULL || (close + 1 < end && close[1] != ':'))
            return false;
        *port = close + 1 < end ? close + 2 : end;
        *port_length = (size_t)(end - *port);
        return memchr(text, ':', (size_t)(close - text)) != NULL && network_address_parse(text + 1, (size_t)(close - text) - 1, address);
    }
    if (colon != NULL && memchr(colon + 1, ':', (size_t)(end - colon) - 1) == NULL) {
        *port = colon + 1;
        *port_length = (size_t)(end - *port);
        length = (size_t)(colon - text);
    }
    return network_address_parse(text, length, address);
}

bool network_loopback_parse(const char *text, const char *field, struct network_address *address, int *port, struct error *error)
{
    const char *port_text;
    size_t length;
    int64_t number = 0;
    bool good = parse_node(text, strlen(text), address, &port_text, &length) && length > 0 && text_to_integer(port_text, 1, 65535, &number);
    *port = (int)number;
    if (!good)
        return error_set(error, ERROR_invalid, field, "%s: \"%s\" is not an address and a port; write it as 127.0.0.1:8765 or [::1]:8765.",
                         field, text);
    if (!network_address_is_loopback(address))
        return error_set(error, ERROR_invalid, field,
                         "%s: \"%s\" could be reached from other machines without encryption; only loopback is allowed, such as "
                         "127.0.0.1:%d, with a web server in front.", field, text, *port);
    return true;
}

static bool add_range(const char *item, struct network_ranges *ranges)
{
    struct network_address address;
    int64_t bits = FULL_BITS;
    size_t length = strcspn(item, "/");
    if (ranges->count == NETWORK_RANGES_MAXIMUM || !network_address_parse(item, length, &address))
        return false;
    int64_t before = network_address_is_ipv4(&address) ? MAPPED_BITS : 0;
    if (item[length] == '/' && !text_to_integer(item + length + 1, 0, FULL_BITS - before, &bits))
        return false;
    ranges->list[ranges->count].address = address;
    ranges->list[ranges->count++].bits = (unsigned)(item[length] == '/' ? before + bits : bits);
    return true;
}

bool network_ranges_parse(const char *text, const char *field, struct network_ranges *ranges, struct error *error)
{
    char item[ITEM_SIZE];
    *ranges = (struct network_ranges){0};
    for (text += strspn(text, ", "); *text != '\0'; text += strspn(text, ", ")) {
        size_t length = strcspn(text, ", ");
        snprintf(item, sizeof item, "%.*s", (int)length, text);
        if (length >= sizeof item || !add_range(item, ranges))
            return error_set(error, ERROR_invalid, field,
                             "%s: \"%s\" cannot be used; up to %d addresses or ranges are allowed, such as \"127.0.0.1, 10.0.0.0/8\".",
                             field, item, NETWORK_RANGES_MAXIMUM);
        text += length;
    }
    return true;
}

bool network_ranges_hold(const struct network_ranges *ranges, const struct network_address *address)
{
    for (size_t i = 0; i < ranges->count; i++) {
        const unsigned char *a = ranges->list[i].address.bytes, *b = address->bytes;
        unsigned whole = ranges->list[i].bits / 8, rest = ranges->list[i].bits % 8;
        if (memcmp(a, b, whole) == 0 && (rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0))
            return true;
    }
    return false;
}

struct trace { // what is known of a chain of proxies, read from its beginning
    const struct network_ranges *trusted;
    struct network_address client;
    bool known;
};

static void follow(struct trace *trace, const char *node, size_t length)
{
    struct network_address address;
    const char *port;
    size_t port_length;
    if (!parse_node(node, length, &address, &port, &port_length)) {
        trace->known = false;
    } else if (!trace->known || !network_ranges_hold(trace->trusted, &address)) {
        trace->client = address;
        trace->known = true;
    }
}

static void follow_list(struct trace *trace, const char *list)
{
    for (list += strspn(list, ", \t"); *list != '\0'; list += strspn(list, ", \t")) {
        size_t length = strcspn(list, ",");
        const char *next = list + length;
        while (list[length - 1] == ' ' || list[length - 1] == '\t') // it begins with something else
            length--;
        follow(trace, list, length);
        list = next;
    }
}

// RFC 7239: for=192.0.2.43;proto=http, for="[2001:db8::17]:4711". An element without "for" hides its client.
static void follow_forwarded(struct trace *trace, const char *list)
{
    const char *node = "";
    size_t node_length = 0;
    for (const char *at = list; at != NULL;) {
        at += strspn(at, " \t");
        size_t name = strcspn(at, "=;,");
        bool is_for = name == 3 && strncasecmp(at, "for", 3) == 0;
        at += name + (at[name] == '=');
        bool quoted = *at == '"';
        const char *value = at + quoted;
        size_t length = strcspn(value, quoted ? "\"" : ";, \t");
        if (is_for) {
            node = value;
            node_length = length;
        }
        at = value + length;
        at += strcspn(at, ";,");
        if (*at != ';') {
            follow(trace, node, node_length);
            node_length = 0;
        }
        at = *at != '\0' ? at + 1 : NULL;
    }
}

void network_client(const struct network_ranges *trusted, const struct network_address *peer, const char *x_forwarded_for,
                    const char *forwarded, struct network_address *client)
{
    struct trace trace = {.trusted = trusted};
    *client = *peer;
    if (!network_ranges_hold(trusted, peer))
        return;
    if (x_forwarded_for != NULL)
        follow_list(&trace, x_forwarded_for);
    else if (forwarded != NULL)
        follow_forwarded(&trace, forwarded);
    if (trace.known)
        *client = trace.client;
}
