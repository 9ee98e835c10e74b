// SPDX-License-Identifier: GPL-3.0-or-later
// Tokens as text, whose a request is that came through proxies, and what slows down guessing.
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "http/throttle.h"
#include "shared/network.h"
#include "shared/token.h"

static struct network_address address(const char *text)
{
    struct network_address result;
    assert_true(network_address_parse(text, strlen(text), &result));
    return result;
}

static void a_token_is_read_as_it_was_written(void **state)
{
    unsigned char random[TOKEN_RANDOM_BYTES];
    char token[TOKEN_SIZE], id[TOKEN_ID_SIZE];
    (void)state;
    randombytes_buf(random, sizeof random);
    token_format(random, token);
    assert_int_equal(strlen(token), TOKEN_LENGTH);
    assert_true(token_parse(token, id));
    assert_true(token_is_id(id));
    assert_memory_equal(token + 4, id, TOKEN_ID_LENGTH);
    // Each of the 256 bits of the secret is in the text.
    for (size_t bit = 0; bit < 8 * TOKEN_SECRET_BYTES; bit++) {
        char other[TOKEN_SIZE];
        random[TOKEN_ID_LENGTH + bit / 8] ^= (unsigned char)(1 << bit % 8);
        token_format(random, other);
        random[TOKEN_ID_LENGTH + bit / 8] ^= (unsigned char)(1 << bit % 8);
        assert_string_not_equal(other, token);
    }
    for (size_t i = 0; i < TOKEN_LENGTH; i++) {
        char wrong[TOKEN_SIZE];
        memcpy(wrong, token, sizeof wrong);
        wrong[i] = '!';
        assert_false(token_parse(wrong, id));
        wrong[i] = '\0';
        assert_false(token_parse(wrong, id));
    }
    assert_false(token_parse("", id));
    assert_false(token_is_id("abcdefghi1"));
    assert_false(token_is_id("abcdefghij2"));
}

