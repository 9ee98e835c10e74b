// SPDX-License-Identifier: GPL-3.0-or-later
// Sealing: what was sealed for one place opens there and nowhere else.
#include "tests/unit/check.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/text.h"
#include "vault/person.h"
#include "vault/secret_file.h"
#include "vault/vault.h"

static char folder[] = "/tmp/dsrd-vault-XXXXXX";
static char ring[64], credential[64];
static const struct ring_policy policy = {
    .bucket_days = 7, .backup_days = 35, .buckets_ahead = 4, .makes_keys = true};

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

static void a_round_trip_and_no_other_place(void **state)
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
    char *again = vault_seal(vault, "event", "note", "row-1", "secret", 6, &error);
    assert_string_not_equal(envelope, again); // equal texts do not look equal
    free(again);
    free(envelope);
}

// VAULT_FLIPS=100000 in `make soak`.
static size_t rounds_of(size_t usual, size_t a_round)
{
    const char *text = getenv("VAULT_FLIPS");
    int64_t number = 0;
    return text != NULL && text_to_integer(text, 1, 1000000000, &number) ? (size_t)number / a_round + 1
                                                                         : usual;
}

static bool opens(const struct vault *vault, const char *table, const char *column, const char *row,
                  const unsigned char *envelope, size_t size)
{
    char text[512], *bytes = NULL;
    size_t length;
    struct error error;
    sodium_bin2base64(text, sizeof text, envelope, size, sodium_base64_VARIANT_ORIGINAL);
    bool good = vault_unseal(vault, table, column, row, text, &bytes, &length, &error);
    free(bytes);
    return good;
}

static void every_flipped_bit_is_refused(void **state)
{
    const struct vault *vault = *state;
    struct error error;
    size_t flips = 0;
    for (size_t round = 0, rounds = rounds_of(3, 600); round < rounds; round++) {
        unsigned char envelope[256];
        size_t size = 0;
        char *text = vault_seal(vault, "event", "note", "row-1", "a secret of some length", 23, &error);
        assert_int_equal(sodium_base642bin(envelope, sizeof envelope, text, strlen(text), NULL, &size, NULL,
                                           sodium_base64_VARIANT_ORIGINAL),
                         0);
        free(text);
        assert_true(opens(vault, "event", "note", "row-1", envelope, size));
        for (size_t i = 0; i < size * 8; i++, flips++) {
            envelope[i / 8] ^= (unsigned char)(1 << (i % 8));
            if (opens(vault, "event", "note", "row-1", envelope, size))
                fail_msg("bit %zu flipped, and it opened", i);
            envelope[i / 8] ^= (unsigned char)(1 << (i % 8));
        }
        assert_false(opens(vault, "event", "note", "row-1", envelope, size - 1));
    }
    print_message("%zu flips refused\n", flips);
}

static void what_is_moved_to_another_row_or_column_is_refused(void **state)
{
    static const char *const places[][2] = {
        {"account", "name"},      {"account", "email"}, {"account", "uid"},       {"subject", "name"},
        {"subject", "email"},     {"event", "note"},    {"event", "void_reason"}, {"message", "bytes"},
        {"message", "recipient"}, {"attempt", "reply"}};
    enum { PLACES = sizeof places / sizeof places[0], ROWS = 3 };
    const struct vault *vault = *state;
    struct error error;
    char *sealed[PLACES][ROWS], row[ROWS][UUID_TEXT_SIZE];
    size_t swaps = 0, length;
    for (size_t round = 0, rounds = rounds_of(1, 870); round < rounds; round++) {
        for (size_t r = 0; r < ROWS; r++)
            vault_uuid(row[r]);
        for (size_t i = 0; i < PLACES * ROWS; i++)
            sealed[i / ROWS][i % ROWS] =
                vault_seal(vault, places[i / ROWS][0], places[i / ROWS][1], row[i % ROWS], "Ann", 3, &error);
        for (size_t from = 0; from < PLACES * ROWS; from++)
            for (size_t to = 0; to < PLACES * ROWS; to++) {
                char *bytes = NULL;
                bool good = vault_unseal(vault, places[to / ROWS][0], places[to / ROWS][1], row[to % ROWS],
                                         sealed[from / ROWS][from % ROWS], &bytes, &length, &error);
                free(bytes);
                swaps += from != to;
                if (good != (from == to))
                    fail_msg("%s.%s opened as %s.%s", places[from / ROWS][0], places[from / ROWS][1],
                             places[to / ROWS][0], places[to / ROWS][1]);
            }
        for (size_t i = 0; i < PLACES * ROWS; i++)
            free(sealed[i / ROWS][i % ROWS]);
    }
    print_message("%zu swaps refused\n", swaps);
}

