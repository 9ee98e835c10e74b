// SPDX-License-Identifier: GPL-3.0-or-later
// Files of secrets where the system fails: at each moment the old content or the new one is there, whole; and a ring under any clock.
#include "tests/unit/calls.h"

#include <limits.h>

#include "vault/login_file.h"
#include "vault/reseal.h"
#include "vault/secret_file.h"
#include "vault/vault.h"

static char folder[] = "/tmp/dsrd-vault-calls-XXXXXX";
static char secret[64], beside[64], ring[64], credential[64];
static const struct ring_policy policy = {.bucket_days = 7, .backup_days = 35, .buckets_ahead = 4, .makes_keys = true};

static void expect_content(const char *one, const char *other)
{
    struct error error;
    size_t until = calls.until;
    calls.until = 0;
    char *found = secret_read(secret, false, &error);
    if (found == NULL ? one != NULL : strcmp(found, one != NULL ? one : "") != 0 && strcmp(found, other) != 0)
        fail_msg("after %s failed, the file holds %s", calls.name, found != NULL ? found : "nothing");
    secret_free(found);
    calls.until = until;
}

static bool without_file(void *context)
{
    (void)context;
    unlink(secret);
    unlink(beside);
    return true;
}

static bool write_new(void *context)
{
    struct error error = {0};
    (void)context;
    bool good = secret_write(secret, "new", -1, &error) == SECRET_WRITTEN || clean(&error);
    if (good || access(secret, F_OK) == 0) // perhaps it is only not safe on the disk
        expect_content("new", "new");
    return good;
}

static bool with_old_file(void *context)
{
    struct error error = {0};
    without_file(context);
    assert_int_equal(secret_write(secret, "old", -1, &error), SECRET_WRITTEN);
    return true;
}

static bool write_over(void *context)
{
    struct error error = {0};
    (void)context;
    int lock = secret_lock(secret, &error);
    if (lock < 0)
        return clean(&error);
    enum secret_place place = secret_write(secret, "new", lock, &error);
    close(lock);
    expect_content(place == SECRET_WRITTEN ? "new" : "old", "new");
    return place == SECRET_WRITTEN || clean(&error);
}

static bool read_it(void *context)
{
    struct error error = {0};
    (void)context;
    char *found = secret_read(secret, false, &error);
    assert_true(found != NULL || calls.error != EINTR || strcmp(calls.name, "read") != 0); // which is begun again
    if (found == NULL)
        return clean(&error);
    assert_string_equal(found, "old");
    secret_free(found);
    return true;
}

// Root replaces the file of another user, who keeps it. As another than root it is only our own.
static bool with_file_of_another(void *context)
{
    with_old_file(context);
    if (geteuid() == 0)
        assert_int_equal(chown(secret, 65534, 65534), 0);
    return true;
}

static bool write_over_that_of_another(void *context)
{
    struct stat status;
    bool good = write_over(context);
    calls.until = 0;
    if (good && geteuid() == 0)
        assert_true(stat(secret, &status) == 0 && status.st_uid == 65534);
    return good;
}

// Another file takes the place while ours is written, and the calls that look at it fail.
static bool write_over_a_copied_one(void *context)
{
    struct error error = {0};
    char copied[sizeof secret + 8];
    size_t until = calls.until;
    (void)context;
    calls.until = 0;
    snprintf(copied, sizeof copied, "%s.copy", secret);
    int lock = secret_lock(secret, &error);
    assert_int_equal(secret_write(copied, "copied", -1, &error), SECRET_WRITTEN);
    assert_int_equal(rename(copied, secret), 0);
    calls.until = until;
    enum secret_place place = secret_write(secret, "new", lock, &error);
    calls.until = 0;
    close(lock);
    expect_content("copied", "new");
    return place == SECRET_CHANGED || clean(&error);
}

static void a_file_is_old_or_new_whatever_fails(void **state)
{
    // A file system without exchange says EINVAL, an old kernel ENOSYS.
    static const int errors[] = {EIO, EINVAL, ENOSYS};
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        calls_each("a new file", errors[i], without_file, write_new, NULL);
        calls_each("in the place of another", errors[i], with_old_file, write_over, NULL);
        calls_each("in the place of another user's", errors[i], with_file_of_another, write_over_that_of_another, NULL);
        calls_each("in the place of a copied one", errors[i], with_old_file, write_over_a_copied_one, NULL);
        calls_each("reading", errors[i], with_old_file, read_it, NULL);
    }
    calls_each("reading, interrupted", EINTR, with_old_file, read_it, NULL);
    without_file(NULL);
}