static void only_loopback_may_be_listened_on(void **state)
{
    static const struct {
        const char *text, *why; // NULL: it is good
    } cases[] = {
        {"127.0.0.1:8765", NULL}, {"127.9.8.7:1", NULL}, {"[::1]:65535", NULL}, {"[::ffff:127.0.0.1]:80", NULL},
        {"0.0.0.0:8765", "only loopback"}, {"192.0.2.1:8765", "only loopback"}, {"[::]:8765", "only loopback"},
        {"[2001:db8::1]:80", "only loopback"},
        {"[::ffff:10.0.0.1]:80", "only loopback"}, {"127.0.0.1", "write it as"}, {"127.0.0.1:", "write it as"},
        {"127.0.0.1:0", "write it as"},
        {"127.0.0.1:65536", "write it as"}, {"::1:8765", "write it as"}, {"[::1]", "write it as"}, {"[::1]8765", "write it as"},
        {"[127.0.0.1]:1", "write it as"},
        {"localhost:8765", "write it as"}, {"8765", "write it as"}, {":8765", "write it as"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct network_address at;
        struct error error = {0};
        int port;
        bool good = network_loopback_parse(cases[i].text, "api.listen", &at, &port, &error);
        if (good != (cases[i].why == NULL) || (!good && strstr(error.text, cases[i].why) == NULL))
            fail_msg("%s: %s", cases[i].text, good ? "taken" : error.text);
    }
}

static void urls_of_this_machine_are_told_from_others(void **state)
{
    static const struct {
        const char *url;
        bool here;
    } cases[] = {{"smtp://localhost:25", true}, {"imap://localhost/INBOX", true}, {"imaps://127.0.0.1:993/A", true}, {"smtp://127.9.8.7", true},
                 {"smtp://[::1]:25", true}, {"smtp://127.example.org", false}, {"smtp://127.0.0.1.example.org:25", false}, {"smtp://localhost.example", false},
                 {"smtp://128.0.0.1", false}, {"smtp://[2001:db8::1]:25", false}, {"imaps://mail.example.org/localhost", false}, {"localhost", false}};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (network_url_is_loopback(cases[i].url) != cases[i].here)
            fail_msg("%s", cases[i].url);
}

static void ranges_hold_what_lies_in_them(void **state)
{
    struct network_ranges ranges;
    struct error error;
    (void)state;
    assert_true(network_ranges_parse(" 127.0.0.1, 10.0.0.0/8 2001:db8::/33,,192.0.2.64/26", "f", &ranges, &error));
    static const struct {
        const char *text;
        bool held;
    } cases[] = {{"127.0.0.1", true}, {"127.0.0.2", false}, {"10.255.0.1", true}, {"11.0.0.1", false}, {"::ffff:10.1.1.1", true},
                 {"2001:db8:7fff::", true},
                 {"2001:db8:8000::", false}, {"192.0.2.127", true}, {"192.0.2.63", false}, {"192.0.2.128", false}, {"::1", false}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct network_address at = address(cases[i].text);
        if (network_ranges_hold(&ranges, &at) != cases[i].held)
            fail_msg("%s", cases[i].text);
    }
    static const char *const wrongs[] = {"10.0.0.0/33", "2001:db8::/129", "10.0.0.0/", "10.0.0", "proxy.example.org", "10.0.0.0/-1", NULL};
    for (const char *const *wrong = wrongs; *wrong != NULL; wrong++)
        if (network_ranges_parse(*wrong, "f", &ranges, &error))
            fail_msg("%s is taken", *wrong);
    assert_true(network_ranges_parse("", "f", &ranges, &error));
    assert_int_equal(ranges.count, 0);
}

static void a_request_is_the_last_untrusted_ones(void **state)
{
    static const struct {
        const char *peer, *x_forwarded_for, *forwarded, *client;
    } cases[] = {
        {"127.0.0.1", "198.51.100.7", NULL, "198.51.100.7"},
        {"127.0.0.1", "203.0.113.1, 198.51.100.7", NULL, "198.51.100.7"},
        {"127.0.0.1", "203.0.113.1, 198.51.100.7, 10.0.0.3,10.0.0.4", NULL, "198.51.100.7"},
        {"127.0.0.1", "10.0.0.3, 10.0.0.4", NULL, "10.0.0.3"},
        {"127.0.0.1", "198.51.100.7, unknown", NULL, "127.0.0.1"},
        {"127.0.0.1", "198.51.100.7, unknown, 10.0.0.4", NULL, "10.0.0.4"},
        {"127.0.0.1", "2001:db8::5 , 10.0.0.4", NULL, "2001:db8::5"},
        {"127.0.0.1", "198.51.100.7:4711", NULL, "198.51.100.7"},
        {"127.0.0.1", "", NULL, "127.0.0.1"},
        {"127.0.0.1", " , ,", NULL, "127.0.0.1"},
        {"127.0.0.1", NULL, NULL, "127.0.0.1"},
        {"127.0.0.5", "198.51.100.7", NULL, "127.0.0.5"}, // not a proxy that is trusted
        {"127.0.0.1", NULL, "for=203.0.113.1;proto=https, for=198.51.100.7;by=10.0.0.4", "198.51.100.7"},
        {"127.0.0.1", NULL, "proto=https;For=\"[2001:db8::17]:4711\"", "2001:db8::17"},
        {"127.0.0.1", NULL, "for=\"198.51.100.7, 9.9.9.9\", for=10.0.0.3", "10.0.0.3"},
        {"127.0.0.1", NULL, "for=198.51.100.7, for=_hidden", "127.0.0.1"},
        {"127.0.0.1", NULL, "for=198.51.100.7, proto=http", "127.0.0.1"},
        {"127.0.0.1", NULL, "for=198.51.100.7,for=\"unfinished", "127.0.0.1"},
        {"127.0.0.1", NULL, ",;=,\"", "127.0.0.1"},
        {"127.0.0.1", "198.51.100.8", "for=198.51.100.7", "198.51.100.8"}, // one of them counts
    };
    struct network_ranges trusted;
    struct error error;
    char text[NETWORK_TEXT_SIZE];
    (void)state;
    assert_true(network_ranges_parse("127.0.0.1 10.0.0.0/8", "f", &trusted, &error));
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct network_address peer = address(cases[i].peer), client;
        network_client(&trusted, &peer, cases[i].x_forwarded_for, cases[i].forwarded, &client);
        if (strcmp(network_address_format(&client, text), cases[i].client) != 0)
            fail_msg("case %zu: %s instead of %s", i, text, cases[i].client);
    }
}

