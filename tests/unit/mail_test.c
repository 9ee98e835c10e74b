// SPDX-License-Identifier: GPL-3.0-or-later
// Addresses, the form on the wire, verdicts.
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "mail/address.h"
#include "mail/composer.h"
#include "mail/mime.h"
#include "mail/verdict.h"

static void addresses_are_taken_or_refused(void **state)
{
    static const struct {
        const char *address, *ascii; // NULL: refused
    } cases[] = {
        {"name@example.org", "name@example.org"},
        {"a.b+c@sub.example.org", "a.b+c@sub.example.org"},
        {"name@b\xC3\xBC" "cher.example", "name@xn--bcher-kva.example"},
        {"", NULL}, {"name", NULL}, {"@example.org", NULL}, {"name@", NULL}, {"na me@example.org", NULL}, {".a@example.org", NULL}, {"a..b@example.org", NULL},
        {"a@b@c", NULL}, {"a@example.org>\r\nDATA", NULL}, {"a\r\nBcc: x@example.org", NULL}, {"\"a b\"@example.org", NULL}, {"a@[127.0.0.1]", NULL},
        {"a@-example.org", NULL}, {"a@example..org", NULL}, {"a@example.org.", NULL}, {"n\xC3\xA4me@example.org", NULL}, {"<a@example.org>", NULL},
        {"a@exa\xC2\xADmple.org", NULL}, {"a@example.org\xEF\xBB\xBF", NULL}, {"a@exa\xE2\x80\x8Bmple.org", NULL},
        {"=?UTF-8?B?YQ==?=@example.org", NULL}, {"a@exa\xFFmple.org", NULL}, {"a@exam ple.org", NULL},
    };
    char ascii[ADDRESS_ASCII_SIZE];
    struct error error;
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        bool taken = address_to_ascii(cases[i].address, "address", ascii, &error);
        if (taken != (cases[i].ascii != NULL))
            fail_msg("\"%s\" was %s", cases[i].address, taken ? "taken" : error.text);
        if (taken)
            assert_string_equal(ascii, cases[i].ascii);
    }
}

