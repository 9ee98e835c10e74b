// SPDX-License-Identifier: GPL-3.0-or-later
// Reply tokens: 80 bits, written so that they survive being typed again.
#include "tests/unit/check.h"

#include <sodium.h>
#include <string.h>

#include "shared/reply_token.h"

enum { TOKENS = 20000 };

static void a_new_token_is_sixteen_characters_of_base32(void **state)
{
    unsigned seen[256] = {0};
    char token[REPLY_TOKEN_SIZE], before[REPLY_TOKEN_SIZE] = "";
    (void)state;
    for (int i = 0; i < TOKENS; i++) {
        assert_true(reply_token_new(token));
        assert_int_equal(strlen(token), 16);
        assert_int_equal(strspn(token, "0123456789abcdefghjkmnpqrstvwxyz"), 16);
        assert_string_not_equal(token, before);
        memcpy(before, token, sizeof before);
        for (const char *at = token; *at != '\0'; at++)
            seen[(unsigned char)*at]++;
    }
    // Every character as often as the others: 10,000 times, give or take six standard deviations.
    for (const char *at = "0123456789abcdefghjkmnpqrstvwxyz"; *at != '\0'; at++)
        assert_in_range(seen[(unsigned char)*at], 9400, 10600);
}

static void a_token_survives_being_typed(void **state)
{
    static const struct {
        const char *typed, *token; // NULL: none
    } cases[] = {
        {"k3v9w2m7q8r5t1xz", "k3v9w2m7q8r5t1xz"},
        {"K3V9W2M7Q8R5T1XZ", "k3v9w2m7q8r5t1xz"},
        {"k3v9w2m7q8r5tlxz", "k3v9w2m7q8r5t1xz"},
        {"K3V9W2M7Q8R5TIXZ", "k3v9w2m7q8r5t1xz"},
        {"k3u9w2m7q8r5t1xz", "k3v9w2m7q8r5t1xz"},
        {"oO00000000000000", "0000000000000000"},
        {"k3v9w2m7q8r5t1x", NULL},
        {"k3v9w2m7q8r5t1xzz", NULL},
        {"", NULL},
        {"k3v9w2m7q8r5t1x-", NULL},
        {"k3v9w2m7q8r5t1x\xC3", NULL},
        {"k3v9w2m7q8r5t1x ", NULL},
    };
    char token[REPLY_TOKEN_SIZE];
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool good = reply_token_normalise(cases[i].typed, strlen(cases[i].typed), token);
        assert_int_equal(good, cases[i].token != NULL);
        if (good)
            assert_string_equal(token, cases[i].token);
    }
    assert_false(reply_token_normalise("k3v9w2m7\0q8r5t1x", 16, token));
}

static void its_hash_is_sha_256_of_its_characters(void **state)
{
    unsigned char hash[REPLY_TOKEN_HASH_BYTES];
    char hex[2 * sizeof hash + 1];
    (void)state;
    reply_token_hash("0123456789abcdef", hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    assert_string_equal(hex, "9f9f5111f7b27a781f1f1ddde5ebc2dd2b796bfc7365c9c28b548e564176929f");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_token_is_sixteen_characters_of_base32),
        cmocka_unit_test(a_token_survives_being_typed),
        cmocka_unit_test(its_hash_is_sha_256_of_its_characters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
