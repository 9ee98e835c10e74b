// SPDX-License-Identifier: GPL-3.0-or-later
// Letters: templates and what is wrong with them, every right of every law in every language, and the letters
// of tests/vectors/letters. LETTER_GOLDEN=write writes these anew.
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "law/law.h"
#include "letter/field.h"
#include "letter/layout.h"
#include "letter/letter.h"

static struct letters *letters;
static struct catalogue *catalogue;

static int load(void **state)
{
    struct error error = {0};
    (void)state;
    letters = letters_load("etc/letters", &error);
    if (letters != NULL)
        catalogue = catalogue_load("etc/laws", "etc/calendars", &error);
    if (catalogue == NULL)
        print_error("%s\n", error.text);
    return catalogue != NULL ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    catalogue_free(catalogue);
    letters_free(letters);
    return 0;
}

static struct letter_question question_of(const struct law *law, const char *right, enum letter_kind kind,
                                          const char *language)
{
    return (struct letter_question){
        .language = language,
        .kind = kind,
        .right = right,
        .law = law,
        .vendor = "Example Media, Inc.",
        .products = "Example Films, Example Books",
        .name = "Zo\xC3\xAB Patron",
        .email = "zoe@example.org",
        .residence = "US-VA",
        .library = "Test Library",
        .ref = "R-7K3F-92QM",
        .details = strcmp(right, "correction") == 0 ? "My name is spelt Zoe; it is Zo\xC3\xAB." : NULL,
        .today = date_make(2026, 11, 26),
        .sent = kind == LETTER_REQUEST ? DATE_NONE : date_make(2026, 10, 1),
        .received = DATE_NONE,
        .due = date_make(2026, 11, 2),
        .extension_notice = kind == LETTER_EXTENSION_CHALLENGE ? date_make(2026, 10, 30) : DATE_NONE,
        .identity_requested = kind == LETTER_IDENTITY ? date_make(2026, 10, 5) : DATE_NONE,
        .refused = kind == LETTER_APPEAL ? date_make(2026, 10, 20) : DATE_NONE,
        .appeal_sent = DATE_NONE,
        .authorised = DATE_NONE,
        .due_cite = kind == LETTER_REQUEST ? NULL : "art. 12(3) (no action: art. 12(4))",
    };
}

static void expect_template(const char *text, letter_word_set always, const char *problem)
{
    struct error error = {0};
    struct letter_template *template = template_parse(text, "x.txt", ~(letter_word_set)0, always, true, &error);
    if (problem == NULL && template == NULL)
        fail_msg("refused: %s", error.text);
    if (problem != NULL && template != NULL)
        fail_msg("taken: %s", text);
    if (problem != NULL && strstr(error.text, problem) == NULL)
        fail_msg("it says \"%s\" and not \"%s\"", error.text, problem);
    template_free(template);
}

static void errors_of_templates_name_file_and_line(void **state)
{
    (void)state;
    expect_template("# remark\nSubject: a\n\nb\n", 0, NULL);
    expect_template("no subject\n", 0, "x.txt:1: the first line of this template must be");
    expect_template("", 0, "has no line \"Subject: ...\"");
    expect_template("Subject: a\n\n{nobody}\n", 0,
                    "x.txt:3: {nobody} is no word of this template; those are: name,");
    expect_template("Subject: a\n{name\n", 0, "x.txt:2: { without its }");
    expect_template("Subject: a\n{}\n", 0, "x.txt:2: there is no word");
    expect_template("Subject: a\nx\n{email}\n", 0,
                    "x.txt:3: email may be empty: put it between {if ...} and {end}.");
    expect_template("Subject: a\n{if email}{email}{end}\n", 0, NULL);
    expect_template("Subject: a\n{if email}\n{email}\n{else}\n{email}\n{end}\n", 0,
                    "x.txt:5: email may be empty");
    expect_template("Subject: a\n{if not email}\nx\n{else}\n{email}\n{end}\n", 0, NULL);
    expect_template("Subject: a\n{if email}\n{end}\n{email}\n", 0, "x.txt:4: email may be empty");
    expect_template("Subject: a\n{if not email}{email}{end}\n", 0, "email may be empty");
    expect_template("Subject: a\n{if email}\n\n", 0, "x.txt:2: {if ...} without its {end}");
    expect_template("Subject: {if email}a\nb{end}\n", 0,
                    "x.txt:2: an {if ...} of the subject line must end on it");
    expect_template("Subject: a\n{end}\n", 0, "x.txt:2: {end} without");
    expect_template("Subject: a\n{else}\n", 0, "x.txt:2: {else} without");
    expect_template("Subject: a\n{if email}{else}{else}{end}\n", 0, "x.txt:2: {else} without");
    expect_template("Subject: a\n{if family}x{end}\n", 0, "x.txt:2: family is never empty: compare it");
    expect_template("Subject: a\n{if family = moon}x{end}\n", 0, "x.txt:2: moon is none of its names");
    expect_template("Subject: a\n{if family = }x{end}\n", 0, "x.txt:2:");
    expect_template("Subject: a\n{if email = x}x{end}\n", 0, "x.txt:2: email has no names to compare with");
    expect_template("Subject: a\n{if nobody}x{end}\n", 0, "x.txt:2: {nobody} is no word");
    expect_template("Subject: a\n{agent}\n", ~(letter_word_set)0, "x.txt:2: agent cannot be filled in");
    expect_template("Subject: a\nb\xFF\n", 0, "x.txt must be UTF-8");
    expect_template("Subject: a\nb\rc\n", 0, "x.txt must be UTF-8 without control characters");
}