static bool without_ring(void *context)
{
    (void)context;
    unlink(ring);
    unlink(credential);
    return true;
}

static bool make_ring(void *context)
{
    struct error error = {0};
    (void)context;
    return vault_create(ring, credential, &policy, &error) || clean(&error);
}

static bool with_ring(void *context)
{
    struct vault **vault = context;
    struct error error = {0};
    without_ring(NULL);
    vault_close(*vault);
    assert_true(vault_create(ring, credential, &policy, &error));
    *vault = vault_open(ring, credential, &error);
    assert_non_null(*vault);
    return true;
}

static bool open_ring(void *context)
{
    struct error error = {0};
    (void)context;
    struct vault *vault = vault_open(ring, credential, &error);
    if (vault == NULL)
        return clean(&error);
    vault_close(vault);
    return true;
}

// Whatever fails, what was sealed before can be opened after it, and the keys in memory are those in the file.
static bool renew_keys(void *context)
{
    struct vault *vault = *(struct vault **)context;
    struct error error = {0};
    int made = 0;
    size_t until = calls.until, length;
    char *bytes = NULL;
    calls.until = 0;
    char *sealed = vault_seal(vault, "t", "c", "r", "secret", 6, &error);
    assert_non_null(sealed);
    calls.until = until;
    bool good = vault_extend(vault, &policy, true, &made, &error) || clean(&error);
    calls.until = 0;
    if (!vault_unseal(vault, "t", "c", "r", sealed, &bytes, &length, &error))
        fail_msg("after %s failed: %s", calls.name, error.text);
    free(bytes);
    free(sealed);
    sealed = vault_seal(vault, "t", "c", "r", "secret", 6, &error);
    struct vault *other = vault_open(ring, credential, &error);
    assert_non_null(other);
    if (sealed != NULL && !vault_unseal(other, "t", "c", "r", sealed, &bytes, &length, &error))
        fail_msg("after %s failed, what is sealed cannot be opened by the file: %s", calls.name, error.text);
    free(bytes);
    free(sealed);
    vault_close(other);
    return good;
}

static void a_ring_opens_what_it_sealed_whatever_fails(void **state)
{
    static const int errors[] = {EIO, EINVAL};
    struct vault *vault = NULL;
    (void)state;
    for (size_t i = 0; i < COUNT(errors); i++) {
        calls_each("making a ring", errors[i], without_ring, make_ring, NULL);
        calls_each("opening a ring", errors[i], with_ring, open_ring, &vault);
        calls_each("new keys", errors[i], with_ring, renew_keys, &vault);
    }
    vault_close(vault);
    without_ring(NULL);
}

static void keys_end_with_the_clock(void **state)
{
    enum { DAY = 86400 };
    struct vault *vault = NULL;
    struct error error = {0};
    int made = 0;
    (void)state;
    with_ring(&vault);
    assert_true(vault_can_seal(vault, &error));
    assert_true(vault_covered_until(vault) > time(NULL) + 34 * DAY);
    assert_true(vault_extend(vault, &policy, false, &made, &error));
    assert_int_equal(made, 0);
    calls.later = 1000 * DAY; // a wrong clock
    assert_true(vault_extend(vault, &policy, false, &made, &error));
    assert_int_equal(made, 5);
    calls.later = 0;
    assert_true(vault_end_far(vault, &policy, &made, &error));
    assert_int_equal(made, 5);
    assert_true(vault_extend(vault, &policy, true, &made, &error)); // five end at one moment
    calls.later = 36 * DAY;
    assert_false(vault_can_seal(vault, &error));
    assert_int_equal(error.code, ERROR_unavailable);
    assert_non_null(strstr(error.text, "has no key for now (its last one ended on "));
    assert_null(vault_seal(vault, "t", "c", "r", "x", 1, &error));
    assert_int_equal(vault_covered_until(vault), 0);
    json_t *keys = vault_keys(vault, &policy);
    assert_string_equal(json_string_value(json_object_get(json_array_get(keys, 0), "state")), "due");
    assert_string_equal(json_string_value(json_object_get(json_array_get(keys, 14), "state")), "ended");
    json_decref(keys);
    json_t *due = reseal_due_keys(vault, &policy), *old = reseal_keys(vault, &policy);
    assert_true(json_array_size(due) > 0 && json_array_size(old) > json_array_size(due));
    json_decref(due);
    json_decref(old);
    // Keys are made until the ring is full; then old ones must go.
    for (int round = 0; round < 2000 && vault_extend(vault, &policy, true, &made, &error); round++)
        calls.later += 1;
    assert_non_null(strstr(error.text, "The key ring is full"));
    assert_true(vault_can_seal(vault, &error)); // what the file holds is used
    calls.later = 0;
    vault_close(vault);
    without_ring(NULL);
}

