// SPDX-License-Identifier: GPL-3.0-or-later
// What a mail says of each kind of item; and where memory runs out there is no mail, never one that lacks a line.
#include <stdio.h>

#include "mail/composer.h"
#include "mail/mime.h"
#include "shared/json.h"
#include "tests/unit/memory.h"

static struct config *config;
static struct texts *texts;
static json_t *library;

struct composed {
    const char *message;
    const char *token;
    const json_t *what;
    char *wanted;
};

// The mail with its soft line breaks taken out.
static bool compose_it(void *context)
{
    struct composed *composed = context;
    struct error error = {0};
    struct text bytes = {0};
    struct composition composition = {config, texts, library, composed->what, "ann@example.org", "id@example.org", composed->token};
    if (!compose(&composition, &bytes, &error)) {
        if (error.text[0] == '\0')
            fail_msg("it fails without saying why");
        text_release(&bytes);
        return false;
    }
    if (composed->wanted != NULL && strcmp(bytes.text, composed->wanted) != 0)
        fail_msg("with little memory another mail is composed:\n%s", bytes.text);
    if (composed->wanted == NULL)
        composed->wanted = text_take(&bytes);
    text_release(&bytes);
    return true;
}

static void unfold(char *text)
{
    char *to = text;
    for (const char *at = text; *at != '\0';)
        if (strncmp(at, "=\r\n", 3) == 0)
            at += 3;
        else
            *to++ = *at++;
    *to = '\0';
}

// `parts`: what the mail holds, "|" between.
static void expect(const char *message, const char *token, const char *parts)
{
    struct composed composed = {.message = message, .token = token};
    json_error_t where;
    json_t *what = json_loads(message, 0, &where);
    if (what == NULL)
        fail_msg("%s: %s", message, where.text);
    composed.what = what;
    assert_true(compose_it(&composed));
    memory_each("compose", compose_it, &composed);
    unfold(composed.wanted);
    char part[256];
    for (const char *at = parts; *at != '\0';) {
        size_t length = strcspn(at, "|");
        snprintf(part, sizeof part, "%.*s", (int)length, at);
        if (strstr(composed.wanted, part) == NULL)
            fail_msg("no \"%s\" in the mail of %s:\n%s", part, message, composed.wanted);
        at += length + (at[length] == '|');
    }
    free(composed.wanted);
    json_decref(what);
}

#define REMINDER(items) "{\"kind\": \"reminder\", \"dated\": 1795508430, \"items\": [" items "]}"
#define ITEM(kind, clock, status, more)                                                                                                  \
    "{\"ref\": \"R-7K3F-92QM\", \"kind\": \"" kind "\", \"clock\": \"" clock "\", \"right\": \"access\", \"status\": \"" status             \
    "\", \"vendor_name\": \"Vendor\", \"law_name\": \"AA\", \"cite\": \"s 1\", \"subject\": \"amber-heron\"" more "}"
#define DUE(days) ", \"due\": \"2026-12-01\", \"days\": " days ", \"legal\": true, \"confidence\": \"sure\""