static void templates_are_filled_and_laid_out(void **state)
{
    static const char text[] =
        "Subject: Re {ref}\n# remark\n{if agent}\nagent\n{end}\nOne\n{name},\\\ntwo.\n\n{if email}\nmail "
        "{email}\n{else}\nno mail\n{end}\n\n"
        "- first\n- second {if family = gdpr ccpa}g{else}h{end}\n\n{recipient}\n";
    struct error error = {0};
    struct template_values values = {.family = FAMILY_CCPA};
    struct text out = {0}, lines = {0};
    (void)state;
    values.texts[LETTER_WORD_ref] = "R-1";
    values.texts[LETTER_WORD_name] = "A \\";
    values.texts[LETTER_WORD_recipient] = "X\nY";
    struct letter_template *template =
        template_parse(text, "x.txt", ~(letter_word_set)0,
                       LETTER_BIT(ref) | LETTER_BIT(name) | LETTER_BIT(recipient), true, &error);
    assert_non_null(template);
    template_fill_subject(template, &values, &out);
    assert_string_equal(out.text, "Re R-1");
    text_clear(&out);
    template_fill(template, &values, &out);
    layout(out.text, 72, &lines);
    assert_string_equal(lines.text, "One A \\,\ntwo.\n\nno mail\n\n- first\n- second g\n\nX\nY\n");
    text_clear(&lines);
    layout("- aaaa bbbb cccc\n\nd\xC3\xA4\xC3\xA4\xC3\xA4 eeee", 9, &lines);
    assert_string_equal(lines.text, "- aaaa\n  bbbb\n  cccc\n\nd\xC3\xA4\xC3\xA4\xC3\xA4 eeee\n");
    text_release(&out);
    text_release(&lines);
    template_free(template);
}

static void citations_leave_out_remarks(void **state)
{
    static const char *const cases[][2] = {
        {"art. 15", "art. 15"},
        {"art. 12(3) (no action: art. 12(4))", "art. 12(3)"},
        {"arts. 18, 21 (direct marketing: 21(2)-(3), absolute)", "arts. 18, 21"},
        {"1798.83(a): categories disclosed and names", "1798.83(a)"},
        {"1798.83(b)(1), closing paragraph (sent elsewhere)", "1798.83(b)(1)"},
        {"1798.110(a)(4), .115 (categories)", "1798.110(a)(4), .115"},
        {"NRS 603A.345 (operators), 603A.346 (data brokers); sale = monetary consideration",
         "NRS 603A.345, 603A.346"},
        {"507-H:4, I", "507-H:4, I"},
        {"19.373.040(1)(c), must be passed on to processors", "19.373.040(1)(c)"},
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text out = {0};
        letter_cite(cases[i][0], &out);
        assert_string_equal(out.text, cases[i][1]);
        text_release(&out);
    }
}