// A ring that was copied here opens at once, and seals when it was compared.
static void another_ring_is_trusted_when_it_was_compared(void **state)
{
    struct vault *vault = NULL;
    struct error error = {0};
    int made;
    char *bytes;
    size_t length;
    (void)state;
    with_ring(&vault);
    vault_demand_trust(vault);
    assert_true(vault_is_trusted(vault) && vault_can_seal(vault, &error));
    assert_true(vault_extend(vault, &policy, true, &made, &error)); // what we change ourselves stays trusted
    assert_true(vault_is_trusted(vault));
    char *sealed = vault_seal(vault, "t", "c", "r", "x", 1, &error);
    unsigned long generation = vault_generation(vault);
    struct vault *other = vault_open(ring, credential, &error);
    assert_true(vault_extend(other, &policy, true, &made, &error));
    vault_close(other);
    assert_false(vault_extend(vault, &policy, false, &made, &error)); // that one is not in our memory yet
    vault_trust(vault, generation); // of the ring before: too late
    assert_true(vault_generation(vault) > generation);
    assert_false(vault_is_trusted(vault));
    assert_null(vault_seal(vault, "t", "c", "r", "x", 1, &error));
    assert_int_equal(error.code, ERROR_unavailable);
    assert_false(vault_extend(vault, &policy, false, &made, &error));
    assert_non_null(strstr(error.text, "is compared with the database first"));
    assert_true(vault_unseal(vault, "t", "c", "r", sealed, &bytes, &length, &error));
    free(bytes);
    vault_trust(vault, generation);
    assert_false(vault_is_trusted(vault));
    vault_trust(vault, vault_generation(vault));
    assert_true(vault_is_trusted(vault));
    free(sealed);
    // One that cannot be read changes nothing.
    int lock = secret_lock(ring, &error);
    assert_int_equal(secret_write(ring, "{}", lock, &error), SECRET_WRITTEN);
    close(lock);
    sealed = vault_seal(vault, "t", "c", "r", "x", 1, &error);
    assert_non_null(sealed);
    calls.later = 1; // in the next second the file is looked at
    assert_true(vault_unseal(vault, "t", "c", "r", sealed, &bytes, &length, &error));
    calls.later = 0;
    free(bytes);
    free(sealed);
    vault_close(vault);
    without_ring(NULL);
}