static void each_item_has_its_words_and_its_command(void **state)
{
    static const struct {
        const char *item, *parts;
    } cases[] = {
        {ITEM("early", "ack", "open", DUE("5")), "dsr log R-7K3F-92QM acknowledged|Subject: "},
        {ITEM("overdue", "ack", "open", DUE("-1")), "dsr log R-7K3F-92QM acknowledged|1 day"},
        {ITEM("early", "complaint_ack", "open", DUE("1")), "dsr log R-7K3F-92QM acknowledged|1 day"},
        {ITEM("overdue", "complaint_ack", "open", DUE("-2")), "dsr log R-7K3F-92QM acknowledged|2 days"},
        {ITEM("early", "respond", "open", DUE("0")), "dsr log R-7K3F-92QM answered"},
        {ITEM("overdue", "respond", "open", DUE("-3")), "dsr log R-7K3F-92QM answered"},
        {ITEM("early", "appeal_answer", "open", DUE("2")), "dsr log R-7K3F-92QM appeal_answered"},
        {ITEM("early", "complaint", "open", DUE("2")), "dsr log R-7K3F-92QM complaint_answered"},
        {ITEM("early", "grievance", "open", DUE("2")), "dsr log R-7K3F-92QM complaint_answered"},
        {ITEM("early", "access", "open", DUE("2")), "dsr log R-7K3F-92QM drop_retrieved"},
        {ITEM("overdue", "access", "open", DUE("-2")), "dsr log R-7K3F-92QM drop_retrieved"},
        {ITEM("overdue", "consent_revocation", "open", DUE("-2")), "dsr log R-7K3F-92QM answered"},
        {ITEM("early", "stop_adm", "open", DUE("2")), "dsr log R-7K3F-92QM answered"},
        {ITEM("early", "destroy", "open", DUE("2")), "dsr log R-7K3F-92QM answered"},
        {ITEM("early", "backup_deletion", "open", DUE("2")), "dsr log R-7K3F-92QM answered"},
        {ITEM("own", "complain", "open", DUE("2")), "dsr log R-7K3F-92QM complaint_sent"},
        {ITEM("own", "confirm_fee", "open", DUE("0")), "dsr log R-7K3F-92QM fee_confirmed"},
        {ITEM("own", "suit_wait", "open", DUE("-2")), "dsr log R-7K3F-92QM note --note TEXT"},
        {ITEM("early", "respond", "draft", DUE("2")), "dsr log R-7K3F-92QM sent"},
        {ITEM("early", "respond", "open", DUE("2") ", \"asked_for\": \"identity_provided\""), "dsr log R-7K3F-92QM identity_provided"},
        {ITEM("wanted", "respond", "answer_to_check", ", \"due\": null, \"said\": \"refused\""), "dsr close R-7K3F-92QM denied --reason WORD"},
        {ITEM("wanted", "respond", "answer_to_check", ", \"due\": null, \"said\": \"referred\""), "dsr close R-7K3F-92QM referred_to_library"},
        {ITEM("wanted", "respond", "answer_to_check", ", \"due\": null, \"said\": \"answered\""), "dsr close R-7K3F-92QM fulfilled"},
        {ITEM("wanted", "respond", "answer_to_check", ", \"due\": null"), "dsr close R-7K3F-92QM fulfilled"},
        {ITEM("wanted", "respond", "open", ", \"due\": null"), "dsr status R-7K3F-92QM"},
        {ITEM("replied", "respond", "open", ""), "dsr inbox list"},
        {ITEM("early", "respond", "open", ""), "dsr log R-7K3F-92QM answered"},
        {ITEM("early", "respond", "open", DUE("2") ", \"assumed\": false"), "dsr log R-7K3F-92QM answered"},
        {ITEM("bounced", "respond", "open", ""), "dsr inbox list"},
        {ITEM("early", "respond", "open", ", \"due\": \"no day\", \"days\": 3, \"legal\": false, \"assumed\": true, \"confidence\": \"likely\""), "AA"},
        {ITEM("early", "respond", "open", ", \"due\": \"2026-12-01\", \"days\": 3"), "1 Dec 2026"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char message[2048];
        snprintf(message, sizeof message, REMINDER("%s"), cases[i].item);
        expect(message, i % 2 == 0 ? NULL : "abc", cases[i].parts);
    }
}

#define OTHER(ref, right) "{\"ref\": \"" ref "\", \"kind\": \"early\", \"clock\": \"respond\", \"right\": \"" right "\", \"status\": \"open\", \"vendor_name\": \"V\"" DUE("2") "}"
static void a_mail_of_many_lists_each_once(void **state)
{
    (void)state;
    expect(REMINDER(OTHER("R-1", "opt_out") ", " OTHER("R-1", "limit_sensitive") ", " OTHER("R-2", "adm")), NULL, "R-1, R-2|?subject=unsubscribe%20R-1>");
    expect(REMINDER(OTHER("R-1", "opt_out") ", " OTHER("R-2", "odd") ", " OTHER("R-3", "adm") ", " OTHER("R-4", "adm") ", " OTHER("R-5", "adm")), "abc",
           "Subject: |R-1, R-2, R-3 ...");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"told\": true, \"in_reply_to\": \"x@y\", \"items\": [" OTHER("R-1", "access") "]}", NULL, "In-Reply-To: <x@y>");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"told\": true, \"items\": [" ITEM("replied", "respond", "open", "") "]}", NULL, "look at it");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"items\": [], \"audit\": {\"entries\": 7, \"refused\": 1, \"library\": \"aa\", \"system\": \"bb\"}}", NULL,
           "dsr audit verify --head aa|dsr audit verify --system --head bb");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"items\": [], \"audit\": {\"entries\": 7, \"refused\": 1, \"library\": \"aa\"}}", NULL, "--head aa");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"items\": [" OTHER("R-1", "access") "], \"audit\": {\"entries\": 7}}", NULL, "R-1");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"items\": [], \"audit\": {\"entries\": 7}, \"digest\": [{\"vendor_name\": \"Kanopy\", \"overdue_patrons\": 5, "
           "\"due_soon_patrons\": 4}]}", NULL, "Kanopy");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"items\": [], \"digest\": [{\"vendor_name\": \"Kanopy\", \"overdue_patrons\": 4, \"due_soon_patrons\": 12}, "
           "{\"vendor_name\": \"Few\", \"overdue_patrons\": 4, \"due_soon_patrons\": 4}]}", NULL, "Kanopy|fewer than 5|10 or more");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"items\": [], \"digest\": [{\"vendor_name\": \"Few\", \"overdue_patrons\": 4, \"due_soon_patrons\": 4}]}", NULL, "Subject: ");
    expect(REMINDER(OTHER("R-1", "adm") ", " OTHER("R-1", "adm") ", " OTHER("R-1", "adm")), NULL, "Subject: R-1:");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"told\": false, \"items\": [], \"audit\": null}", NULL, "Subject: Data requests");
    expect("{\"kind\": \"reminder\", \"dated\": 1, \"items\": []}", NULL, "Subject: Data requests");
    expect("{\"kind\": \"test\", \"dated\": 1}", NULL, "Subject: Test mail from dsrd");
}

