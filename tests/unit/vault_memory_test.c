// SPDX-License-Identifier: GPL-3.0-or-later
// Sealing where memory runs out: an error that says so, nothing lost, and no row, key or value left out of an answer.
#include <stdio.h>
#include <unistd.h>

#include "shared/json.h"
#include "tests/unit/memory.h"
#include "vault/person.h"
#include "vault/reseal.h"
#include "vault/secret_file.h"
#include "vault/vault.h"

static char folder[] = "/tmp/dsrd-vault-memory-XXXXXX";
static char ring[64], credential[64];
static const struct ring_policy policy = {.bucket_days = 7, .backup_days = 35, .buckets_ahead = 4, .makes_keys = true};

static bool clean(const struct error *error)
{
    if (error->code == ERROR_NONE || error->text[0] == '\0')
        fail_msg("it fails without saying why");
    return false;
}

static void remove_ring(void)
{
    char path[96];
    snprintf(path, sizeof path, "%s.new", ring);
    unlink(path);
    unlink(ring);
    unlink(credential);
}

static bool create(void *context)
{
    struct error error = {0};
    (void)context;
    remove_ring();
    return vault_create(ring, credential, &policy, &error) || clean(&error);
}

static bool open_it(void *context)
{
    struct error error = {0};
    (void)context;
    struct vault *vault = vault_open(ring, credential, &error);
    if (vault == NULL)
        return clean(&error);
    vault_close(vault);
    return true;
}

static bool seal_and_open(void *context)
{
    struct error error = {0};
    char *bytes = NULL;
    size_t length;
    char *sealed = vault_seal(context, "t", "c", "r", "secret", 6, &error);
    if (sealed == NULL)
        return clean(&error);
    bool good = vault_unseal(context, "t", "c", "r", sealed, &bytes, &length, &error) || clean(&error);
    if (good)
        assert_string_equal(bytes, "secret");
    free(bytes);
    free(sealed);
    return good;
}

static bool seal_person(void *context)
{
    struct error error = {0};
    json_t *row = person_seal(context, "account", "Ann", "Ann@example.org", "1000", &error);
    if (row == NULL)
        return clean(&error);
    assert_int_equal(json_object_size(row), 6); // id, three sealed, two hashes
    json_decref(row);
    return true;
}

// A list and a member, once for one who may see them and once for one who may not.
static bool open_json(void *context)
{
    struct error error = {0};
    size_t until = memory.until;
    memory.until = 0;
    json_t *person = person_seal(context, "subject", "Ann", "ann@example.org", NULL, &error);
    const char *id = json_text(person, "id"), *name = json_text(person, "name_sealed"), *email = json_text(person, "email_sealed");
    json_t *answer = json_pack("{s:[{s:s, s:s, s:s}, i], s:{s:{s:s, s:s, s:s}}}", "list", "sealed", name, "at", "subject.name", "row", id, 1, "one", "email",
                               "sealed", email, "at", "subject.email", "row", id);
    assert_non_null(answer);
    memory.until = until;
    bool good = vault_open_json(context, answer, true, &error) || clean(&error);
    memory.until = 0;
    if (good) {
        assert_string_equal(json_string_value(json_array_get(json_object_get(answer, "list"), 0)), "Ann");
        assert_string_equal(json_text(json_object_get(answer, "one"), "email"), "ann@example.org");
    }
    json_decref(answer);
    json_decref(person);
    memory.until = until;
    return good;
}

static bool list_keys(void *context)
{
    json_t *keys = vault_keys(context, &policy), *ended = reseal_keys(context, &policy), *due = reseal_due_keys(context, &policy);
    assert_true(keys == NULL || json_array_size(keys) == 20);
    assert_true(ended == NULL || json_array_size(ended) == 15);
    assert_true(due == NULL || json_array_size(due) == 0);
    bool good = keys != NULL && ended != NULL && due != NULL;
    json_decref(keys);
    json_decref(ended);
    json_decref(due);
    return good;
}

static bool reseal_two(void *context)
{
    struct error error = {0};
    size_t until = memory.until, failed = 0;
    memory.until = 0;
    char *one = vault_seal(context, "subject", "name", "r-1", "Ann", 3, &error), *two = vault_seal(context, "event", "note", "r-2", "x", 1, &error);
    json_t *rows = json_pack("[{s:s, s:s, s:{s:s}}, {s:s, s:s, s:{s:s, s:s}}, {s:s, s:s, s:{s:s}}]", "table", "subject", "row", "r-1", "sealed", "name", one,
                             "table", "event", "row", "r-2", "sealed", "note", two, "void_reason", two, "table", "event", "row", "r-3", "sealed", "note", "AAAA");
    memory.until = until;
    json_t *answer = reseal_rows(context, rows, &failed, &error);
    memory.until = 0;
    if (answer != NULL && failed == 2) // one that was moved and one that is none; 3 where there was no memory to open one
        assert_int_equal(json_object_size(json_object_get(json_array_get(answer, 1), "fresh")), 1);
    // A row without any fresh value is not written.
    size_t index;
    json_t *row;
    json_array_foreach(answer, index, row)
        assert_true(json_object_size(json_object_get(row, "fresh")) > 0);
    bool good = answer != NULL ? failed == 2 : clean(&error);
    json_decref(answer);
    json_decref(rows);
    free(one);
    free(two);
    memory.until = until;
    return good;
}

static bool reseal_none(void *context)
{
    struct error error = {0};
    size_t failed = 0;
    json_t *answer = reseal_rows(context, NULL, &failed, &error);
    bool good = answer != NULL || clean(&error);
    json_decref(answer);
    return answer != NULL && good;
}

static bool renew(void *context)
{
    struct error error = {0};
    int made;
    size_t until = memory.until;
    bool good = vault_extend(context, &policy, false, &made, &error) || clean(&error);
    memory.until = 0;
    assert_true(vault_can_seal(context, &error));
    memory.until = until;
    return good;
}

static void nothing_is_left_out(void **state)
{
    struct error error;
    int made;
    memory_each("vault_create", create, NULL);
    memory_each("vault_open", open_it, NULL);
    struct vault *vault = vault_open(ring, credential, &error);
    memory_each("vault_seal", seal_and_open, vault);
    memory_each("person_seal", seal_person, vault);
    memory_each("vault_open_json", open_json, vault);
    for (int i = 0; i < 3; i++)
        assert_true(vault_extend(vault, &policy, true, &made, &error));
    memory_each("vault_keys", list_keys, vault);
    memory_each("reseal_rows", reseal_two, vault);
    memory_each("reseal_rows of none", reseal_none, vault);
    memory_each("vault_extend", renew, vault);
    vault_close(vault);
    (void)state;
}

static int make(void **state)
{
    (void)state;
    memory_for_json();
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(ring, sizeof ring, "%s/ring", folder);
    snprintf(credential, sizeof credential, "%s/credential", folder);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    remove_ring();
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(nothing_is_left_out)};
    return cmocka_run_group_tests(tests, make, unmake);
}
