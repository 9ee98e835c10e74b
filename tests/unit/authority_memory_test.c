// SPDX-License-Identifier: GPL-3.0-or-later
// Who is let in: peers of the socket, bearers of tokens, callers behind proxies, with the database's answers made here; and where memory
// runs out nobody is let in, and nobody is taken for another.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <unistd.h>

#include "http/account_roles.h"
#include "http/bearer.h"
#include "http/server_internal.h"
#include "http/throttle.h"
#include "shared/network.h"
#include "tests/unit/memory.h"

void __wrap_exchange_call(struct exchange *exchange, enum statement statement, const char *parameter, database_done *done, void *context);
const char *__wrap_exchange_header(const struct exchange *exchange, const char *name);
void __wrap_exchange_set_source(struct exchange *exchange, const char *kind, const char *value);
const union MHD_ConnectionInfo *__wrap_MHD_get_connection_info(struct MHD_Connection *connection, enum MHD_ConnectionInfoType type, ...);
int __wrap_MHD_get_connection_values(struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIterator each, void *context);

static struct {
    const char *answer; // of the database; NULL: it fails
    bool finds_nothing; // it answers, with NULL
    int calls;
    const char *authorization;
    const char *headers[4][2]; // up to a NULL
    struct sockaddr_storage peer;
    union MHD_ConnectionInfo info;
    char source[NETWORK_TEXT_SIZE];
    // What came out.
    bool answered, let_in;
    struct principal who;
    struct error error;
} play;

void __wrap_exchange_call(struct exchange *exchange, enum statement statement, const char *parameter, database_done *done, void *context)
{
    struct error error = {0};
    (void)exchange;
    (void)statement;
    assert_int_equal(strlen(parameter), VAULT_LOOKUP_HEX - 1); // a keyed hash, never the uid or the token
    play.calls++;
    if (play.answer == NULL && !play.finds_nothing)
        error_set(&error, ERROR_unavailable, "", "The database is away.");
    done(context, play.answer, play.answer != NULL ? strlen(play.answer) : 0, false, &error);
}

const char *__wrap_exchange_header(const struct exchange *exchange, const char *name)
{
    (void)exchange;
    assert_string_equal(name, "Authorization");
    return play.authorization;
}

void __wrap_exchange_set_source(struct exchange *exchange, const char *kind, const char *value)
{
    (void)exchange;
    assert_string_equal(kind, "address");
    snprintf(play.source, sizeof play.source, "%s", value);
}

const union MHD_ConnectionInfo *__wrap_MHD_get_connection_info(struct MHD_Connection *connection, enum MHD_ConnectionInfoType type, ...)
{
    (void)connection;
    (void)type;
    play.info.client_addr = play.peer.ss_family != AF_UNSPEC ? (struct sockaddr *)&play.peer : NULL;
    return play.peer.ss_family == AF_PACKET ? NULL : &play.info;
}

int __wrap_MHD_get_connection_values(struct MHD_Connection *connection, enum MHD_ValueKind kind, MHD_KeyValueIterator each, void *context)
{
    int count = 0;
    (void)connection;
    for (; count < 4 && play.headers[count][0] != NULL; count++)
        each(context, kind, play.headers[count][0], play.headers[count][1]);
    return count;
}

static void on_found(void *exchange, const struct principal *who, const struct error *error)
{
    (void)exchange;
    assert_false(play.answered);
    play.answered = true;
    play.let_in = who != NULL;
    if (who != NULL)
        play.who = *who;
    else
        play.error = *error;
}

static void set_peer(const char *address)
{
    struct sockaddr_in *ipv4 = (struct sockaddr_in *)&play.peer;
    struct sockaddr_in6 *ipv6 = (struct sockaddr_in6 *)&play.peer;
    play.peer = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, address, &ipv4->sin_addr) == 1)
        ipv4->sin_family = AF_INET;
    else if (inet_pton(AF_INET6, address, &ipv6->sin6_addr) == 1)
        ipv6->sin6_family = AF_INET6;
}

static char folder[] = "/tmp/dsrd-authority-XXXXXX";
static char ring[64], credential[64];
static struct service service;

struct asked {
    struct peer_cache *peers;
    uid_t uid;
    int library;
};

static bool ask_peer(void *context)
{
    struct asked *asked = context;
    struct exchange exchange = {.service = &service};
    play.answered = false;
    play.calls = 0;
    peer_find(asked->peers, asked->uid, asked->library, &exchange, on_found);
    assert_true(play.answered);
    return play.let_in;
}