static void expect_clean(const struct letter *letter, const struct letter_question *question,
                         const char *what)
{
    const struct law *law = question->law;
    struct text cite = {0};
    const char *const wanted[] = {question->name, question->ref, question->vendor};
    for (size_t i = 0; i < COUNT(wanted); i++)
        if (strstr(letter->text.text, wanted[i]) == NULL && strstr(letter->subject.text, wanted[i]) == NULL)
            fail_msg("%s: %s is not in:\n%s", what, wanted[i], letter->text.text);
    if (strpbrk(letter->text.text, "{}\x01") != NULL || strpbrk(letter->subject.text, "{}\x01\n") != NULL ||
        letter->subject.length == 0)
        fail_msg("%s: a place is left open:\n%s\n%s", what, letter->subject.text, letter->text.text);
    static const char *const signs[] = {"()",     "( ", " )",  " ,", " .", ",,",
                                        "(null)", "  ", ", ,", "..", NULL};
    for (size_t i = 0; signs[i] != NULL; i++) {
        const char *found = strstr(letter->body.text, signs[i]);
        bool cited = found != NULL && strcmp(signs[i], " .") == 0 && found[2] >= '0' &&
                     found[2] <= '9'; // 1798.110, .115
        if (found != NULL && !cited)
            fail_msg("%s: \"%s\" looks like an empty place:\n%s", what, signs[i], letter->body.text);
    }
    letter_cite(law_right_cite(law, question->right), &cite);
    if (cite.length == 0 || strpbrk(cite.text, "0123456789") == NULL) {
        if (law_is_statute(law))
            fail_msg("%s: nothing is cited: %s", what, law_right_cite(law, question->right));
    } else if (strstr(letter->body.text, cite.text) == NULL) {
        fail_msg("%s: %s is not cited:\n%s", what, cite.text, letter->body.text);
    }
    for (const char *line = letter->text.text; *line != '\0'; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > 2 * 72)
            fail_msg("%s: a line is too long", what);
    text_release(&cite);
}

static size_t every_letter(bool minimal)
{
    size_t count = 0;
    for (size_t l = 0; l < letters_language_count(letters); l++)
        for (size_t i = 0; i < catalogue_law_count(catalogue); i++)
            for (int right = 0; right_words[right] != NULL; right++)
                for (int kind = 0; kind < LETTER_KIND_COUNT; kind++) {
                    const struct law *law = catalogue_law_at(catalogue, i);
                    char what[200];
                    struct letter letter;
                    struct error error = {0};
                    if (law_right_cite(law, right_words[right]) == NULL)
                        continue;
                    snprintf(what, sizeof what, "%s %s %s %s", letters_language_code(letters, l), law->id,
                             right_words[right], letter_kind_names[kind]);
                    struct letter_question question = question_of(
                        law, right_words[right], (enum letter_kind)kind, letters_language_code(letters, l));
                    question.gives_residence = !minimal;
                    if (minimal) {
                        question.email = question.products = question.residence = question.due_cite = NULL;
                        question.refused = DATE_NONE;
                        question.due = kind == LETTER_OVERDUE || kind == LETTER_CHASER ? question.due : DATE_NONE;
                        question.details = strcmp(right_words[right], "correction") == 0
                                               ? question.details
                                               : "Something more, said by the person.";
                        question.post = question.agent = question.extension_late = true;
                        question.postal_address = "Example Media, Inc.\n1 Main Street\nSpringfield";
                    }
                    struct text items = {0};
                    if (kind == LETTER_CHASER && !letter_write_item(letters, &question, &items, &error))
                        fail_msg("%s: %s", what, error.text);
                    question.items = items.text;
                    if (!letter_write(letters, &question, &letter, &error)) {
                        if (strcmp(law->id, "us-vppa") != 0 ||
                            kind != LETTER_COMPLAINT) // which knows only courts
                            fail_msg("%s: %s", what, error.text);
                        continue;
                    }
                    expect_clean(&letter, &question, what);
                    text_release(&items);
                    letter_release(&letter);
                    count++;
                }
    return count;
}

static void every_right_of_every_law_renders_in_every_language(void **state)
{
    (void)state;
    size_t full = every_letter(false), minimal = every_letter(true);
    assert_int_equal(full, minimal);
    assert_true(full > 4000);
}