static void write_plain(const char *path, const char *text, mode_t mode)
{
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    assert_true(file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text));
    close(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void secrets_are_refused_that_others_could_read_or_that_are_none(void **state)
{
    static const char hex[] = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    unsigned char wrap[CREDENTIAL_LENGTH];
    char given[PATH_MAX], long_path[PATH_MAX + 8];
    struct error error = {0};
    (void)state;
    write_plain(secret, hex, 0644);
    assert_null(secret_read(secret, false, &error));
    assert_null(secret_read(secret, true, &error));
    write_plain(secret, hex, 0640);
    assert_null(secret_read(secret, false, &error));
    secret_free(secret_read(secret, true, &error));
    assert_null(secret_read(folder, false, &error)); // no file
    assert_null(secret_read("/nowhere/secret", false, &error));
    write_plain(secret, "00 no digits", 0600);
    assert_false(credential_read(secret, wrap, &error));
    assert_non_null(strstr(error.text, "holds no credential"));
    write_plain(secret, "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff00", 0600);
    assert_false(credential_read(secret, wrap, &error));
    write_plain(secret, "0011", 0600);
    assert_false(credential_read(secret, wrap, &error));
    assert_false(credential_read("/nowhere/secret", wrap, &error));
    write_plain(secret, "", 0600);
    assert_int_equal(truncate(secret, 262145), 0);
    assert_null(secret_read(secret, false, &error));
    memset(long_path, 'a', sizeof long_path - 1);
    long_path[sizeof long_path - 1] = '\0';
    assert_int_equal(secret_write(long_path, "x", -1, &error), SECRET_FAILED);
    assert_int_equal(secret_lock("/nowhere/secret", &error), -1);
    // The service manager's folder goes before the path, and its group may read.
    write_plain(credential, hex, 0640);
    assert_false(secret_given("credential", given));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", "relative", 1), 0);
    assert_false(secret_given("credential", given));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", long_path, 1), 0);
    assert_false(secret_given("credential", given));
    long_path[0] = '/';
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", long_path, 1), 0);
    assert_false(secret_given("credential", given));
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    assert_false(secret_given("nothing", given));
    assert_true(secret_given("credential", given));
    assert_true(credential_read("/nowhere/secret", wrap, &error));
    assert_int_equal(wrap[31], 0xff);
    unsetenv("CREDENTIALS_DIRECTORY");
    // A file beside us, and one of the root folder.
    assert_int_equal(chdir(folder), 0);
    unlink("secret");
    assert_int_equal(secret_write("secret", "here", -1, &error), SECRET_WRITTEN);
    unlink("secret");
    unlink(credential);
}

static void a_login_is_two_lines_of_a_closed_file(void **state)
{
    static const struct {
        const char *text;
        mode_t mode;
        bool good;
    } cases[] = {{"user\npassword\n", 0600, true}, {"user\r\npassword", 0400, true}, {"user\npassword\n", 0640, false}, {"user\n", 0600, false},
                 {"", 0600, false},                {"\npassword\n", 0600, false},    {"user\n\n", 0600, false}};
    struct error error = {0};
    struct login login = {0};
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        write_plain(secret, cases[i].text, cases[i].mode);
        if (login_read("smtp", secret, "smtp.login", &login, &error) != cases[i].good)
            fail_msg("case %zu", i);
        if (cases[i].good)
            assert_true(strcmp(login.user, "user") == 0 && strcmp(login.password, "password") == 0);
    }
    assert_true(login_read("smtp", "", "smtp.login", &login, &error)); // none is set
    assert_false(login_read("smtp", "/nowhere/login", "smtp.login", &login, &error));
    write_plain(secret, "user\npassword\n", 0640);
    assert_int_equal(setenv("CREDENTIALS_DIRECTORY", folder, 1), 0);
    assert_true(login_read("secret", "", "smtp.login", &login, &error)); // that of the service manager
    unsetenv("CREDENTIALS_DIRECTORY");
    login_wipe(&login);
    assert_int_equal(login.password[0], '\0');
    unlink(secret);
}

static bool with_login(void *context)
{
    (void)context;
    write_plain(secret, "user\npassword\n", 0600);
    return true;
}

static bool read_login(void *context)
{
    struct error error = {0};
    struct login login = {0};
    (void)context;
    return login_read("smtp", secret, "smtp.login", &login, &error) || clean(&error);
}

static void a_login_is_read_or_refused_whatever_fails(void **state)
{
    (void)state;
    calls_each("a login", EIO, with_login, read_login, NULL);
    unlink(secret);
}

// A file system that knows no exchange, where the call after that fails.
static void without_exchange_it_is_renamed(void **state)
{
    (void)state;
    calls.lacking = "renameat2";
    calls_each("without exchange", EIO, with_old_file, write_over, NULL);
    calls.lacking = NULL;
    without_file(NULL);
}

static void put_another_in_the_place(void)
{
    char copied[sizeof secret + 8];
    snprintf(copied, sizeof copied, "%s.copy", secret);
    write_plain(copied, "copied", 0600);
    assert_int_equal(rename(copied, secret), 0);
}

// Who waits for the lock of a file that was replaced meanwhile locks the one that is there now.
static void the_file_that_is_there_is_locked(void **state)
{
    struct error error = {0};
    struct stat locked, there;
    (void)state;
    with_old_file(NULL);
    calls.before = "flock";
    calls.meanwhile = put_another_in_the_place;
    int lock = secret_lock(secret, &error);
    assert_true(lock >= 0 && fstat(lock, &locked) == 0 && stat(secret, &there) == 0);
    assert_int_equal(locked.st_ino, there.st_ino);
    close(lock);
    without_file(NULL);
}

// A second name of the old file is somebody's backup: it is not overwritten.
static void a_backup_by_a_link_stays(void **state)
{
    struct error error = {0};
    char backup[sizeof secret + 8];
    (void)state;
    with_old_file(NULL);
    snprintf(backup, sizeof backup, "%s.backup", secret);
    assert_int_equal(link(secret, backup), 0);
    int lock = secret_lock(secret, &error);
    assert_int_equal(secret_write(secret, "new", lock, &error), SECRET_WRITTEN);
    close(lock);
    char *found = secret_read(backup, false, &error);
    assert_string_equal(found, "old");
    secret_free(found);
    secret_free(NULL);
    unlink(backup);
    without_file(NULL);
}

static char ring_content[65536];

