// SPDX-License-Identifier: GPL-3.0-or-later
// Reply tokens: as made, as retyped, and as kept.
#include <sodium.h>
#include <string.h>

#include "check.h"
#include "shared/reply_token.h"

static void a_new_token_is_read_as_it_is(void **state)
{
    char one[REPLY_TOKEN_SIZE], other[REPLY_TOKEN_SIZE], read[REPLY_TOKEN_SIZE];
    unsigned char seen[256] = {0};
    (void)state;
    for (int i = 0; i < 2000; i++) {
        assert_true(reply_token_new(one));
        assert_true(reply_token_new(other));
        assert_string_not_equal(one, other);
        assert_int_equal(strlen(one), REPLY_TOKEN_LENGTH);
        assert_true(reply_token_normalise(one, strlen(one), read));
        assert_string_equal(one, read);
        for (size_t j = 0; one[j] != '\0'; j++)
            seen[(unsigned char)one[j]] = 1;
    }
    size_t letters = 0;
    for (size_t i = 0; i < sizeof seen; i++)
        letters += seen[i];
    assert_int_equal(letters, 32);
}

static void what_people_retype_is_understood(void **state)
{
    static const struct {
        const char *typed, *token;
    } cases[] = {
        {"0123456789abcdeh", "0123456789abcdeh"}, {"O123456789ABCDEH", "0123456789abcdeh"}, {"ol23456789abcdeH", "0123456789abcdeh"},
        {"0I23456789abcdeh", "0123456789abcdeh"}, {"0123456789abcdeu", NULL}, {"0123456789abcde", NULL}, {"0123456789abcdehh", NULL}, {"0123456789abcd-h", NULL}, {"", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char token[REPLY_TOKEN_SIZE];
        assert_int_equal(reply_token_normalise(cases[i].typed, strlen(cases[i].typed), token), cases[i].token != NULL);
        if (cases[i].token != NULL)
            assert_string_equal(token, cases[i].token);
    }
}

static void the_hash_is_plain_sha256(void **state)
{
    unsigned char hash[REPLY_TOKEN_HASH];
    char hex[2 * REPLY_TOKEN_HASH + 1];
    (void)state;
    reply_token_hash("0123456789abcdef", hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    assert_string_equal(hex, "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f"); // sha256sum says so
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_new_token_is_read_as_it_is), cmocka_unit_test(what_people_retype_is_understood),
                                       cmocka_unit_test(the_hash_is_plain_sha256)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
