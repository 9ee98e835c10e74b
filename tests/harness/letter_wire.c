// SPDX-License-Identifier: GPL-3.0-or-later
// letter_wire RELAY: for each line {"field", "value"} (JSON) writes a letter with that value in that field,
// makes the mail of it and sends it with libcurl, as dsrd does. Prints "refused FIELD" or "sent" for each.
#include <curl/curl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "law/law.h"
#include "letter/letter_mail.h"
#include "mail/smtp.h"

enum { LINE_MAXIMUM = 65536 };

struct attempt {
    struct law law; // a copy, of which one field may be changed
    struct letter_question question;
    struct letter_mail mail;
    const char *sender, *recipient, *earlier[2];
};

static void reset(struct attempt *attempt, const struct law *law, const struct config *config)
{
    memset(attempt, 0, sizeof *attempt);
    attempt->law = *law;
    attempt->question = (struct letter_question){.language = "en",
                                                 .kind = LETTER_REQUEST,
                                                 .right = "correction",
                                                 .law = &attempt->law,
                                                 .vendor = "Example Media, Inc.",
                                                 .products = "Films",
                                                 .postal_address = "1 Main Street\nSpringfield",
                                                 .name = "Pat Patron",
                                                 .email = "pat@example.org",
                                                 .residence = "NL",
                                                 .library = "Test Library",
                                                 .ref = "R-7K3F-92QM",
                                                 .details = "My name is Pat.",
                                                 .post = true,
                                                 .today = date_make(2026, 11, 26),
                                                 .sent = DATE_NONE,
                                                 .received = DATE_NONE,
                                                 .due = DATE_NONE,
                                                 .extension_notice = DATE_NONE,
                                                 .identity_requested = DATE_NONE,
                                                 .refused = DATE_NONE,
                                                 .appeal_sent = DATE_NONE,
                                                 .authorised = DATE_NONE};
    attempt->sender = "requests+0123456789abcdef@library.example";
    attempt->recipient = "privacy@vendor.example";
    attempt->mail = (struct letter_mail){.from_name = "Test Library",
                                         .from = config->mail_from,
                                         .reply_to = attempt->sender,
                                         .to = attempt->recipient,
                                         .language = "en",
                                         .message_id = "<1@library.example>",
                                         .earlier = attempt->earlier,
                                         .when = 1795000000,
                                         .zone = "Etc/UTC"};
}

// Puts the value where it belongs; false: there is no such field.
static bool place(struct attempt *attempt, const char *field, char *value)
{
    const struct {
        const char *field;
        const char **place;
    } places[] = {
        {"name", &attempt->question.name},
        {"email", &attempt->question.email},
        {"library.name", &attempt->question.library},
        {"vendor", &attempt->question.vendor},
        {"brands", &attempt->question.products},
        {"subject", &attempt->question.fixed_subject},
        {"details", &attempt->question.details},
        {"ref", &attempt->question.ref},
        {"residence", &attempt->question.residence},
        {"lang", &attempt->question.language},
        {"mail.from", &attempt->mail.from},
        {"mail.reply_address", &attempt->mail.reply_to},
        {"from_name", &attempt->mail.from_name},
        {"address", &attempt->mail.to},
        {"message_id", &attempt->mail.message_id},
        {"earlier", &attempt->earlier[0]},
        {"sender", &attempt->sender},
        {"recipient", &attempt->recipient},
        {"postal", &attempt->question.postal_address},
    };
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++)
        if (strcmp(places[i].field, field) == 0) {
            *places[i].place = value;
            return true;
        }
    if (strcmp(field, "law") == 0)
        attempt->law.name = value;
    else if (strcmp(field, "short") == 0)
        attempt->law.short_name = value;
    else if (strcmp(field, "authority") == 0)
        attempt->law.authority = value;
    else if (strcmp(field, "cite") == 0)
        for (size_t i = 0; i < attempt->law.right_count; i++)
            attempt->law.rights[i].cite = value;
    else
        return false;
    return true;
}

static bool send_one(const struct letters *letters, struct smtp *smtp, const struct attempt *attempt,
                     struct error *error)
{
    struct letter letter;
    struct text bytes = {0};
    struct smtp_result result = {0};
    if (!letter_write(letters, &attempt->question, &letter, error))
        return false;
    bool good = letter_mail_compose(&attempt->mail, &letter, &bytes, error) &&
                smtp_send(smtp, attempt->sender, attempt->recipient, &bytes, &result, error);
    if (good && verdict_of(&result.outcome) != VERDICT_SENT) {
        fprintf(stderr, "the relay did not take it: reply %ld, curl %d\n", result.outcome.code,
                (int)result.outcome.curl);
        exit(1);
    }
    text_release(&bytes);
    letter_release(&letter);
    return good;
}

int main(int argc, char **argv)
{
    static char line[LINE_MAXIMUM];
    struct error error = {0};
    struct catalogue *catalogue = catalogue_load("etc/laws", "etc/calendars", &error);
    struct letters *letters = catalogue != NULL ? letters_load("etc/letters", &error) : NULL;
    struct config *config = letters != NULL ? config_load(NULL, &error) : NULL;
    if (config == NULL || argc != 2) {
        fprintf(stderr, "%s\n", error.text);
        return 2;
    }
    free(config->mail_relay);
    config->mail_relay = strdup(argv[1]);
    free(config->mail_from);
    config->mail_from = strdup("dsrd@library.example");
    curl_global_init(CURL_GLOBAL_DEFAULT);
    struct smtp *smtp = smtp_new(config, &error);
    while (smtp != NULL && fgets(line, sizeof line, stdin) != NULL) {
        struct attempt attempt;
        json_t *payload = json_loads(line, 0, NULL);
        const char *field = json_string_value(json_object_get(payload, "field")),
                   *value = json_string_value(json_object_get(payload, "value"));
        char *copy = value != NULL ? strdup(value) : NULL;
        reset(&attempt, catalogue_law(catalogue, "eu-gdpr"), config);
        if (copy == NULL || !place(&attempt, field, copy)) {
            fprintf(stderr, "bad line: %s", line);
            return 2;
        }
        if (send_one(letters, smtp, &attempt, &error))
            puts("sent");
        else
            printf("refused %s\n", error.field);
        free(copy);
        json_decref(payload);
    }
    smtp_free(smtp);
    curl_global_cleanup();
    config_free(config);
    letters_free(letters);
    catalogue_free(catalogue);
    return 0;
}