static void buckets_follow_each_other_and_end(void **state)
{
    const int64_t day = 86400, now = 1000 * day;
    struct ring *some = ring_new();
    (void)state;
    assert_true(ring_fill(some, &policy, now));
    assert_int_equal(some->count, 6); // for look-up, for now, and four ahead
    const struct ring_key *first = ring_current(some, now);
    assert_int_equal(first->ends, now + 7 * day);
    assert_int_equal(ring_key_dies(first, &policy), now + 35 * day);
    assert_ptr_equal(ring_current(some, now + 7 * day - 1), first);
    assert_int_equal(ring_current(some, now + 7 * day)->id, first->id + 1);
    assert_int_equal(ring_covered_until(some, now), now + 35 * day);
    assert_int_equal(ring_extend(some, &policy, now), 0);
    assert_int_equal(ring_extend(some, &policy, now + 7 * day), 1);
    assert_null(ring_current(some, now - 1));
    // After a long pause: from then on. After a clock was set back: the key made last.
    assert_int_equal(ring_extend(some, &policy, now + 1000 * day), 5);
    assert_int_equal(ring_current(some, now + 1000 * day)->starts, now + 1000 * day);
    assert_null(ring_current(some, now + 999 * day));
    // A clock that was wrong made those five: they end now, and die in time.
    assert_int_equal(ring_end_far(some, &policy, now), 5);
    assert_null(ring_current(some, now + 1000 * day));
    assert_int_equal(ring_key_dies(&some->keys[some->count - 1], &policy), now + 35 * day);
    assert_int_equal(ring_end_far(some, &policy, now), 0);
    assert_int_equal(ring_extend(some, &policy, now - 3 * day) > 0, true);
    assert_int_equal(ring_current(some, now + day)->starts, now - 3 * day);
    ring_remove(some, first->id);
    ring_end_all(some, now);
    assert_null(ring_current(some, now));
    ring_free(some);
}

static void keys_that_ended_open_and_destroyed_ones_do_not(void **state)
{
    struct vault *vault = *state;
    struct error error;
    char *bytes;
    size_t length;
    int made;
    struct vault *reader = vault_open(ring, credential, &error); // another process
    char *envelope = vault_seal(vault, "event", "note", "row-1", "secret", 6, &error);
    json_t *keys = vault_keys(vault, &policy);
    json_t *old = json_pack("[O]", json_object_get(json_array_get(keys, 0), "id"));
    assert_string_equal(json_string_value(json_object_get(json_array_get(keys, 0), "state")), "current");
    assert_true(vault_extend(vault, &policy, true, &made, &error)); // anew
    assert_int_equal(made, 5);
    assert_true(vault_unseal(vault, "event", "note", "row-1", envelope, &bytes, &length, &error));
    free(bytes);
    char *fresh = vault_seal(vault, "event", "note", "row-1", "secret", 6, &error);
    // The other process did not know that key yet, and follows.
    assert_true(vault_unseal(reader, "event", "note", "row-1", fresh, &bytes, &length, &error));
    free(bytes);
    assert_true(vault_destroy(vault, old, &error));
    assert_false(vault_unseal(vault, "event", "note", "row-1", envelope, &bytes, &length, &error));
    assert_int_equal(error.code, ERROR_unavailable);
    assert_true(vault_unseal(vault, "event", "note", "row-1", fresh, &bytes, &length, &error));
    free(bytes);
    free(envelope);
    free(fresh);
    json_decref(old);
    json_decref(keys);
    vault_close(reader);
}

// Who copies a ring to its place takes no lock: what dsrd was about to write there must not take its place.
static void a_file_copied_in_the_meantime_stays(void **unused)
{
    (void)unused;
    struct error error;
    char path[sizeof folder + 16], beside[sizeof folder + 16];
    snprintf(path, sizeof path, "%s/secret", folder);
    snprintf(beside, sizeof beside, "%s/copied", folder);
    assert_int_equal(secret_write(path, "first", -1, &error), SECRET_WRITTEN);
    assert_int_equal(secret_write(path, "never over it", -1, &error), SECRET_FAILED);
    int lock = secret_lock(path, &error);
    assert_true(lock >= 0);
    assert_int_equal(secret_write(beside, "copied", -1, &error), SECRET_WRITTEN);
    assert_int_equal(rename(beside, path), 0);
    assert_int_equal(secret_write(path, "ours", lock, &error), SECRET_CHANGED);
    close(lock);
    char *found = secret_read(path, false, &error);
    assert_string_equal(found, "copied");
    secret_free(found);
    lock = secret_lock(path, &error);
    assert_int_equal(secret_write(path, "ours", lock, &error), SECRET_WRITTEN);
    close(lock);
    found = secret_read(path, false, &error);
    assert_string_equal(found, "ours");
    secret_free(found);
    assert_int_equal(unlink(path), 0);
}