static void what_is_needed_is_missed(void **state)
{
    struct error error;
    struct text bytes = {0};
    json_t *what = json_pack("{s:s}", "kind", "test"), *nothing = json_object();
    struct composition composition = {config, texts, library, nothing, "ann@example.org", "id@example.org", NULL};
    (void)state;
    assert_false(compose(&composition, &bytes, &error));
    composition = (struct composition){config, texts, nothing, what, "ann@example.org", "id@example.org", NULL};
    assert_false(compose(&composition, &bytes, &error));
    composition.library = library;
    char *from = config->mail_from, *reply_to = config->mail_reply_to;
    config->mail_from = (char[]){"nobody"};
    assert_false(compose(&composition, &bytes, &error));
    assert_string_equal(error.field, "mail.from");
    config->mail_from = from;
    config->mail_reply_to = (char[]){"nobody"};
    assert_false(compose(&composition, &bytes, &error));
    assert_string_equal(error.field, "mail.reply_to");
    config->mail_reply_to = reply_to;
    assert_null(bytes.text);
    json_decref(what);
    json_decref(nothing);
}

struct headed {
    const char *value, *wanted;
};

static bool head(void *context)
{
    const struct headed *headed = context;
    struct text out = {0};
    mime_header(&out, "Subject", headed->value);
    mime_header_mailbox(&out, "From", headed->value, "a@b.example");
    bool good = !out.failed;
    if (good && strcmp(out.text, headed->wanted) != 0)
        fail_msg("%s\ninstead of\n%s", out.text, headed->wanted);
    text_release(&out);
    return good;
}

static void headers_are_whole_or_fail(void **state)
{
    static const struct headed cases[] = {
        {"plain", "Subject: plain\r\nFrom: \"plain\" <a@b.example>\r\n"},
        {"", "Subject: \r\nFrom: <a@b.example>\r\n"},
        {"b\xC3\xBC", "Subject: =?UTF-8?B?YsO8?=\r\nFrom: =?UTF-8?B?YsO8?=\r\n <a@b.example>\r\n"},
        {"b\xC3\xBC\xFF", "Subject: =?UTF-8?B?YsO8?=\r\nFrom: =?UTF-8?B?YsO8?=\r\n <a@b.example>\r\n"}, // what is no UTF-8 ends it
        {"a\\b\"c", "Subject: a\\b\"c\r\nFrom: \"a\\\\b\\\"c\" <a@b.example>\r\n"},
        {"\x7F" "a", "Subject:  a\r\nFrom: \" a\" <a@b.example>\r\n"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        memory_each("headers", head, (void *)(uintptr_t)&cases[i]);
}

// A word that no blank divides is encoded, for a line of a header ends at 998.
static void no_line_is_too_long(void **state)
{
    char value[1500];
    (void)state;
    for (size_t length = 399; length < sizeof value; length += 1 + length / 2) {
        struct text out = {0};
        memset(value, 'a', length);
        value[length] = '\0';
        value[1] = ' ';
        mime_header(&out, "Subject", value);
        assert_int_equal(strstr(out.text, "=?UTF-8?B?") != NULL, length > 402);
        mime_header_mailbox(&out, "From", value, "a@b.example");
        for (const char *line = out.text; *line != '\0'; line = strstr(line, "\r\n") + 2)
            assert_true(strstr(line, "\r\n") - line <= 998);
        text_release(&out);
    }
}

static int make(void **state)
{
    struct error error;
    (void)state;
    memory_for_json();
    config = config_load(NULL, &error);
    texts = texts_load("etc/mail/en", &error);
    library = json_pack("{s:s, s:s, s:s, s:s}", "name", "Library", "zone", "Etc/UTC", "today", "2026-11-24", "contact", "the desk");
    if (config != NULL) {
        free(config->mail_public_url);
        config->mail_public_url = strdup("https://requests.example.org");
    }
    return config == NULL || texts == NULL || library == NULL;
}

static int unmake(void **state)
{
    (void)state;
    config_free(config);
    texts_free(texts);
    json_decref(library);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_item_has_its_words_and_its_command),
        cmocka_unit_test(a_mail_of_many_lists_each_once),
        cmocka_unit_test(what_is_needed_is_missed),
        cmocka_unit_test(headers_are_whole_or_fail),
        cmocka_unit_test(no_line_is_too_long),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