static void quoted_printable_is_as_rfc_2045_has_it(void **state)
{
    static const struct {
        const char *text, *coded;
    } cases[] = {
        {"plain\n", "plain\r\n"},
        {"no end", "no end\r\n"},
        {"blank \n", "blank=20\r\n"},
        {"tab\t\n", "tab=09\r\n"},
        {".\n", "=2E\r\n"},
        {"1=1\n", "1=3D1\r\n"},
        {"\xC3\xBC\n", "=C3=BC\r\n"},
        {"\n\n", "\r\n\r\n"},
        {"cr\rlf\n", "cr=0Dlf\r\n"},
        {"0123456789012345678901234567890123456789012345678901234567890123456789012345\n", "0123456789012345678901234567890123456789012345678901234567890123456789012345\r\n"},
        {"01234567890123456789012345678901234567890123456789012345678901234567890123456\n",
         "012345678901234567890123456789012345678901234567890123456789012345678901234=\r\n56\r\n"},
        {"012345678901234567890123456789012345678901234567890123456789012345678901234.x\n",
         "012345678901234567890123456789012345678901234567890123456789012345678901234=\r\n=2Ex\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out = {0};
        mime_quoted_printable(&out, cases[i].text);
        assert_string_equal(out.text, cases[i].coded);
        text_release(&out);
    }
}

static void what_stands_around_the_at_is_strict(void **state)
{
    char local[80], domain[300], address[400], label[80];
    char ascii[ADDRESS_ASCII_SIZE];
    struct error error;
    static const char *const bad[] = {"a.@b.example", ".a@b.example", "a..b@b.example", "@b.example", "a@", "a@.b", "a@b..c", "a@b.", "a@-b.c", "a@b-", "a@b-.c", "a@b{.c", "a@b[.c",
                                      "a@b:c", "a@b/c", "a@b_c", "a@b`c", "a@b@c.example@", "a\xff@b.example", "a\xc3\xa9@b.example"};
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        if (address_to_ascii(bad[i], "to", ascii, &error))
            fail_msg("%s is taken as %s", bad[i], ascii);
    assert_true(address_to_ascii("a@B-2.Example", "to", ascii, &error));
    memset(local, 'l', sizeof local);
    memset(label, 'd', sizeof label);
    for (int length = 64; length <= 65; length++) {
        snprintf(address, sizeof address, "%.*s@b.example", length, local);
        assert_int_equal(address_to_ascii(address, "to", ascii, &error), length == 64);
    }
    for (int length = 63; length <= 64; length++) {
        snprintf(address, sizeof address, "a@%.*s.example", length, label);
        assert_int_equal(address_to_ascii(address, "to", ascii, &error), length == 63);
    }
    // A domain of 253 in ASCII, and of 254: 31 labels of "xn--tda." and one more.
    domain[0] = '\0';
    for (int i = 0; i < 31; i++)
        memcpy(domain + 3 * i, "\xc3\xbc.", 4);
    for (int length = 5; length <= 6; length++) {
        snprintf(address, sizeof address, "a@%s%.*s", domain, length, label);
        assert_int_equal(address_to_ascii(address, "to", ascii, &error), length == 5);
    }
    snprintf(address, sizeof address, "%.*s@%.*s.%.*s.%.*s", 64, local, 63, label, 63, label, 63, label); // 256
    assert_false(address_to_ascii(address, "to", ascii, &error));
    for (int length = 61; length <= 62; length++) { // 254 in all, and 255
        snprintf(address, sizeof address, "%.*s@%.*s.%.*s.%.*s", 64, local, 63, label, 63, label, length, label);
        assert_int_equal(address_to_ascii(address, "to", ascii, &error), length == 61);
    }
}

static void a_header_is_one_header(void **state)
{
    struct text out = {0};
    (void)state;
    mime_header(&out, "Subject", "a\r\nBcc: x@example.org");
    assert_string_equal(out.text, "Subject: a Bcc: x@example.org\r\n");
    text_clear(&out);
    mime_header(&out, "Subject", "b\xC3\xBC" "cher");
    assert_string_equal(out.text, "Subject: =?UTF-8?B?YsO8Y2hlcg==?=\r\n");
    text_clear(&out);
    mime_header_mailbox(&out, "From", "A \"B\" C", "a@example.org");
    assert_string_equal(out.text, "From: \"A \\\"B\\\" C\" <a@example.org>\r\n");
    text_clear(&out);
    mime_header_mailbox(&out, "To", "", "a@example.org");
    assert_string_equal(out.text, "To: <a@example.org>\r\n");
    text_release(&out);
}

static void the_date_is_that_of_the_zone(void **state)
{
    char text[MIME_DATE_SIZE];
    (void)state;
    mime_date(1795508430, "America/New_York", text); // 2026-11-24 08:20:30 UTC
    assert_string_equal(text, "Tue, 24 Nov 2026 03:20:30 -0500");
    mime_date(1795508430, "Asia/Kolkata", text);
    assert_string_equal(text, "Tue, 24 Nov 2026 13:50:30 +0530");
}

// The headers of a mail about R-7K3F-92QM from Date to the empty line, or of one about nothing.
static void compose_headers(const struct config *config, const char *message, const char *token, char *headers, size_t size)
{
    struct error error;
    struct text bytes = {0};
    struct texts *texts = texts_load("etc/mail/en", &error);
    json_t *library = json_pack("{s:s, s:s, s:s}", "name", "Library", "zone", "Etc/UTC", "today", "2026-11-24");
    json_t *what = json_loads(message, 0, NULL);
    assert_non_null(texts);
    assert_non_null(what);
    struct composition composition = {config, texts, library, what, "ann@example.org", "id@example.org", token};
    assert_true(compose(&composition, &bytes, &error));
    snprintf(headers, size, "%.*s", (int)(strstr(bytes.text, "\r\n\r\n") - bytes.text + 2), bytes.text);
    assert_true((strstr(bytes.text, "No more reminders: https://requests.example.org/u/abc") != NULL) == (token != NULL));
    text_release(&bytes);
    json_decref(what);
    json_decref(library);
    texts_free(texts);
}

#define BEFORE(subject)                                                                                      \
    "Date: Tue, 24 Nov 2026 08:20:30 +0000\r\nFrom: \"Data request reminders\" <dsrd@localhost>\r\n"          \
    "%sTo: <ann@example.org>\r\nSubject: " subject                                                           \
    "\r\nMessage-ID: <id@example.org>\r\n%sAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"     \
    "Content-Type: text/plain; charset=UTF-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"

static void a_reminder_says_how_to_stop_it_and_a_test_does_not(void **state)
{
    static const char *const digest = "{\"kind\": \"reminder\", \"dated\": 1795508430, \"items\": [], "
                                      "\"digest\": [{\"vendor_name\": \"V\", \"overdue\": 1, \"due_soon\": 0}]}";
    static const char *const test = "{\"kind\": \"test\", \"dated\": 1795508430, \"items\": []}";
    char headers[2048], expected[2048];
    struct error error;
    struct config *config = config_load(NULL, &error);
    (void)state;
    assert_non_null(config);
    compose_headers(config, digest, NULL, headers, sizeof headers);
    snprintf(expected, sizeof expected, BEFORE("Data requests: some are overdue or due within a week"), "",
             "List-Unsubscribe: <mailto:dsrd@localhost?subject=unsubscribe>\r\n");
    assert_string_equal(headers, expected);
    free(config->mail_reply_to);
    config->mail_reply_to = strdup("a+b%c@example.org");
    compose_headers(config, digest, NULL, headers, sizeof headers);
    snprintf(expected, sizeof expected, BEFORE("Data requests: some are overdue or due within a week"), "Reply-To: <a+b%c@example.org>\r\n",
             "List-Unsubscribe: <mailto:a%2Bb%25c@example.org?subject=unsubscribe>\r\n");
    assert_string_equal(headers, expected);
    free(config->mail_public_url);
    config->mail_public_url = strdup("https://requests.example.org");
    compose_headers(config, digest, "abc", headers, sizeof headers);
    snprintf(expected, sizeof expected, BEFORE("Data requests: some are overdue or due within a week"), "Reply-To: <a+b%c@example.org>\r\n",
             "List-Unsubscribe: <https://requests.example.org/u/abc>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
    assert_string_equal(headers, expected);
    compose_headers(config, test, NULL, headers, sizeof headers);
    snprintf(expected, sizeof expected, BEFORE("Test mail from dsrd"), "Reply-To: <a+b%c@example.org>\r\n", "");
    assert_string_equal(headers, expected);
    config_free(config);
}

static void sent_needs_three_proofs(void **state)
{
    static const struct {
        CURLcode curl;
        long code;
        int64_t uploaded;
        enum verdict verdict;
        bool addressed, all_mail;
    } cases[] = { // of 100 bytes
        {CURLE_OK, 250, 100, VERDICT_SENT, false, false},
        {CURLE_OK, 250, 0, VERDICT_RETRY, false, true}, // HELP, after an empty list of recipients
        {CURLE_OK, 250, 99, VERDICT_RETRY, false, false},
        {CURLE_RECV_ERROR, 354, 100, VERDICT_IN_DOUBT, false, false},      // closed after the dot
        {CURLE_OPERATION_TIMEDOUT, 354, 100, VERDICT_IN_DOUBT, false, false},
        {CURLE_OPERATION_TIMEDOUT, 0, 100, VERDICT_IN_DOUBT, false, false}, // rubbish after the dot
        {CURLE_OK, 0, 100, VERDICT_IN_DOUBT, false, false},
        {CURLE_WEIRD_SERVER_REPLY, 451, 100, VERDICT_RETRY, false, false},
        {CURLE_WEIRD_SERVER_REPLY, 550, 100, VERDICT_FAILED, false, false},
        {CURLE_SEND_ERROR, 550, 0, VERDICT_FAILED, true, false}, // RCPT
        {CURLE_SEND_ERROR, 450, 0, VERDICT_RETRY, true, false},
        {CURLE_SEND_ERROR, 421, 0, VERDICT_RETRY, true, true},
        {CURLE_SEND_ERROR, 550, 0, VERDICT_RETRY, false, true}, // MAIL FROM: the sender, so it is no fault of this mail
        {CURLE_COULDNT_CONNECT, 0, 0, VERDICT_RETRY, false, true},
        {CURLE_LOGIN_DENIED, 535, 0, VERDICT_RETRY, false, true},
        {CURLE_USE_SSL_FAILED, 502, 0, VERDICT_RETRY, false, true},
        {CURLE_WEIRD_SERVER_REPLY, 554, 0, VERDICT_RETRY, false, true}, // the greeting
        {CURLE_SEND_ERROR, 354, 50, VERDICT_RETRY, true, false},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct outcome_of_transfer outcome = {cases[i].curl, cases[i].code, cases[i].uploaded, 100, cases[i].addressed};
        if (verdict_of(&outcome) != cases[i].verdict)
            fail_msg("case %zu: %s", i, verdict_name(verdict_of(&outcome)));
        if (verdict_is_of_all_mail(&outcome) != cases[i].all_mail)
            fail_msg("case %zu: whether all mail fares so", i);
        assert_int_equal(verdict_problem(&outcome)[0] == '\0', cases[i].verdict == VERDICT_SENT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_or_refused), cmocka_unit_test(quoted_printable_is_as_rfc_2045_has_it),
        cmocka_unit_test(a_header_is_one_header), cmocka_unit_test(what_stands_around_the_at_is_strict),         cmocka_unit_test(the_date_is_that_of_the_zone),
        cmocka_unit_test(sent_needs_three_proofs),        cmocka_unit_test(a_reminder_says_how_to_stop_it_and_a_test_does_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