static void a_ring_without_buckets_is_brought_to_this_version(void **state)
{
    // A ring of version 1, its credential, and what it sealed and hashed then.
    static const char old_ring[] = "{\"version\": 1, \"keys\": ["
                                   "{\"id\": 1, \"purpose\": \"seal\", \"created\": 1795704417, \"key\": "
                                   "\"jEo68ePIU8rXyHJU6ATGw9xG5rK06+iKURx2VTar8qc5xe45Iza334DyJH5z1g1+"
                                   "R4e1w4o8HT6Wv0OQacpms04nlYNo1GS5\"},"
                                   "{\"id\": 2, \"purpose\": \"lookup\", \"created\": 1795704417, \"key\": "
                                   "\"0PQvlA2btXcT9W64aCS1o7gtSCJpCb4N1gI9xjDJOeHmo83d/"
                                   "4OpKzk32teAdvArU2MAUnrWKocIXvD31IaFCfMDKmY1hZLS\"}]}";
    static const char old_credential[] = "de51da7cfffaa298283147f6af7ca16f3d01c95d6b45406554862fbf49189218";
    static const char envelope[] =
        "AQAAAAFCqFzdE1E1JFWz7kAFqQ/"
        "rJfln8JsHpcMbtfiC0GYd4hoceTn1Ffwgr4ZEZvvfLn4PwKsCd6qVNqxmyIQO0164y5szfk38HlY=";
    static const char mark[] = "1e5d8d64f9ace30e96e32ac33625c803dcf35b65b7f5624a5fd74de28f44a049";
    char ring_path[96], credential_path[96], found[VAULT_LOOKUP_HEX], *bytes;
    struct error error;
    size_t length;
    int made;
    (void)state;
    snprintf(ring_path, sizeof ring_path, "%s/old", folder);
    snprintf(credential_path, sizeof credential_path, "%s/old_credential", folder);
    assert_int_equal(secret_write(ring_path, old_ring, -1, &error), SECRET_WRITTEN);
    assert_int_equal(secret_write(credential_path, old_credential, -1, &error), SECRET_WRITTEN);
    struct vault *vault = vault_open(ring_path, credential_path, &error);
    assert_non_null(vault);
    assert_true(vault_can_seal(vault, &error)); // until it is brought to this version
    assert_true(vault_covered_until(vault) == RING_OPEN_END);
    json_t *open_keys = vault_keys(vault, &policy);
    assert_true(json_is_null(json_object_get(json_array_get(open_keys, 0), "ends")));
    json_decref(open_keys);
    assert_true(vault_extend(vault, &policy, false, &made, &error));
    assert_int_equal(made, 5);
    vault_close(vault);
    vault = vault_open(ring_path, credential_path, &error);
    assert_true(vault_unseal(vault, "event", "note", "row-1", envelope, &bytes, &length, &error));
    assert_string_equal(bytes, "secret");
    free(bytes);
    vault_mark(vault, found);
    assert_string_equal(found, mark);
    // Its bucket ended just now: a dump of yesterday stays readable for as long as one of any other bucket.
    json_t *keys = vault_keys(vault, &policy);
    const json_t *oldest = json_array_get(keys, 0);
    assert_int_equal(json_integer_value(json_object_get(oldest, "dies")) -
                         json_integer_value(json_object_get(oldest, "ends")),
                     28 * 86400);
    json_decref(keys);
    vault_close(vault);
    unlink(ring_path);
    unlink(credential_path);
}