#define ID "0b0e4ed9-4b6c-4a39-9a14-2b6a1f0a1b01"
#define ACCOUNT(library, name, roles) "{\"library\": " library ", \"name\": \"" name "\", \"account\": \"" ID "\", \"roles\": \"" roles "\"}"

static void a_uid_is_an_account_or_none(void **state)
{
    static const struct {
        const char *answer;
        int library, found; // 0: not let in
        const char *said;
    } cases[] = {
        {"[" ACCOUNT("1", "One", "staff") "]", 0, 1, NULL},
        {"[" ACCOUNT("1", "One", "staff") "]", 1, 1, NULL},
        {"[" ACCOUNT("1", "One", "staff") "]", 2, 0, "no account in library 2, but in 1 (One)"},
        {"[" ACCOUNT("1", "One", "staff") ", " ACCOUNT("3", "Two", "patron") "]", 3, 3, NULL},
        {"[" ACCOUNT("1", "One", "staff") ", " ACCOUNT("3", "Two", "patron") "]", 0, 0, "accounts in 2 libraries: 1 (One), 3 (Two)"},
        {"[]", 0, 0, "The user with uid 1000 has no account here"},
        {"[]", 5, 0, "or opens it with `dsr account set 1000 --enable`."},
        {"null", 0, 0, "has no account here"},
        {NULL, 0, 0, "The database is away"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct asked asked = {peer_cache_new(&service), 1000, cases[i].library};
        play.answer = cases[i].answer;
        if (ask_peer(&asked) != (cases[i].found != 0) || (play.let_in ? play.who.library != cases[i].found : strstr(play.error.text, cases[i].said) == NULL))
            fail_msg("case %zu: %s", i, play.let_in ? play.who.roles : play.error.text);
        peer_cache_free(asked.peers);
    }
}

static void a_uid_is_remembered_for_a_while(void **state)
{
    struct asked asked = {peer_cache_new(&service), 1000, 0};
    (void)state;
    play.answer = "[" ACCOUNT("1", "One", "staff,manager") "]";
    assert_true(ask_peer(&asked));
    assert_int_equal(play.calls, 1);
    assert_true(ask_peer(&asked));
    assert_int_equal(play.calls, 0); // remembered
    assert_string_equal(play.who.roles, "staff,manager");
    asked.library = 1;
    assert_true(ask_peer(&asked));
    assert_int_equal(play.calls, 1); // another question
    asked.uid += 64;                 // whose place is the same
    play.answer = "[]";
    assert_false(ask_peer(&asked));
    assert_int_equal(play.calls, 1);
    asked.uid -= 64;
    assert_true(ask_peer(&asked));
    peer_cache_clear(asked.peers);
    assert_false(ask_peer(&asked));
    assert_int_equal(play.calls, 1);
    service.config->api_account_cache_ms = 0; // not remembered at all
    play.answer = "[" ACCOUNT("1", "One", "staff") "]";
    assert_true(ask_peer(&asked));
    assert_true(ask_peer(&asked));
    assert_int_equal(play.calls, 1);
    service.config->api_account_cache_ms = 60000;
    peer_cache_free(asked.peers);
}

// Where memory runs out: no more is let in than otherwise, and what is said is a sentence.
static bool ask_peer_anew(void *context)
{
    struct asked *asked = context;
    peer_cache_clear(asked->peers);
    bool good = ask_peer(asked);
    assert_true(good ? strcmp(play.who.roles, "staff") == 0 && play.who.library == 1 : play.error.text[0] != '\0');
    assert_true(!good || strcmp(play.who.account, ID) == 0); // jansson leaves characters out of what it has no room for
    return good;
}

static bool ask_peer_in_vain(void *context)
{
    assert_false(ask_peer_anew(context));
    return true;
}

static bool make_cache(void *context)
{
    struct peer_cache *peers = peer_cache_new(context);
    bool good = peers != NULL;
    peer_cache_free(peers);
    return good;
}

static void without_memory_no_peer_is_let_in(void **state)
{
    struct asked asked = {peer_cache_new(&service), 1000, 0};
    (void)state;
    memory_each("peer_cache_new", make_cache, &service);
    play.answer = "[" ACCOUNT("1", "One", "staff") "]";
    memory_each("peer_find", ask_peer_anew, &asked);
    play.answer = "[" ACCOUNT("1", "One", "staff") ", " ACCOUNT("3", "Two", "patron") "]";
    memory_each("peer_find of two", ask_peer_in_vain, &asked);
    asked.library = 7;
    memory_each("peer_find elsewhere", ask_peer_in_vain, &asked);
    peer_cache_free(asked.peers);
}

#define TOKEN "dsr_abcdefghij_0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define GOOD "{\"state\": \"good\", \"library\": 1, \"account\": \"0b0e4ed9-4b6c-4a39-9a14-2b6a1f0a1b01\", \"roles\": \"patron\", \"scope\": \"write\", \"expires\": \"2027-01-01\"}"

static struct exchange bearer_exchange;

static bool ask_bearer(void *context)
{
    int library = bearer_exchange.wanted_library;
    bearer_exchange = (struct exchange){.service = &service, .remote = true, .wanted_library = library};
    play.answered = false;
    play.calls = 0;
    bearer_find(context, &bearer_exchange, on_found);
    assert_true(play.answered);
    assert_true(play.let_in ? strcmp(play.who.account, ID) == 0 : play.error.text[0] != '\0');
    return play.let_in;
}

static struct bearer *bearer_with(const char *proxies)
{
    struct error error;
    free(service.config->api_trusted_proxy);
    service.config->api_trusted_proxy = strdup(proxies);
    struct bearer *bearer = bearer_new(&service, &error);
    assert_non_null(bearer);
    return bearer;
}

static void a_token_is_good_or_says_why(void **state)
{
    static const struct {
        const char *authorization, *answer, *said; // said NULL: let in
        int library;
    } cases[] = {
        {"Bearer " TOKEN, GOOD, NULL, 0},
        {"bearer   " TOKEN, GOOD, NULL, 1},
        {"Bearer " TOKEN, GOOD, "This token is for another library", 2},
        {"Bearer " TOKEN, "{\"state\": \"expired\"}", "has expired", 0},
        {"Bearer " TOKEN, "{\"state\": \"revoked\"}", "was revoked", 0},
        {"Bearer " TOKEN, "null", "This token is not right", 0},
        {"Bearer " TOKEN, NULL, "The database is away", 0},
        {"Bearer something", GOOD, "This token is not right", 0},
        {"Basic dXNlcg==", GOOD, "A token is needed here", 0},
        {NULL, GOOD, "A token is needed here", 0},
    };
    (void)state;
    set_peer("203.0.113.7");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bearer *bearer = bearer_with("");
        play.authorization = cases[i].authorization;
        play.answer = cases[i].answer;
        bearer_exchange.wanted_library = cases[i].library;
        if (ask_bearer(bearer) != (cases[i].said == NULL) || (!play.let_in && strstr(play.error.text, cases[i].said) == NULL))
            fail_msg("case %zu: %s", i, play.let_in ? "let in" : play.error.text);
        if (play.let_in) {
            assert_true(bearer_exchange.token.may_write);
            assert_string_equal(bearer_exchange.token.id, "abcdefghij");
            assert_string_equal(bearer_exchange.token.expires, "2027-01-01");
            assert_string_equal(play.who.roles, "patron");
        }
        bearer_free(bearer);
    }
    bearer_exchange.wanted_library = 0;
    bearer_free(NULL);
    play.authorization = "Bearer " TOKEN;
    play.answer = NULL;
    play.finds_nothing = true;
    struct bearer *bearer = bearer_with("");
    struct asked asked = {peer_cache_new(&service), 1000, 0};
    assert_false(ask_bearer(bearer));
    assert_non_null(strstr(play.error.text, "This token is not right"));
    assert_false(ask_peer(&asked));
    play.finds_nothing = false;
    peer_cache_free(asked.peers);
    bearer_free(bearer);
}

