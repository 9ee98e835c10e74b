// SPDX-License-Identifier: GPL-3.0-or-later
// Mails told apart: the written ones of tests/vectors/replies through GMime, and pure cases on the struct.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"
#include "inbox/classify.h"
#include "inbox/delivery_status.h"
#include "inbox/html.h"
#include "inbox/parse.h"

static struct reply *read_reply(const char *name)
{
    char path[256];
    struct stat status;
    struct reply *reply = calloc(1, sizeof *reply);
    snprintf(path, sizeof path, "tests/vectors/replies/%s", name);
    int descriptor = open(path, O_RDONLY);
    assert_true(reply != NULL && descriptor >= 0 && fstat(descriptor, &status) == 0);
    assert_true(parse_reply(descriptor, status.st_size, reply));
    close(descriptor);
    return reply;
}

static void drop(struct reply *reply)
{
    reply_release(reply);
    free(reply);
}

static void each_written_mail_is_what_it_is(void **state)
{
    static const struct {
        const char *name, *kind, *event;
    } cases[] = {
        {"ack_helpdesk.eml", "auto_ack", "acknowledged"},   {"ack_german.eml", "auto_ack", "acknowledged"},
        {"ack_by_person.eml", "answer", "acknowledged"},    {"absence_french.eml", "out_of_office", NULL},
        {"extension.eml", "answer", "extension_notice"},    {"identity.eml", "answer", "identity_requested"},
        {"refused.eml", "answer", "refused"},               {"referred.eml", "answer", "referred"},
        {"answered_with_file.eml", "answer", "answered"},   {"talks_of_bounces.eml", "answer", "clarification_requested"},
        {"bounce_postfix.eml", "bounce_hard", NULL},        {"bounce_full_text.eml", "bounce_soft", NULL},
        {"delayed.eml", "report", NULL},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reply *reply = read_reply(cases[i].name);
        struct classification got = classify(reply);
        if (strcmp(reply_kind_name(got.kind), cases[i].kind) != 0 || strcmp(got.event != NULL ? got.event : "", cases[i].event != NULL ? cases[i].event : "") != 0)
            fail_msg("%s is %s, %s", cases[i].name, reply_kind_name(got.kind), got.event != NULL ? got.event : "no event");
        assert_int_equal(reply->token_count, 1);
        assert_string_equal(reply->tokens[0], "g0c4rdp5e8t3w6z1");
        drop(reply);
    }
}

static void what_is_needed_is_read(void **state)
{
    char domain[ADDRESS_ASCII_SIZE];
    (void)state;
    struct reply *reply = read_reply("answered_with_file.eml");
    assert_int_equal(reply->media_type_count, 3);
    assert_string_equal(reply->media_types[2], "text/csv");
    assert_null(strstr(reply->text.text, "loan")); // never a vendor's data
    reply_sender_domain(reply, domain);
    assert_string_equal(domain, "acme.example");
    drop(reply);
    reply = read_reply("identity.eml");
    reply_sender_domain(reply, domain); // the address, not the name that looks like one
    assert_string_equal(domain, "tickets.example");
    drop(reply);
    reply = read_reply("bounce_postfix.eml");
    assert_int_equal(reply->id_count, 1);
    assert_string_equal(reply->ids[0], "<7@library.example>");
    assert_true(reply->null_return_path);
    drop(reply);
    reply = read_reply("absence_french.eml");
    assert_string_equal(reply->subject.text, "Réponse automatique : Absence");
    drop(reply);
}

static void tokens_are_found_wherever_an_address_is(void **state)
{
    static const struct {
        const char *text;
        size_t count;
    } cases[] = {
        {"request+0123456789abcdeg@x", 0},  {"request+0123456789abcdeh@x", 1}, {"0123456789abcdeh@x", 1},           {"<REQUEST-0123456789ABCDEH@X.Y>", 0},
        {"a0123456789abcdeh@x", 0},         {"request+0123456789abcde@x", 0},  {"request+o123456789abcdeh@x", 1},   {"+l123456789abcdeh@, +i123456789abcdeh@", 1},
        {"@@@@@", 0},                       {"", 0},                           {"request+0123456789abcdeu@x", 1},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reply reply = {0};
        reply_scan_tokens(&reply, cases[i].text);
        // b, c and the rest are letters of the alphabet; only what the cases say is a token.
        size_t wanted = i == 0 || i == 3 ? 1 : cases[i].count;
        if (reply.token_count != wanted)
            fail_msg("%s: %zu", cases[i].text, reply.token_count);
    }
}