static void the_token_that_stops_reminders_is_one_per_address(void **state)
{
    const struct vault *vault = *state;
    char one[UNSUBSCRIBE_TOKEN_LENGTH + 1], two[UNSUBSCRIBE_TOKEN_LENGTH + 1], hash[VAULT_LOOKUP_HEX], address[VAULT_LOOKUP_HEX];
    person_unsubscribe_token(vault, "Ann@Example.org", one);
    person_unsubscribe_token(vault, "ann@example.org", two);
    assert_string_equal(one, two);
    assert_int_equal(strspn(one, "0123456789abcdef"), UNSUBSCRIBE_TOKEN_LENGTH);
    assert_int_equal(strlen(one), UNSUBSCRIBE_TOKEN_LENGTH);
    person_unsubscribe_token(vault, "bob@example.org", two);
    assert_string_not_equal(one, two);
    person_unsubscribe_hash(vault, one, hash); // what the database keeps gives away neither
    person_address_hash(vault, "ann@example.org", address);
    assert_null(strstr(hash, one));
    assert_null(strstr(address, one));
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
    json_t *answer =
        json_pack("{s:{s:O, s:s, s:O}, s:i}", "name", "sealed", json_object_get(person, "name_sealed"), "at",
                  "subject.name", "row", json_object_get(person, "id"), "n", 3);
    json_t *copy = json_deep_copy(answer);
    assert_true(vault_open_json(vault, answer, true, &error));
    assert_string_equal(json_string_value(json_object_get(answer, "name")), "Ann");
    assert_true(vault_open_json(vault, copy, false, &error));
    assert_true(json_is_null(json_object_get(copy, "name")));
    json_decref(copy);
    json_decref(answer);
    json_decref(person);
}

static void a_ring_of_any_order_is_full_when_it_is_full(void **state)
{
    static const struct ring_policy many = {.bucket_days = 1, .backup_days = 35, .buckets_ahead = RING_KEYS_MAXIMUM, .makes_keys = true};
    const int64_t now = 1000 * INT64_C(86400);
    struct error error;
    char path[96], other[96];
    (void)state;
    struct ring *some = ring_new();
    assert_null(ring_lookup_key(some));
    some->keys[0] = (struct ring_key){.id = 5, .seals = true, .starts = now - 10, .ends = RING_OPEN_END};
    some->keys[1] = (struct ring_key){.id = 2, .seals = true, .starts = now - 10, .ends = now};
    some->count = 2;
    assert_int_equal(ring_covered_until(some, now), RING_OPEN_END);
    assert_int_equal(ring_key_dies(&some->keys[0], &policy), RING_OPEN_END);
    assert_null(ring_lookup_key(some));
    assert_int_equal(ring_extend(some, &policy, now), 5);
    assert_int_equal(some->keys[2].id, 6); // above the highest, not the last
    ring_remove(some, 77);
    assert_int_equal(some->count, 7);
    assert_true(ring_fill(some, &policy, now + 1000 * 86400));
    const struct ring_key *lookup = ring_lookup_key(some);
    ring_remove(some, lookup->id); // those for look-up stay
    assert_ptr_equal(ring_lookup_key(some), lookup);
    assert_false(ring_fill(some, &policy, now + 1000 * 86400)); // nothing to make
    some->count = RING_KEYS_MAXIMUM;
    assert_false(ring_fill(some, &policy, now));
    ring_free(some);
    snprintf(path, sizeof path, "%s/many", folder);
    snprintf(other, sizeof other, "%s/many_credential", folder);
    assert_false(vault_create(path, other, &many, &error));
    assert_int_equal(unlink(other), 0);
}

static void files_that_are_no_ring_are_refused(void **state)
{
    static const struct {
        const char *from, *to;
    } cases[] = {{"\"version\": 2", "\"version\": 3"}, {"\"version\": 2", "\"version\": 1"}, {"\"purpose\"", "\"use\""}, {"\"key\"", "\"lock\""},
                 {"\"id\": 1", "\"id\": 0"},           {"\"id\": 1", "\"id\": 4294967296"},  {"\"id\": 1", "\"id\": \"1\""}, {"\"key\": \"", "\"key\": \"!"},
                 {"\"key\": \"", "\"key\": \"AAAA"},     {"\"id\": 1", "\"id\": 9"},           {"\"purpose\": \"lookup\"", "\"purpose\": \"seal\""}, {"{", "["}};
    struct error error;
    char path[96];
    (void)state;
    snprintf(path, sizeof path, "%s/wrong", folder);
    char *good = secret_read(ring, false, &error);
    for (size_t i = 0; i <= COUNT(cases) + 1; i++) {
        struct text text = {0};
        if (i < COUNT(cases)) {
            const char *at = strstr(good, cases[i].from);
            assert_non_null(at);
            text_format(&text, "%.*s%s%s", (int)(at - good), good, cases[i].to, at + strlen(cases[i].from));
        } else if (i == COUNT(cases)) { // a key of the wrong length
            text_append(&text, "{\"version\": 2, \"keys\": [{\"id\": 1, \"purpose\": \"seal\", \"key\": \"AAAA\"}]}");
        } else { // too many
            text_append(&text, "{\"version\": 2, \"keys\": [1");
            for (int k = 0; k < RING_KEYS_MAXIMUM; k++)
                text_append(&text, ",1");
            text_append(&text, "]}");
        }
        assert_int_equal(secret_write(path, text.text, -1, &error), SECRET_WRITTEN);
        if (vault_open(path, credential, &error) != NULL)
            fail_msg("case %zu is taken", i);
        unlink(path);
        text_release(&text);
    }
    secret_write(path, "{\"version\": 2, \"keys\": []}", -1, &error);
    assert_null(vault_open(path, credential, &error));
    unlink(path);
    secret_free(good);
}

