// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/bearer.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <uv.h>

#include "http/server_internal.h"
#include "http/throttle.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "shared/network.h"

struct bearer {
    struct service *service;
    struct network_ranges trusted;
    struct throttle *throttle;
};

struct search {
    struct bearer *bearer;
    struct exchange *exchange;
    peer_found *found;
    struct network_address from;
    char id[TOKEN_ID_SIZE];
    char token[TOKEN_SIZE];
};

struct bearer *bearer_new(struct service *service, struct error *error)
{
    struct bearer *bearer = calloc(1, sizeof *bearer);
    if (bearer != NULL) {
        bearer->service = service;
        bearer->throttle = throttle_new();
    }
    if (bearer == NULL || bearer->throttle == NULL)
        memory_error(error);
    else if (network_ranges_parse(service->config->api_trusted_proxy, "api.trusted_proxy", &bearer->trusted, error))
        return bearer;
    bearer_free(bearer);
    return NULL;
}

void bearer_free(struct bearer *bearer)
{
    if (bearer == NULL)
        return;
    throttle_free(bearer->throttle);
    free(bearer);
}

static int64_t now_ms(void)
{
    return (int64_t)(uv_hrtime() / 1000000);
}

struct joined {
    const char *name;
    struct text lines;
    bool found;
};

static enum MHD_Result join(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct joined *joined = context;
    (void)kind;
    if (strcasecmp(name, joined->name) == 0) {
        text_format(&joined->lines, "%s%s", joined->found ? ", " : "", value != NULL ? value : "");
        joined->found = true;
    }
    return MHD_YES;
}

// A header may come in several lines; they read as one list. NULL: there is none.
static const char *header_lines(struct exchange *exchange, struct joined *joined)
{
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, join, joined);
    return joined->found ? joined->lines.text : NULL;
}

static bool find_client(const struct bearer *bearer, struct exchange *exchange, struct network_address *from)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    struct network_address peer;
    struct joined plain = {.name = "X-Forwarded-For"}, standard = {.name = "Forwarded"};
    if (info == NULL || !network_address_of(info->client_addr, &peer))
        return false;
    const char *lines = header_lines(exchange, &plain), *others = header_lines(exchange, &standard);
    // Of half a list the last address is not the one that the proxy saw.
    bool whole = !plain.lines.failed && !standard.lines.failed;
    if (whole)
        network_client(&bearer->trusted, &peer, lines, others, from);
    text_release(&plain.lines);
    text_release(&standard.lines);
    return whole;
}

// For the audit log; of IPv6 the network, in which one caller has many addresses.
static void set_source(struct exchange *exchange, const struct network_address *from)
{
    enum { NETWORK_BYTES = 8 };
    char text[NETWORK_TEXT_SIZE];
    struct network_address network = *from;
    if (!network_address_is_ipv4(from))
        memset(network.bytes + NETWORK_BYTES, 0, sizeof network.bytes - NETWORK_BYTES);
    exchange_set_source(exchange, "address", network_address_format(&network, text));
}

static void search_free(struct search *search)
{
    if (search != NULL)
        sodium_memzero(search, sizeof *search);
    free(search);
}

static void refuse(struct search *search, unsigned retry_after_s, const char *text)
{
    struct error error;
    search->exchange->retry_after_s = retry_after_s;
    error_set(&error, ERROR_unauthenticated, "Authorization", "%s", text);
    search->found(search->exchange, NULL, &error);
}

static void count_failure(struct search *search, bool guessed, const char *text)
{
    struct throttle_try attempt = {&search->from, search->id, search->token};
    char address[NETWORK_TEXT_SIZE];
    bool slowed;
    unsigned pause = throttle_failed(search->bearer->throttle, &attempt, guessed, now_ms(), &slowed);
    if (slowed)
        log_warning("tokens: wrong ones from %s are slowed down", network_address_format(&search->from, address));
    refuse(search, pause, text);
}

static void let_in(struct search *search, const json_t *row)
{
    struct throttle_try attempt = {&search->from, search->id, search->token};
    struct principal who = {.library = (int)json_integer_value(json_object_get(row, "library"))};
    struct bearer_token *token = &search->exchange->token;
    throttle_passed(search->bearer->throttle, &attempt);
    if (search->exchange->wanted_library != 0 && search->exchange->wanted_library != who.library) {
        refuse(search, 0, "This token is for another library; leave the library out.");
        return;
    }
    snprintf(who.account, sizeof who.account, "%s", json_text(row, "account"));
    snprintf(who.roles, sizeof who.roles, "%s", json_text(row, "roles"));
    snprintf(token->id, sizeof token->id, "%s", search->id);
    snprintf(token->expires, sizeof token->expires, "%s", json_text(row, "expires"));
    token->may_write = strcmp(json_text(row, "scope"), "write") == 0;
    search->found(search->exchange, &who, NULL);
}

static void on_token(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct search *search = context;
    (void)retry;
    json_t *row = json != NULL ? json_read(json, length, JSON_DECODE_ANY, NULL) : NULL;
    const char *state = json_text(row, "state");
    if (error->code != ERROR_NONE)
        search->found(search->exchange, NULL, error);
    else if (json != NULL && row == NULL)
        peer_lacks_memory(search->exchange, search->found); // and no wrong token
    else if (state == NULL)
        count_failure(search, true, "This token is not right.");
    else if (strcmp(state, "good") == 0)
        let_in(search, row);
    else if (strcmp(state, "expired") == 0)
        count_failure(search, false, "This token has expired; ask the library for a new one, and log in with it (`dsr login`).");
    else
        count_failure(search, false, "This token was revoked; ask the library for a new one, and log in with it (`dsr login`).");
    json_decref(row);
    search_free(search);
}

// The text behind "Bearer ", or NULL.
static const char *read_authorization(const struct exchange *exchange)
{
    const char *header = exchange_header(exchange, "Authorization");
    if (header == NULL || strncasecmp(header, "Bearer ", 7) != 0)
        return NULL;
    return header + 7 + strspn(header + 7, " ");
}

static void look_up(struct search *search, bool written_well)
{
    struct throttle_try attempt = {&search->from, search->id, search->token};
    unsigned wait = throttle_wait(search->bearer->throttle, &attempt, now_ms());
    char text[96];
    if (wait > 0) {
        snprintf(text, sizeof text, "Too many wrong tokens were tried from there; try again in %u s.", wait);
        refuse(search, wait, text);
    } else if (!written_well) {
        count_failure(search, true, "This token is not right.");
    } else {
        char hash[VAULT_LOOKUP_HEX];
        vault_lookup(search->bearer->service->vault, "token", search->token, hash);
        exchange_call(search->exchange, STATEMENT_token_find, hash, on_token, search);
        return;
    }
    search_free(search);
}

void bearer_find(struct bearer *bearer, struct exchange *exchange, peer_found *found)
{
    struct error error;
    const char *token = read_authorization(exchange);
    if (token == NULL) {
        error_set(&error, ERROR_unauthenticated, "Authorization",
                  "A token is needed here (Authorization: Bearer dsr_...); the library gives you one.");
        found(exchange, NULL, &error);
        return;
    }
    struct search *search = calloc(1, sizeof *search);
    if (search == NULL || !find_client(bearer, exchange, &search->from)) {
        search_free(search);
        peer_lacks_memory(exchange, found);
        return;
    }
    set_source(exchange, &search->from);
    search->bearer = bearer;
    search->exchange = exchange;
    search->found = found;
    bool written_well = token_parse(token, search->id);
    snprintf(search->token, sizeof search->token, "%s", token);
    look_up(search, written_well);
}
