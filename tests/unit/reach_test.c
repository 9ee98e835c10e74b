// SPDX-License-Identifier: GPL-3.0-or-later
// Whom a role may call, as its settings say.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check.h"
#include "sandbox/reach.h"

static const struct row {
    enum sandbox_role role;
    const char *conninfo, *relay;
    bool names, any_port, abstract;
    uint64_t ports[8]; // in order; Kerberos' 88 and, with names, the 53 of name servers come after these
} rows[] = {
    {SANDBOX_API, "host=/run/postgresql dbname=dsrd", "smtp://relay.example", false, false, false, {5432}},
    {SANDBOX_API, "host=/a,/b port=5433,5434", "", false, false, false, {5433, 5434}},
    {SANDBOX_API, "host=192.0.2.7 port=6432", "", false, false, false, {6432}},
    {SANDBOX_API, "hostaddr=2001:db8::1", "", false, false, false, {5432}},
    {SANDBOX_API, "host=2001:db8::1", "", false, false, false, {5432}},
    {SANDBOX_API, "host=db.example", "", true, false, false, {5432}},
    {SANDBOX_API, "host=/run,db.example port=6432,", "", true, false, false, {6432, 5432}},
    {SANDBOX_API, "host=@dsrd", "", false, false, true, {5432}},
    {SANDBOX_API, "service=library", "", true, true, false, {0}}, // in no file yet
    {SANDBOX_MAILER, "host=/run", "smtp://127.0.0.1:2525", false, false, false, {5432, 2525}},
    {SANDBOX_MAILER, "host=/run", "smtp://relay.example", true, false, false, {5432, 25}},
    {SANDBOX_MAILER, "host=/run", "smtp://relay.example:587", true, false, false, {5432, 587}},
    {SANDBOX_MAILER, "host=/run", "smtps://relay.example/", true, false, false, {5432, 465}},
    {SANDBOX_MAILER, "host=/run", "smtp://[2001:db8::25]:587", false, false, false, {5432, 587}},
    {SANDBOX_MAILER, "host=/run", "smtps://[2001:db8::25]", false, false, false, {5432, 465}},
    {SANDBOX_INBOX, "host=/run", "imaps://127.0.0.1/INBOX", false, false, false, {5432, 993}},
    {SANDBOX_INBOX, "host=/run", "imap://mail.example:1143/INBOX", true, false, false, {5432, 1143}},
};

static struct reach *reach_of(const struct row *row)
{
    char relay[64];
    snprintf(relay, sizeof relay, "%s", row->relay);
    const struct config config = {.mail_transport = TRANSPORT_SMTP, .mail_relay = relay, .inbox_source = INBOX_IMAP, .inbox_url = relay};
    const struct sandbox_needs needs = {row->role, &config, NULL, row->conninfo};
    return reach_new(&needs);
}

static void ports_and_names_are_those_of_the_settings(void **state)
{
    enum { KERBEROS = 88, NAMES = 53 };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct reach *reach = reach_of(&rows[i]);
        size_t count = 0;
        assert_non_null(reach);
        while (rows[i].ports[count] != 0)
            count++;
        if (reach->names != rows[i].names || reach->any_port != rows[i].any_port || reach->abstract != rows[i].abstract ||
            reach->port_count != count + 1 + rows[i].names || memcmp(reach->ports, rows[i].ports, count * sizeof reach->ports[0]) != 0)
            fail_msg("%s, %s", rows[i].conninfo, rows[i].relay);
        assert_int_equal(reach->ports[count], KERBEROS);
        if (rows[i].names)
            assert_int_equal(reach->ports[count + 1], NAMES);
        reach_free(reach);
    }
}

static bool has_file(const struct reach *reach, const char *path)
{
    for (size_t i = 0; i < reach->file_count; i++)
        if (strcmp(reach->files[i], path) == 0)
            return true;
    return false;
}

static void certificates_and_passwords_of_libpq_are_read(void **state)
{
    (void)state;
    struct reach *reach = reach_of(&(struct row){.conninfo = "host=/run sslcert=/a/cert sslkey=/a/key sslrootcert=system passfile=/b/pass", .relay = ""});
    assert_true(has_file(reach, "/a/cert"));
    assert_true(has_file(reach, "/a/key"));
    assert_true(has_file(reach, "/b/pass"));
    assert_false(has_file(reach, "system"));
    assert_true(has_file(reach, "/home/of/dsrd/.postgresql/root.crt"));
    assert_string_equal(reach->passwords, "/home/of/dsrd/.pgpass");
    reach_free(reach);
}

static void a_service_file_and_the_certificates_that_it_names_are_read(void **state)
{
    char path[] = "/tmp/dsrd-services-XXXXXX";
    static const char services[] = "[library]\nhost=/run\nport=7000\nsslrootcert=/c/root\n";
    (void)state;
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, services, sizeof services - 1), sizeof services - 1);
    close(file);
    setenv("PGSERVICEFILE", path, 1);
    struct reach *reach = reach_of(&(struct row){.conninfo = "service=library sslcert=/a/cert", .relay = ""});
    setenv("PGSERVICE", "library", 1);
    struct reach *named = reach_of(&(struct row){.conninfo = "dbname=dsrd", .relay = ""});
    unsetenv("PGSERVICE");
    unsetenv("PGSERVICEFILE");
    unlink(path);
    assert_int_equal(reach->ports[0], 7000);
    assert_true(has_file(reach, "/a/cert"));
    assert_true(has_file(reach, "/c/root"));
    assert_true(has_file(reach, path));
    assert_true(has_file(named, "/c/root"));
    assert_true(has_file(named, path));
    assert_true(named->any_port);
    reach_free(reach);
    reach_free(named);
}

static void the_environment_counts_too(void **state)
{
    (void)state;
    setenv("PGPORT", "7000", 1);
    setenv("ALL_PROXY", "socks5://127.0.0.1:1080", 1);
    struct reach *api = reach_of(&rows[0]), *mailer = reach_of(&(struct row){.role = SANDBOX_MAILER, .conninfo = "host=/run", .relay = "smtp://127.0.0.1"});
    assert_int_equal(api->ports[0], 7000);
    assert_false(api->any_port);
    assert_true(mailer->any_port);
    unsetenv("PGPORT");
    unsetenv("ALL_PROXY");
    reach_free(api);
    reach_free(mailer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ports_and_names_are_those_of_the_settings),
        cmocka_unit_test(certificates_and_passwords_of_libpq_are_read),
        cmocka_unit_test(a_service_file_and_the_certificates_that_it_names_are_read),
        cmocka_unit_test(the_environment_counts_too),
    };
    static const char *const of_libpq[] = {"PGHOST", "PGHOSTADDR", "PGPORT", "PGSERVICE", "PGSERVICEFILE", "PGPASSFILE", "PGSSLCERT", "PGSSLKEY", "PGSSLROOTCERT", "ALL_PROXY", "all_proxy", "NOTIFY_SOCKET"};
    for (size_t i = 0; i < COUNT(of_libpq); i++)
        unsetenv(of_libpq[i]);
    setenv("HOME", "/home/of/dsrd", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