// One law of each family for each right it gives: the best known, or else the first.
static const char *golden_law(int right, int family)
{
    static const char *const known[] = {"eu-gdpr", "us-va-vcdpa", "us-or-ocpa", "ca-pipeda", "us-wa-mhmda"};
    for (size_t i = 0; i < COUNT(known) + catalogue_law_count(catalogue); i++) {
        const struct law *law =
            i < COUNT(known) ? catalogue_law(catalogue, known[i]) : catalogue_law_at(catalogue, i - COUNT(known));
        if ((int)letters_family(letters, law) == family && law_right_cite(law, right_words[right]) != NULL)
            return law->id;
    }
    return NULL;
}

static void compare_golden(const char *path, const struct letter *letter)
{
    char known[16384];
    struct text now = {0};
    const char *wish = getenv("LETTER_GOLDEN");
    text_format(&now, "Subject: %s\n\n%s", letter->subject.text, letter->text.text);
    if (wish != NULL && strcmp(wish, "write") == 0) {
        FILE *file = fopen(path, "we");
        assert_non_null(file);
        fputs(now.text, file);
        fclose(file);
    }
    FILE *file = fopen(path, "re");
    if (file == NULL)
        fail_msg("%s is not there; LETTER_GOLDEN=write makes it", path);
    known[fread(known, 1, sizeof known - 1, file)] = '\0';
    fclose(file);
    if (strcmp(known, now.text) != 0)
        fail_msg("%s differs; now it is:\n%s", path, now.text);
    text_release(&now);
}

// What the day that has gone by was the last one for.
enum late { LATE_ANSWER, LATE_ACKNOWLEDGEMENT, LATE_APPEAL, LATE_NOTICE };

static void golden(const char *language, const char *name, const char *law, const char *right,
                   enum letter_kind kind, enum late late)
{
    char path[300];
    struct letter letter;
    struct error error = {0};
    struct letter_question question = question_of(catalogue_law(catalogue, law), right, kind, language);
    question.extension_late = late == LATE_NOTICE;
    question.acknowledgement_due = late == LATE_ACKNOWLEDGEMENT;
    question.appeal_due = late == LATE_APPEAL;
    question.appeal_sent = late == LATE_APPEAL ? date_make(2026, 10, 21) : DATE_NONE;
    question.refused = late == LATE_APPEAL && kind == LETTER_COMPLAINT ? date_make(2026, 10, 20) : question.refused;
    question.agent = question.mail = kind == LETTER_OVERDUE;
    question.authorised = kind == LETTER_OVERDUE ? date_make(2026, 9, 30) : DATE_NONE;
    question.due = kind == LETTER_COMPLAINT || kind == LETTER_OVERDUE || kind == LETTER_EXTENSION_CHALLENGE
                       ? question.due
                       : DATE_NONE;
    struct text items = {0};
    if (kind == LETTER_CHASER) {
        question.due = date_make(2026, 11, 2);
        assert_true(letter_write_item(letters, &question, &items, &error));
        question.ref = "R-0000-0000";
        question.acknowledgement_due = question.appeal_due = false;
        question.law = catalogue_law(catalogue, "voluntary");
        assert_true(letter_write_item(letters, &question, &items, &error));
        question.name = question.library;
        question.items = items.text;
    }
    if (!letter_write(letters, &question, &letter, &error))
        fail_msg("%s: %s", name, error.text);
    text_release(&items);
    snprintf(path, sizeof path, "tests/vectors/letters/%s", language);
    mkdir(path, 0755);
    snprintf(path, sizeof path, "tests/vectors/letters/%s/%s.txt", language, name);
    compare_golden(path, &letter);
    letter_release(&letter);
}

