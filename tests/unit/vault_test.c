// SPDX-License-Identifier: GPL-3.0-or-later
// Sealing: what was sealed for one place opens there and nowhere else.
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vault/person.h"
#include "vault/vault.h"

static char folder[] = "/tmp/dsrd-vault-XXXXXX";
static char ring[64], credential[64];
static const struct ring_policy policy = {.bucket_days = 7, .backup_days = 35, .buckets_ahead = 4, .makes_keys = true};

static int make(void **state)
{
    struct error error;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(ring, sizeof ring, "%s/ring", folder);
    snprintf(credential, sizeof credential, "%s/credential", folder);
    if (!vault_create(ring, credential, &policy, &error))
        return -1;
    *state = vault_open(ring, credential, &error);
    return *state == NULL ? -1 : 0;
}

static int unmake(void **state)
{
    vault_close(*state);
    unlink(ring);
    unlink(credential);
    return rmdir(folder);
}

static void the_files_are_closed_and_never_overwritten(void **state)
{
    struct stat status;
    struct error error;
    (void)state;
    assert_int_equal(stat(ring, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(stat(credential, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_false(vault_create(ring, credential, &policy, &error));
}

static void a_round_trip_and_every_way_to_tamper(void **state)
{
    const struct vault *vault = *state;
    struct error error;
    char *bytes;
    size_t length;
    char *envelope = vault_seal(vault, "event", "note", "row-1", "secret", 6, &error);
    assert_non_null(envelope);
    assert_null(strstr(envelope, "secret"));
    assert_true(vault_unseal(vault, "event", "note", "row-1", envelope, &bytes, &length, &error));
    assert_int_equal(length, 6);
    assert_string_equal(bytes, "secret");
    free(bytes);
    assert_false(vault_unseal(vault, "event", "note", "row-2", envelope, &bytes, &length, &error));
    assert_false(vault_unseal(vault, "event", "void_reason", "row-1", envelope, &bytes, &length, &error));
    assert_false(vault_unseal(vault, "subject", "note", "row-1", envelope, &bytes, &length, &error));
    for (size_t i = 0; i < strlen(envelope); i += 3) {
        char before = envelope[i];
        envelope[i] = before == 'A' ? 'B' : 'A';
        if (vault_unseal(vault, "event", "note", "row-1", envelope, &bytes, &length, &error))
            fail_msg("character %zu changed, and it opened", i);
        envelope[i] = before;
    }
    char *again = vault_seal(vault, "event", "note", "row-1", "secret", 6, &error);
    assert_string_not_equal(envelope, again); // equal texts do not look equal
    free(again);
    free(envelope);
}

static void look_up_is_stable_separate_and_ignores_case_of_addresses(void **state)
{
    const struct vault *vault = *state;
    char one[VAULT_LOOKUP_HEX], two[VAULT_LOOKUP_HEX];
    vault_lookup(vault, "uid", "1000", one);
    vault_lookup(vault, "uid", "1000", two);
    assert_string_equal(one, two);
    vault_lookup(vault, "email", "1000", two);
    assert_string_not_equal(one, two);
    person_address_hash(vault, "Ann@Example.org", one);
    person_address_hash(vault, "ann@example.ORG", two);
    assert_string_equal(one, two);
}

static void json_is_opened_or_emptied(void **state)
{
    const struct vault *vault = *state;
    struct error error;
    json_t *person = person_seal(vault, "subject", "Ann", NULL, NULL, &error);
    json_t *answer = json_pack("{s:{s:O, s:s, s:O}, s:i}", "name", "sealed", json_object_get(person, "name_sealed"), "at", "subject.name", "row",
                               json_object_get(person, "id"), "n", 3);
    json_t *copy = json_deep_copy(answer);
    assert_true(vault_open_json(vault, answer, true, &error));
    assert_string_equal(json_string_value(json_object_get(answer, "name")), "Ann");
    assert_true(vault_open_json(vault, copy, false, &error));
    assert_true(json_is_null(json_object_get(copy, "name")));
    json_decref(copy);
    json_decref(answer);
    json_decref(person);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_are_closed_and_never_overwritten), cmocka_unit_test(a_round_trip_and_every_way_to_tamper),
        cmocka_unit_test(look_up_is_stable_separate_and_ignores_case_of_addresses), cmocka_unit_test(json_is_opened_or_emptied),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