static void guessing_is_slowed_down(void **state)
{
    struct bearer *bearer = bearer_with("");
    (void)state;
    set_peer("2001:db8::9");
    // One token again, at once.
    play.authorization = "Bearer something";
    assert_false(ask_bearer(bearer));
    assert_false(ask_bearer(bearer));
    assert_true(bearer_exchange.retry_after_s > 0);
    assert_non_null(strstr(play.error.text, "Too many wrong tokens"));
    // Others, until the address is slowed down as a whole.
    char tried[] = "Bearer " TOKEN;
    play.authorization = tried;
    play.answer = "null";
    for (int i = 0; i < THROTTLE_FREE; i++) {
        tried[strlen("Bearer dsr_")] = (char)('b' + i % 7);
        tried[strlen("Bearer dsr_a")] = (char)('b' + i / 7);
        assert_false(ask_bearer(bearer));
    }
    play.authorization = "Bearer " TOKEN; // nor is a right one looked at, from there
    play.answer = GOOD;
    assert_false(ask_bearer(bearer));
    assert_int_equal(play.calls, 0);
    assert_string_equal(play.source, "2001:db8::"); // one caller has a whole network
    set_peer("2001:db8:0:1::9");
    assert_true(ask_bearer(bearer));
    bearer_free(bearer);
}