static void read_ring_content(void)
{
    struct error error;
    char *found = secret_read(ring, false, &error);
    assert_non_null(found);
    snprintf(ring_content, sizeof ring_content, "%s", found);
    secret_free(found);
}

static void copy_ring_again(void)
{
    char copied[sizeof ring + 8];
    snprintf(copied, sizeof copied, "%s.copy", ring);
    write_plain(copied, ring_content, 0600);
    assert_int_equal(rename(copied, ring), 0);
}

static void overwrite_old_and_copy_ring_again(void)
{
    int file = open(ring, O_WRONLY | O_TRUNC, 0600);
    copy_ring_again();
    close(file);
}

static void wipe_ring_and_unlink(void)
{
    assert_int_equal(truncate(ring, 0), 0);
    assert_int_equal(unlink(ring), 0);
}

static void a_ring_copied_in_the_meantime_is_the_one_that_counts(void **state)
{
    struct vault *vault = NULL;
    struct error error = {0};
    int made;
    (void)state;
    with_ring(&vault);
    read_ring_content();
    // While it is read: the one that is there after it.
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, {.tv_sec = 1000, .tv_nsec = 4}};
    assert_int_equal(utimensat(AT_FDCWD, ring, times, 0), 0);
    calls.before = "read";
    calls.meanwhile = overwrite_old_and_copy_ring_again;
    unsigned long generation = vault_generation(vault);
    assert_null(calls.before);
    assert_int_equal(generation, 2);
    // While it is changed: the change is made in that one.
    calls.before = "renameat2";
    calls.meanwhile = copy_ring_again;
    assert_true(vault_extend(vault, &policy, true, &made, &error));
    assert_int_equal(made, 5);
    json_t *keys = vault_keys(vault, &policy);
    assert_int_equal(json_array_size(keys), 10);
    json_decref(keys);
    // In place, with another size, and with another time of the change.
    generation = vault_generation(vault);
    times[1].tv_nsec = 5;
    read_ring_content();
    int file = open(ring, O_WRONLY | O_APPEND, 0600);
    assert_int_equal(write(file, "\n", 1), 1);
    close(file);
    assert_int_equal(vault_generation(vault), generation + 1);
    assert_int_equal(utimensat(AT_FDCWD, ring, times, 0), 0);
    assert_int_equal(vault_generation(vault), generation + 2);
    times[1].tv_nsec = 6;
    assert_int_equal(utimensat(AT_FDCWD, ring, times, 0), 0);
    assert_int_equal(vault_generation(vault), generation + 3);
    assert_true(vault_is_trusted(vault)); // nobody demanded it
    times[1].tv_nsec = 7;
    assert_int_equal(utimensat(AT_FDCWD, ring, times, 0), 0);
    calls.before = "read";
    calls.meanwhile = wipe_ring_and_unlink; // gone while it is read: what is in memory stays in use
    assert_int_equal(vault_generation(vault), generation + 3);
    assert_int_equal(vault_generation(vault), generation + 3);
    assert_true(vault_can_seal(vault, &error));
    assert_false(vault_extend(vault, &policy, false, &made, &error));
    vault_close(vault);
    without_ring(NULL);
}

static int make(void **state)
{
    (void)state;
    unsetenv("CREDENTIALS_DIRECTORY");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(secret, sizeof secret, "%s/secret", folder);
    snprintf(beside, sizeof beside, "%s/secret.new", folder);
    snprintf(ring, sizeof ring, "%s/ring", folder);
    snprintf(credential, sizeof credential, "%s/credential", folder);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    char path[96];
    snprintf(path, sizeof path, "%s/ring.new", folder);
    unlink(path);
    snprintf(path, sizeof path, "%s/credential.new", folder);
    unlink(path);
    unlink(beside);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_is_old_or_new_whatever_fails),
        cmocka_unit_test(a_ring_opens_what_it_sealed_whatever_fails),
        cmocka_unit_test(keys_end_with_the_clock),
        cmocka_unit_test(another_ring_is_trusted_when_it_was_compared),
        cmocka_unit_test(secrets_are_refused_that_others_could_read_or_that_are_none),
        cmocka_unit_test(a_login_is_two_lines_of_a_closed_file),
        cmocka_unit_test(a_login_is_read_or_refused_whatever_fails),
        cmocka_unit_test(without_exchange_it_is_renamed),
        cmocka_unit_test(the_file_that_is_there_is_locked),
        cmocka_unit_test(a_backup_by_a_link_stays),
        cmocka_unit_test(a_ring_copied_in_the_meantime_is_the_one_that_counts),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