static void what_is_no_envelope_is_emptied_or_refused(void **state)
{
    const struct vault *vault = *state;
    struct error error;
    char *bytes, *sealed = vault_seal(vault, "event", "note", "r", "\xff", 1, &error), *good = vault_seal(vault, "event", "note", "r", "x", 1, &error);
    size_t length;
    const struct {
        json_t *json;
        bool opens;
    } cases[] = {
        {json_pack("{s:{s:s, s:s, s:s}}", "a", "sealed", good, "at", "event", "row", "r"), true}, // a place without a column
        {json_pack("{s:{s:s, s:i, s:s}}", "a", "sealed", good, "at", 1, "row", "r"), true},
        {json_pack("{s:{s:s, s:s}}", "a", "sealed", good, "at", "event.note"), true},
        {json_pack("{s:{s:i, s:s, s:s}}", "a", "sealed", 1, "at", "event.note", "row", "r"), true},
        {json_pack("{s:{s:s, s:s}}", "a", "sealed", good, "row", "r"), true},
        {json_pack("[{s:s, s:s, s:s}]", "sealed", sealed, "at", "event.note", "row", "r"), false}, // no text
        {json_pack("[[{s:s, s:s, s:s}]]", "sealed", "!!!", "at", "event.note", "row", "r"), false},
        {json_pack("{s:{s:{s:s, s:s, s:s}}}", "a", "b", "sealed", "AAAA", "at", "event.note", "row", "r"), false},
        {json_string("a"), true},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        if (vault_open_json(vault, cases[i].json, true, &error) != cases[i].opens)
            fail_msg("case %zu", i);
        json_decref(cases[i].json);
    }
    assert_true(vault_open_json(vault, NULL, true, &error));
    assert_false(vault_unseal(vault, "event", "note", "r", "", &bytes, &length, &error));
    free(sealed);
    free(good);
}

static void long_addresses_and_chance_are_taken_as_they_come(void **state)
{
    char address[400], one[VAULT_LOOKUP_HEX], two[VAULT_LOOKUP_HEX];
    unsigned char first[32] = {0}, second[32] = {0};
    memset(address, 'A', sizeof address - 1);
    address[sizeof address - 1] = '\0';
    person_address_hash(*state, address, one);
    address[330] = 'b'; // beyond the longest there is
    person_address_hash(*state, address, two);
    assert_string_equal(one, two);
    vault_random(first, sizeof first);
    vault_random(second, sizeof second);
    assert_memory_not_equal(first, second, sizeof first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_are_closed_and_never_overwritten),
        cmocka_unit_test(a_round_trip_and_no_other_place),
        cmocka_unit_test(every_flipped_bit_is_refused),
        cmocka_unit_test(what_is_moved_to_another_row_or_column_is_refused),
        cmocka_unit_test(buckets_follow_each_other_and_end),
        cmocka_unit_test(keys_that_ended_open_and_destroyed_ones_do_not),
        cmocka_unit_test(a_file_copied_in_the_meantime_stays),
        cmocka_unit_test(a_ring_without_buckets_is_brought_to_this_version),
        cmocka_unit_test(the_token_that_stops_reminders_is_one_per_address),
        cmocka_unit_test(look_up_is_stable_separate_and_ignores_case_of_addresses),
        cmocka_unit_test(json_is_opened_or_emptied),
        cmocka_unit_test(a_ring_of_any_order_is_full_when_it_is_full),
        cmocka_unit_test(files_that_are_no_ring_are_refused),
        cmocka_unit_test(what_is_no_envelope_is_emptied_or_refused),
        cmocka_unit_test(long_addresses_and_chance_are_taken_as_they_come),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
