// SPDX-License-Identifier: GPL-3.0-or-later
// What a proxy says of whose request it is, lists of trusted proxies, and tokens, from hostile bytes: no header makes a client of
// somebody that the proxy did not see, and what is taken for a token or an address is written like one.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shared/network.h"
#include "shared/reply_token.h"
#include "shared/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// The text up to the next line end, and what is behind it.
static char *cut(char **rest)
{
    char *line = *rest, *end = strchr(line, '\n');
    *rest = end != NULL ? end + 1 : line + strlen(line);
    if (end != NULL)
        *end = '\0';
    return line;
}

static void check_address(const struct network_address *address)
{
    char text[NETWORK_TEXT_SIZE];
    struct network_address again;
    network_address_format(address, text);
    if (!network_address_parse(text, strlen(text), &again) || memcmp(&again, address, sizeof again) != 0)
        abort();
}

static void check_client(const struct network_ranges *trusted, const char *forwarded_for, const char *forwarded)
{
    static const char *const peers[] = {"127.0.0.1", "203.0.113.9", "2001:db8::9"};
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        struct network_address peer, client;
        if (!network_address_parse(peers[i], strlen(peers[i]), &peer))
            abort();
        network_client(trusted, &peer, forwarded_for, forwarded, &client);
        check_address(&client);
        // One that is not trusted speaks for itself alone.
        if (!network_ranges_hold(trusted, &peer) && memcmp(&client, &peer, sizeof peer) != 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct network_ranges trusted, some;
    struct network_address address;
    struct error error;
    char id[TOKEN_ID_SIZE], *text = malloc(size + 1), *rest = text;
    int port;
    if (text == NULL)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    const char *ranges = cut(&rest), *forwarded_for = cut(&rest), *forwarded = cut(&rest), *other = cut(&rest);
    if (!network_ranges_parse("127.0.0.1, 10.0.0.0/8, ::1", "trusted", &trusted, &error))
        abort();
    check_client(&trusted, forwarded_for, forwarded);
    check_client(&trusted, NULL, forwarded);
    if (network_ranges_parse(ranges, "trusted", &some, &error))
        check_client(&some, forwarded_for, forwarded);
    if (network_address_parse(other, strlen(other), &address))
        check_address(&address);
    if (network_loopback_parse(other, "listen", &address, &port, &error) && (!network_address_is_loopback(&address) || port < 0 || port > 65535))
        abort();
    network_url_is_loopback(other);
    if (token_parse(other, id) && (strlen(other) != TOKEN_LENGTH || !token_is_id(id)))
        abort();
    char token[REPLY_TOKEN_SIZE], same[REPLY_TOKEN_SIZE];
    if (reply_token_normalise(other, strlen(other), token) &&
        (!reply_token_normalise(token, strlen(token), same) || strcmp(token, same) != 0))
        abort();
    free(text);
    return 0;
}