static void limits_hold(void **state)
{
    struct reply reply = {0};
    char text[64];
    (void)state;
    for (int i = 0; i < 1000; i++) {
        snprintf(text, sizeof text, "<%d@x.example>", i);
        reply_scan_ids(&reply, text);
        snprintf(text, sizeof text, "+%016d@x", i);
        reply_scan_tokens(&reply, text);
        snprintf(text, sizeof text, "t%d", i);
        reply_add_media_type(&reply, "x", text);
    }
    assert_int_equal(reply.id_count, REPLY_IDS);
    assert_int_equal(reply.token_count, REPLY_TOKENS);
    assert_int_equal(reply.media_type_count, REPLY_MEDIA_TYPES);
    assert_true(reply.cut);
}

static void references_are_found_in_subjects(void **state)
{
    struct reply reply = {0};
    char good[REFERENCE_SIZE], text[128];
    (void)state;
    reference_make(123456789, good);
    snprintf(text, sizeof text, "AW: [%s] (xR-AAAA-AAAA, R-AAAA-AAAB, %s)", good, good);
    reply_scan_references(&reply, text);
    assert_int_equal(reply.reference_count, 1);
    assert_string_equal(reply.references[0], good);
}

static void a_delivery_report_is_read(void **state)
{
    struct reply *reply = calloc(1, sizeof *reply);
    (void)state;
    delivery_status_read(reply, "Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; a@b\r\nAction: FAILED (by us)\r\nStatus: 5.1.1 (bad)\r\n"
                                "Diagnostic-Code: smtp; 550\r\n no such user\r\n\r\n\r\nAction: delayed\nStatus: 4.0.0");
    assert_int_equal(reply->delivery_count, 2);
    assert_string_equal(reply->deliveries[0].action, "failed");
    assert_string_equal(reply->deliveries[0].status, "5.1.1");
    assert_string_equal(reply->deliveries[0].diagnostic, " smtp; 550 no such user");
    assert_string_equal(reply->deliveries[1].action, "delayed");
    free(reply);
}

// What the other server said goes before the number it chose, except where the number is certain.
static void words_and_numbers_of_a_report(void **state)
{
    static const struct {
        const char *action, *status, *said;
        enum reply_kind kind;
    } cases[] = {
        {"failed", "5.1.1", "550 5.1.1 User unknown", REPLY_BOUNCE_HARD},
        {"failed", "5.0.0", "550 no such user here", REPLY_BOUNCE_HARD},
        {"failed", "5.1.1", "", REPLY_BOUNCE_HARD},
        {"failed", "5.4.4", "Host not found", REPLY_BOUNCE_HARD},
        {"failed", "5.1.1", "550 5.7.1 IP address blacklisted by recipient", REPLY_BOUNCE_SOFT},
        {"failed", "5.2.2", "552 mailbox full", REPLY_BOUNCE_SOFT},
        {"failed", "5.0.0", "550 blocked as spam: unknown user", REPLY_BOUNCE_SOFT},
        {"failed", "4.4.1", "connect: timed out", REPLY_BOUNCE_SOFT},
        {"delayed", "4.4.1", "connect: timed out", REPLY_REPORT},
        {"delivered", "2.0.0", "250 ok", REPLY_REPORT},
        {"relayed", "2.0.0", "", REPLY_REPORT},
        {"", "5.1.1", "", REPLY_BOUNCE_HARD},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct reply *reply = calloc(1, sizeof *reply);
        snprintf(reply->deliveries[0].action, REPLY_WORD_SIZE, "%s", cases[i].action);
        snprintf(reply->deliveries[0].status, REPLY_WORD_SIZE, "%s", cases[i].status);
        snprintf(reply->deliveries[0].diagnostic, sizeof reply->deliveries[0].diagnostic, "%s", cases[i].said);
        reply->delivery_count = 1;
        if (classify(reply).kind != cases[i].kind)
            fail_msg("%s %s %s: %s", cases[i].action, cases[i].status, cases[i].said, reply_kind_name(classify(reply).kind));
        free(reply);
    }
}

static void html_becomes_words(void **state)
{
    struct text out = {0};
    (void)state;
    html_to_text("<style>x</style><p>a&amp;b<br>c<!-- no -->d<script>e</script>&unknown;<", &out);
    assert_string_equal(out.text, "a&b\ncd&unknown;");
    text_release(&out);
}

static int begin(void **state)
{
    (void)state;
    parse_begin();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_written_mail_is_what_it_is), cmocka_unit_test(what_is_needed_is_read),
        cmocka_unit_test(tokens_are_found_wherever_an_address_is), cmocka_unit_test(limits_hold),
        cmocka_unit_test(references_are_found_in_subjects), cmocka_unit_test(a_delivery_report_is_read),
        cmocka_unit_test(words_and_numbers_of_a_report), cmocka_unit_test(html_becomes_words),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
