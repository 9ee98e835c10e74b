// SPDX-License-Identifier: GPL-3.0-or-later
// Speed of letters on one core: how many are written a second, and how many as a whole mail, over every right
// of every law, every kind and every language. Prints the two numbers.
#include <stdio.h>
#include <time.h>

#include "law/law.h"
#include "letter/letter_mail.h"

enum { SECONDS = 2 };

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static size_t write_one(const struct letters *letters, const struct letter_question *question, bool mail)
{
    const struct letter_mail envelope = {.from_name = "Test Library",
                                         .from = "dsrd@library.example",
                                         .reply_to = "requests+0123456789abcdef@library.example",
                                         .to = "privacy@vendor.example",
                                         .language = question->language,
                                         .message_id = "<1@library.example>",
                                         .when = 1795000000,
                                         .zone = "America/New_York"};
    struct letter letter;
    struct text bytes = {0};
    if (!letter_write(letters, question, &letter, NULL))
        return 0;
    bool good = !mail || letter_mail_compose(&envelope, &letter, &bytes, NULL);
    text_release(&bytes);
    letter_release(&letter);
    return good;
}

static size_t write_all(const struct letters *letters, const struct catalogue *catalogue, bool mail)
{
    size_t count = 0;
    for (size_t l = 0; l < letters_language_count(letters); l++)
        for (size_t i = 0; i < catalogue_law_count(catalogue); i++)
            for (const char *const *right = right_words; *right != NULL; right++)
                for (int kind = 0; kind < LETTER_CHASER; kind++) {
                    struct letter_question question = {.language = letters_language_code(letters, l),
                                                       .kind = (enum letter_kind)kind,
                                                       .right = *right,
                                                       .law = catalogue_law_at(catalogue, i),
                                                       .vendor = "Example Media, Inc.",
                                                       .name = "Zo\xC3\xAB Patron",
                                                       .email = "zoe@example.org",
                                                       .residence = "US-CA",
                                                       .library = "Test Library",
                                                       .ref = "R-7K3F-92QM",
                                                       .details = "x",
                                                       .today = date_make(2026, 11, 26),
                                                       .sent = date_make(2026, 10, 1),
                                                       .received = DATE_NONE,
                                                       .due = date_make(2026, 11, 2),
                                                       .extension_notice = date_make(2026, 10, 30),
                                                       .identity_requested = date_make(2026, 10, 5),
                                                       .refused = DATE_NONE,
                                                       .appeal_sent = DATE_NONE,
                                                       .authorised = DATE_NONE};
                    count += write_one(letters, &question, mail);
                }
    return count;
}

static double rate(const struct letters *letters, const struct catalogue *catalogue, bool mail)
{
    size_t count = 0;
    double begin = now(), taken;
    do {
        count += write_all(letters, catalogue, mail);
        taken = now() - begin;
    } while (taken < SECONDS);
    return (double)count / taken;
}

int main(void)
{
    struct error error;
    struct catalogue *catalogue = catalogue_load("etc/laws", "etc/calendars", &error);
    struct letters *letters = catalogue != NULL ? letters_load("etc/letters", &error) : NULL;
    if (letters == NULL) {
        fprintf(stderr, "%s\n", error.text);
        return 1;
    }
    printf("%.0f %.0f\n", rate(letters, catalogue, false), rate(letters, catalogue, true));
    letters_free(letters);
    catalogue_free(catalogue);
    return 0;
}