static void the_pause_doubles_and_is_forgiven_with_time(void **state)
{
    struct throttle *throttle = throttle_new();
    struct network_address from = address("198.51.100.7");
    struct throttle_try attempt = {&from, "abcdefghij", "wrong"};
    int64_t now = 5000;
    bool slowed;
    (void)state;
    for (unsigned wanted = 1; wanted < THROTTLE_TOKEN_MOST_S; wanted *= 2) {
        assert_int_equal(throttle_wait(throttle, &attempt, now), 0);
        assert_int_equal(throttle_failed(throttle, &attempt, false, now, &slowed), wanted);
        assert_int_equal(throttle_wait(throttle, &attempt, now), wanted);
        assert_int_equal(throttle_wait(throttle, &attempt, now + 1000 * (int64_t)wanted - 1), 1);
        now += 1000 * (int64_t)wanted;
    }
    for (int i = 0; i < 50; i++)
        assert_in_range(throttle_failed(throttle, &attempt, false, now, &slowed), THROTTLE_TOKEN_MOST_S, THROTTLE_TOKEN_MOST_S);
    // An address with other tokens is not held up by this one.
    struct throttle_try other = {&from, "klmnpqrstu", "another"};
    assert_int_equal(throttle_wait(throttle, &other, now), 0);
    now += 100 * 900000;
    assert_int_equal(throttle_failed(throttle, &attempt, false, now, &slowed), 1);
    throttle_free(throttle);
}

static void who_guesses_is_held_up_and_nobody_else(void **state)
{
    struct throttle *throttle = throttle_new();
    struct network_address bad = address("2001:db8::1"), same = address("2001:db8::ffff"), elsewhere = address("2001:db8:0:1::1");
    struct throttle_try right = {&bad, "abcdefghij", "right"}, fresh = {&bad, "bcdefghijk", "never seen"};
    bool slowed;
    (void)state;
    throttle_passed(throttle, &right);
    for (int i = 0; i < 100; i++) {
        char id[TOKEN_ID_SIZE];
        snprintf(id, sizeof id, "x%09u", (unsigned)i % 1000);
        struct throttle_try guess = {&bad, id, id};
        unsigned pause = throttle_failed(throttle, &guess, true, 1000, &slowed);
        assert_int_equal(pause, i < THROTTLE_FREE ? 1 : i < THROTTLE_FREE + 6 ? 1u << (i - THROTTLE_FREE) : THROTTLE_ADDRESS_MOST_S);
        assert_int_equal(slowed, i == THROTTLE_FREE);
    }
    assert_int_equal(throttle_wait(throttle, &fresh, 1000), THROTTLE_ADDRESS_MOST_S);
    fresh.from = &same;
    assert_int_equal(throttle_wait(throttle, &fresh, 1000), THROTTLE_ADDRESS_MOST_S);
    fresh.from = &elsewhere;
    assert_int_equal(throttle_wait(throttle, &fresh, 1000), 0);
    assert_int_equal(throttle_wait(throttle, &right, 1000), 0); // its neighbour goes on
    throttle_failed(throttle, &right, false, 1000, &slowed);    // until it is revoked
    assert_int_equal(throttle_wait(throttle, &right, 1000), THROTTLE_ADDRESS_MOST_S);
    throttle_free(throttle);
}

static void many_sources_do_not_push_out_the_guilty(void **state)
{
    struct throttle *throttle = throttle_new();
    struct network_address guilty = address("198.51.100.7");
    struct throttle_try attempt = {&guilty, "abcdefghij", "wrong"};
    bool slowed;
    (void)state;
    for (int i = 0; i < 8; i++)
        throttle_failed(throttle, &attempt, true, 1000, &slowed);
    for (int i = 0; i < 20000; i++) {
        char text[NETWORK_TEXT_SIZE];
        snprintf(text, sizeof text, "10.%d.%d.1", i / 250, i % 250);
        struct network_address from = address(text);
        throttle_failed(throttle, &(struct throttle_try){&from, "abcdefghij", "wrong"}, true, 1000, &slowed);
    }
    assert_int_equal(throttle_wait(throttle, &attempt, 1000), 128);
    throttle_free(throttle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_read_as_it_was_written),      cmocka_unit_test(only_loopback_may_be_listened_on),
        cmocka_unit_test(urls_of_this_machine_are_told_from_others),
        cmocka_unit_test(ranges_hold_what_lies_in_them),          cmocka_unit_test(a_request_is_the_last_untrusted_ones),
        cmocka_unit_test(the_pause_doubles_and_is_forgiven_with_time), cmocka_unit_test(who_guesses_is_held_up_and_nobody_else),
        cmocka_unit_test(many_sources_do_not_push_out_the_guilty),
    };
    return sodium_init() < 0 ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