static void whose_request_it_is_the_proxy_says(void **state)
{
    static const struct {
        const char *proxies, *peer, *headers[4][2], *source;
    } cases[] = {
        {"127.0.0.1", "127.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}}, "198.51.100.1"},
        {"127.0.0.1", "127.0.0.1", {{"X-Forwarded-For", "192.0.2.66"}, {"x-forwarded-for", "198.51.100.1"}}, "198.51.100.1"},
        {"127.0.0.1", "127.0.0.1", {{"Other", "192.0.2.66"}, {"Forwarded", "for=198.51.100.2"}}, "198.51.100.2"},
        {"127.0.0.1", "127.0.0.1", {{"X-Forwarded-For", NULL}}, "127.0.0.1"},
        {"127.0.0.1", "203.0.113.7", {{"X-Forwarded-For", "198.51.100.1"}}, "203.0.113.7"},
        {"", "127.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}}, "127.0.0.1"},
        {"", "127.0.0.1", {{NULL, NULL}}, "127.0.0.1"},
    };
    (void)state;
    play.authorization = "Bearer " TOKEN;
    play.answer = GOOD;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct bearer *bearer = bearer_with(cases[i].proxies);
        set_peer(cases[i].peer);
        memcpy(play.headers, cases[i].headers, sizeof play.headers);
        assert_true(ask_bearer(bearer));
        if (strcmp(play.source, cases[i].source) != 0)
            fail_msg("case %zu: %s", i, play.source);
        bearer_free(bearer);
    }
    // A connection that is none of the Internet.
    struct bearer *bearer = bearer_with("");
    memset(play.headers, 0, sizeof play.headers);
    set_peer("nowhere");
    assert_false(ask_bearer(bearer));
    play.peer.ss_family = AF_UNIX;
    assert_false(ask_bearer(bearer));
    play.peer.ss_family = AF_PACKET;
    assert_false(ask_bearer(bearer));
    bearer_free(bearer);
}

static bool make_bearer(void *context)
{
    struct error error = {0};
    struct bearer *bearer = bearer_new(context, &error);
    assert_true(bearer != NULL || error.text[0] != '\0');
    bearer_free(bearer);
    return bearer != NULL;
}

// The list of two lines is whole, or nobody is let in.
static bool ask_behind_a_proxy(void *context)
{
    snprintf(play.source, sizeof play.source, "198.51.100.1");
    bool good = ask_bearer(context);
    assert_string_equal(play.source, "198.51.100.1");
    return good;
}

static void without_memory_nobody_is_let_in_or_taken_for_another(void **state)
{
    static const char *const lines[4][2] = {
        {"X-Forwarded-For", "192.0.2.66, 192.0.2.67, 192.0.2.68, 192.0.2.69, 192.0.2.70, 192.0.2.71, 192.0.2.72, 192.0.2.73, 192.0.2.74, 192.0.2.75"},
        {"X-Forwarded-For", "192.0.2.76, 192.0.2.77, 192.0.2.78, 192.0.2.79, 192.0.2.80, 192.0.2.81, 192.0.2.82, 192.0.2.83, 198.51.100.1"},
        {"Forwarded", "for=192.0.2.99"}};
    struct error error;
    (void)state;
    memory_each("bearer_new", make_bearer, &service);
    struct bearer *bearer = bearer_with("127.0.0.1");
    set_peer("127.0.0.1");
    memcpy(play.headers, lines, sizeof play.headers);
    play.authorization = "Bearer " TOKEN;
    play.answer = GOOD;
    assert_true(ask_bearer(bearer)); // and so never waits
    memory_each("bearer_find", ask_behind_a_proxy, bearer);
    memset(play.headers, 0, sizeof play.headers);
    bearer_free(bearer);
    free(service.config->api_trusted_proxy);
    service.config->api_trusted_proxy = strdup("everybody");
    assert_null(bearer_new(&service, &error));
    assert_string_equal(error.field, "api.trusted_proxy");
}

static void roles_are_known_and_each_once(void **state)
{
    static const struct {
        const char *roles;
        bool good;
    } cases[] = {{"[\"patron\"]", true},           {"[\"staff\", \"manager\", \"officer\", \"operator\", \"patron\"]", true}, {"[]", false}, {"[\"owner\"]", false},
                 {"[\"staff\", \"staff\"]", false}, {"[\"staff\", 7]", false}, {"[7, \"staff\"]", false}, {"\"staff\"", false}, {"[\"patron\", \"staff\", \"patron\"]", false}};
    struct error error;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        json_t *roles = json_loads(cases[i].roles, JSON_DECODE_ANY, NULL);
        if (account_roles_check(roles, &error) != cases[i].good)
            fail_msg("%s", cases[i].roles);
        json_decref(roles);
    }
}