static void letters_are_as_in_the_vectors(void **state)
{
    (void)state;
    for (size_t l = 0; l < letters_language_count(letters); l++) {
        const char *language = letters_language_code(letters, l);
        for (int right = 0; right_words[right] != NULL; right++)
            for (int family = 0; family < LETTER_FAMILY_COUNT; family++) {
                char name[100];
                const char *law = golden_law(right, family);
                if (law == NULL)
                    continue;
                snprintf(name, sizeof name, "request_%s-%s", right_words[right], letter_family_names[family]);
                golden(language, name, law, right_words[right], LETTER_REQUEST, LATE_ANSWER);
            }
        static const char *const laws[] = {"eu-gdpr", "us-va-vcdpa", "us-ca-ccpa", "voluntary"};
        for (size_t i = 0; i < COUNT(laws); i++)
            for (int kind = LETTER_OVERDUE; kind <= LETTER_CHASER; kind++) {
                char name[100];
                snprintf(name, sizeof name, "%s-%s", letter_kind_names[kind], laws[i]);
                golden(language, name, laws[i], "access", (enum letter_kind)kind, LATE_ANSWER);
            }
        golden(language, "extension_challenge-late", "eu-gdpr", "access", LETTER_EXTENSION_CHALLENGE, LATE_NOTICE);
        golden(language, "extension_challenge-none", "us-ca-ccpa", "opt_out", LETTER_EXTENSION_CHALLENGE,
               LATE_ANSWER);
        static const struct {
            const char *name, *law, *right;
            enum letter_kind kind;
            enum late late;
        } late[] = {
            {"overdue-acknowledgement", "us-ca-ccpa", "access", LETTER_OVERDUE, LATE_ACKNOWLEDGEMENT},
            {"overdue-complaint_acknowledgement", "uk-gdpr", "complaint", LETTER_OVERDUE, LATE_ACKNOWLEDGEMENT},
            {"overdue-appeal", "us-va-vcdpa", "access", LETTER_OVERDUE, LATE_APPEAL},
            {"complaint-acknowledgement", "us-ca-ccpa", "access", LETTER_COMPLAINT, LATE_ACKNOWLEDGEMENT},
            {"complaint-appeal", "us-va-vcdpa", "access", LETTER_COMPLAINT, LATE_APPEAL},
            {"chaser-acknowledgement", "us-ca-ccpa", "access", LETTER_CHASER, LATE_ACKNOWLEDGEMENT},
            {"chaser-appeal", "us-va-vcdpa", "access", LETTER_CHASER, LATE_APPEAL},
        };
        for (size_t i = 0; i < COUNT(late); i++)
            golden(language, late[i].name, late[i].law, late[i].right, late[i].kind, late[i].late);
    }
}

static void the_files_speak_of_laws_that_there_are(void **state)
{
    struct error error = {0};
    (void)state;
    if (!letters_match(letters, catalogue, &error))
        fail_msg("%s", error.text);
}

static void what_is_missing_is_said(void **state)
{
    struct letter letter;
    struct error error = {0};
    struct letter_question question =
        question_of(catalogue_law(catalogue, "eu-gdpr"), "correction", LETTER_REQUEST, "en");
    (void)state;
    question.details = NULL;
    assert_false(letter_write(letters, &question, &letter, &error));
    assert_string_equal(error.field, "details");
    question.details = "x";
    question.name = NULL;
    assert_false(letter_write(letters, &question, &letter, &error));
    assert_string_equal(error.field, "name");
    question.name = "A";
    question.language = "xx";
    assert_false(letter_write(letters, &question, &letter, &error));
    assert_string_equal(error.field, "lang");
    assert_non_null(strstr(error.text, "there are: de, en, es"));
    question.language = "en";
    question.kind = LETTER_OVERDUE;
    assert_false(letter_write(letters, &question, &letter, &error));
    assert_string_equal(error.field, "kind");
}

static void a_fixed_subject_line_is_used_as_it_is(void **state)
{
    struct letter letter;
    struct error error = {0};
    struct letter_question question =
        question_of(catalogue_law(catalogue, "us-ca-stl"), "third_party_list", LETTER_REQUEST, "es");
    (void)state;
    question.fixed_subject = "Request for California Privacy Information";
    assert_true(letter_write(letters, &question, &letter, &error));
    assert_string_equal(letter.subject.text, "Request for California Privacy Information");
    letter_release(&letter);
    question.kind = LETTER_OVERDUE;
    question.sent = date_make(2026, 1, 1);
    assert_true(letter_write(letters, &question, &letter, &error));
    assert_string_equal(letter.subject.text, "Re: Request for California Privacy Information");
    letter_release(&letter);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_of_templates_name_file_and_line),
        cmocka_unit_test(templates_are_filled_and_laid_out),
        cmocka_unit_test(citations_leave_out_remarks),
        cmocka_unit_test(every_right_of_every_law_renders_in_every_language),
        cmocka_unit_test(letters_are_as_in_the_vectors),
        cmocka_unit_test(the_files_speak_of_laws_that_there_are),
        cmocka_unit_test(what_is_missing_is_said),
        cmocka_unit_test(a_fixed_subject_line_is_used_as_it_is),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