static void reach_is_that_of_the_widest_role(void **state)
{
    static const struct {
        const char *allowed, *roles, *reach; // NULL: refused
    } cases[] = {{"*", "patron", REACH_LIBRARY},           {"", "patron", REACH_OWN},                  {"staff", "patron", NULL},          {"staff,patron:own", "patron", REACH_OWN},
                 {"staff,patron:own", "staff", REACH_LIBRARY}, {"staff,patron:own", "patron,staff", REACH_LIBRARY}, {"staff", "staf", NULL}, {"staff", "stafff", NULL}, {"staff", "", NULL}};
    char methods[ALLOW_SIZE], small_room[3];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct route route = {.roles = cases[i].allowed};
        const char *reach = route_reach(&route, cases[i].roles);
        if ((reach == NULL) != (cases[i].reach == NULL) || (reach != NULL && strcmp(reach, cases[i].reach) != 0))
            fail_msg("case %zu: %s", i, reach != NULL ? reach : "refused");
    }
    const struct route open = {.roles = NULL};
    assert_string_equal(route_reach(&open, ""), REACH_LIBRARY);
    route_methods("/v1/subjects", methods, sizeof methods);
    assert_string_equal(methods, "POST, GET, HEAD");
    route_methods("/v1/nothing", methods, sizeof methods);
    assert_string_equal(methods, "");
    route_methods("/v1/subjects", small_room, sizeof small_room); // what has no room is left out
    assert_string_equal(small_room, "PO");
}

static void the_least_guilty_make_room(void **state)
{
    struct throttle *throttle = throttle_new();
    struct network_address from = {{0}};
    bool slowed, any = false;
    (void)state;
    assert_non_null(throttle);
    // More sources than there is room for, some guiltier than others, and at the same or another time.
    for (int round = 0; round < 3; round++)
        for (unsigned i = 0; i < 6000; i++) {
            from.bytes[0] = 0x20;
            from.bytes[6] = (unsigned char)(i / 256);
            from.bytes[7] = (unsigned char)i;
            struct throttle_try attempt = {&from, "", "wrong"};
            for (unsigned again = 0; again <= i % 3; again++) {
                throttle_failed(throttle, &attempt, i % 2 == 0, (int64_t)(i % 7) * 1000, &slowed);
                any = any || slowed;
            }
            throttle_wait(throttle, &attempt, 0);
            throttle_wait(throttle, &attempt, 5000000);
            if (i % 5 == 0)
                throttle_passed(throttle, &attempt);
        }
    // Who passed is forgiven there, and its token never waits.
    struct throttle_try mine = {&from, "abcdefghij", TOKEN};
    assert_true(throttle_failed(throttle, &mine, false, 0, &slowed) > 0);
    assert_true(throttle_wait(throttle, &mine, 0) > 0);
    throttle_passed(throttle, &mine);
    assert_int_equal(throttle_wait(throttle, &mine, 0), 0);
    struct throttle_try other = {&from, "abcdefghij", "dsr_abcdefghij_other"};
    assert_int_equal(throttle_wait(throttle, &other, 0), 0); // its id is forgiven too
    throttle_free(throttle);
}

static void addresses_and_lists_are_strict(void **state)
{
    static const char *const bad_lists[] = {"10.0.0.0/33", "10.0.0.0/x", "name", "::1/129", "10.0.0.0/8/8", "1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.17.18.19.20.21.22.23.24.25.26.27.28.29.30.31",
                                            "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,1.1.1.7,1.1.1.8,1.1.1.9,1.1.1.10,1.1.1.11,1.1.1.12,1.1.1.13,1.1.1.14,1.1.1.15,1.1.1.16,1.1.1.17"};
    static const char *const bad_ports[] = {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536", "[::1]", "[::1", "[::1]x80", "[127.0.0.1]:80", "[]:80", ":80", "192.0.2.1:80", "[x:]:80"};
    static const struct {
        const char *x_forwarded_for, *forwarded, *client;
    } cases[] = {
        {"198.51.100.1 \t, 127.0.0.1", NULL, "198.51.100.1"},        {"198.51.100.1, unknown", NULL, "127.0.0.1"},   {" , \t", NULL, "127.0.0.1"},
        {NULL, "fox=1.2.3.4, For=\"[2001:db8::1]:9\"", "2001:db8::1"}, {NULL, "by=1.2.3.4;for=198.51.100.3;proto=http", "198.51.100.3"},
        {NULL, "for=198.51.100.3, proto=http", "127.0.0.1"},          {NULL, "abc=198.51.100.3", "127.0.0.1"},        {NULL, "for=\"_hidden\"", "127.0.0.1"},
        {"[2001:db8::1]x", NULL, "127.0.0.1"},                        {"[2001:db8::1]:80", NULL, "2001:db8::1"},      {NULL, "for=198.51.100.4;", "198.51.100.4"},
        {"   ", NULL, "127.0.0.1"},                                   {"\t ,198.51.100.1", NULL, "198.51.100.1"},
    };
    struct network_ranges ranges;
    struct network_address address, client, peer;
    struct error error;
    char text[NETWORK_TEXT_SIZE];
    int port;
    (void)state;
    for (size_t i = 0; i < COUNT(bad_lists); i++)
        if (network_ranges_parse(bad_lists[i], "f", &ranges, &error))
            fail_msg("%s", bad_lists[i]);
    for (size_t i = 0; i < COUNT(bad_ports); i++)
        if (network_loopback_parse(bad_ports[i], "f", &address, &port, &error))
            fail_msg("%s", bad_ports[i]);
    assert_true(network_url_is_loopback("smtp://[::1]:25") && network_url_is_loopback("smtp://127.0.0.1") && network_url_is_loopback("imaps://localhost/Box"));
    assert_false(network_url_is_loopback("smtp://[::1:2]") || network_url_is_loopback("smtp://128.0.0.1") || network_url_is_loopback("smtp://127.example"));
    assert_true(network_loopback_parse("[::1]:80", "f", &address, &port, &error) && port == 80);
    assert_true(network_ranges_parse("127.0.0.1", "f", &ranges, &error));
    assert_true(network_address_parse("127.0.0.1", 9, &peer));
    assert_false(network_address_parse("", 0, &address));
    assert_false(network_address_parse("1111:2222:3333:4444:5555:6666:7777:8888:9999:0000", 49, &address));
    for (size_t i = 0; i < COUNT(cases); i++) {
        network_client(&ranges, &peer, cases[i].x_forwarded_for, cases[i].forwarded, &client);
        if (strcmp(network_address_format(&client, text), cases[i].client) != 0)
            fail_msg("case %zu: %s", i, text);
    }
}

static int make(void **state)
{
    struct error error;
    const struct ring_policy policy = {.bucket_days = 7, .backup_days = 35, .buckets_ahead = 4};
    (void)state;
    memory_for_json();
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(ring, sizeof ring, "%s/ring", folder);
    snprintf(credential, sizeof credential, "%s/credential", folder);
    service.config = config_load(NULL, &error);
    if (!vault_create(ring, credential, &policy, &error))
        return -1;
    service.vault = vault_open(ring, credential, &error);
    service.config->api_account_cache_ms = 60000;
    return service.vault == NULL || service.config == NULL;
}

static int unmake(void **state)
{
    (void)state;
    vault_close(service.vault);
    config_free(service.config);
    unlink(ring);
    unlink(credential);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_uid_is_an_account_or_none),       cmocka_unit_test(a_uid_is_remembered_for_a_while),
        cmocka_unit_test(without_memory_no_peer_is_let_in),  cmocka_unit_test(a_token_is_good_or_says_why),
        cmocka_unit_test(guessing_is_slowed_down),           cmocka_unit_test(whose_request_it_is_the_proxy_says),
        cmocka_unit_test(without_memory_nobody_is_let_in_or_taken_for_another), cmocka_unit_test(roles_are_known_and_each_once),
        cmocka_unit_test(reach_is_that_of_the_widest_role),  cmocka_unit_test(the_least_guilty_make_room),
        cmocka_unit_test(addresses_and_lists_are_strict),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
