// SPDX-License-Identifier: GPL-3.0-or-later
// Letters: printed, made into a PDF or a mail of one's own, and sent once a person has looked at them.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/answer.h"
#include "client/approval.h"
#include "client/body.h"
#include "client/handlers.h"
#include "client/output.h"
#include "client/pdf.h"
#include "client/written.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

static json_t *wish_of(const struct arguments *arguments)
{
    json_t *body = json_object();
    body_set_text(body, "kind", argument_value(arguments, "kind"));
    body_set_text(body, "lang", argument_value(arguments, "lang"));
    body_set_text(body, "details", argument_value(arguments, "details"));
    return body;
}

// `post`: with addresses and the day, whatever way the request goes.
static json_t *fetch(struct client *client, const struct arguments *arguments, bool post, struct error *error)
{
    char *path = client_path("/v1/requests/{}/letter", argument_at(arguments, 0));
    json_t *body = wish_of(arguments);
    if (post)
        json_object_set_new(body, "post", json_true());
    json_t *answer = client_call(client, "POST", path, body, error);
    json_decref(body);
    free(path);
    return answer;
}

// A letter names a person: only its owner may read the file.
static bool write_file(const char *path, const char *content, struct error *error)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = descriptor >= 0 ? fdopen(descriptor, "w") : NULL;
    if (file == NULL) {
        error_set(error, ERROR_invalid, "mail", "%s cannot be written: %s.", path, strerror(errno));
        if (descriptor >= 0)
            close(descriptor);
        return false;
    }
    bool good = fputs(content, file) >= 0;
    return (fclose(file) == 0 && good) ||
           error_set(error, ERROR_internal, "mail", "%s cannot be written.", path);
}

static bool write_pdf(const json_t *letter, const char *path, struct error *error)
{
    struct pdf *pdf = pdf_new_letter(json_text(letter, "body"));
    bool good = pdf != NULL ? pdf_write(pdf, path, NULL, true, error) : memory_error(error);
    pdf_free(pdf);
    return good;
}

static void print_letter(const json_t *letter)
{
    printf("Subject: %s\n\n%s", json_text(letter, "subject"), json_text(letter, "text"));
}

int run_letter(struct client *client, const struct arguments *arguments)
{
    struct error error;
    const char *pdf = argument_value(arguments, "pdf"), *mail = argument_value(arguments, "mail");
    json_t *letter = fetch(client, arguments, pdf != NULL && mail == NULL, &error);
    if (letter == NULL || (pdf == NULL && mail == NULL))
        return answer_show(client, letter, &error, print_letter);
    bool good = (pdf == NULL || write_pdf(letter, pdf, &error)) &&
                (mail == NULL || write_file(mail, json_text(letter, "mail"), &error));
    if (good && pdf != NULL)
        printf("Written: %s\n", pdf);
    if (good && mail != NULL)
        printf("Written: %s; open it with a mail program.\n", mail);
    json_decref(letter);
    return good ? EXIT_DONE : client_fail(&error);
}

static void print_expected(const json_t *letter)
{
    size_t index;
    json_t *item;
    char words[64], due[64];
    json_array_foreach(json_object_get(letter, "expected"), index, item)
        printf("%s  %s by %s%s%s%s%s\n", index == 0 ? "\nWhat to expect, if it is sent today:\n" : "",
               output_words(json_text(item, "clock"), words, sizeof words), output_due(item, due, sizeof due),
               json_text(item, "cite")[0] != '\0' ? " (" : "", json_text(item, "cite"),
               json_text(item, "cite")[0] != '\0' ? ")" : "",
               json_is_true(json_object_get(item, "legal")) ? "" : ", not a legal deadline");
}

static void print_log(const json_t *letter)
{
    const char *event = json_text(letter, "event"), *ref = json_text(letter, "ref");
    if (event != NULL)
        printf("\nWhen it is done, type  dsr log %s %s --on DATE\n", ref, event);
    else
        printf("\nWhen it is done, type  dsr log %s note --note \"%s sent\" --on DATE\n", ref,
               json_text(letter, "kind"));
}

static void print_besides(const json_t *letter)
{
    size_t index;
    json_t *item;
    char words[64];
    json_array_foreach(json_object_get(letter, "asked_besides"), index, item) fprintf(
        stderr,
        "dsr: note: The vendor also asks for: %s. dsrd does not hold it; --details TEXT can give it.\n",
        output_words(json_string_value(item), words, sizeof words));
}

// What somebody does by hand where no mail goes.
static void print_checklist(const json_t *letter)
{
    static const struct {
        const char *route, *where, *then;
    } rows[] = {
        {"webform", "Open this web form",
         "Paste the text below into it; fill in no more than the form must have."},
        {"portal", "Sign in to this portal", "Choose there what the text below asks for, or paste it."},
        {"phone", "Call this number",
         "Say what the text below says; note the day, the name and what was promised."},
        {"state_platform", "Open the state's platform",
         "Enter the request there; the text below says what it is."},
        {"letter", "Post the letter to this address", "Print the PDF and sign it."},
        {"authority", "Complain to this authority",
         "Use its form, and paste the text below, or post the letter (--pdf)."},
        {"unknown", "No channel is known",
         "Look for one on the vendor's site (`dsr vendor show`), and paste the text below."},
        {"email", "Write to this address",
         "Send the text below from your own mail program (`dsr letter REF --mail FILE`)."},
    };
    size_t row = 0;
    while (row + 1 < sizeof rows / sizeof rows[0] && !text_is(json_text(letter, "route"), rows[row].route))
        row++;
    if (json_is_true(json_object_get(letter, "patron_only")))
        puts(json_is_true(json_object_get(letter, "own"))
                 ? "Only you can do this: the vendor asks for your card and a code.\n"
                 : "Only the patron can do this: the vendor asks for the card and a code. Hand this list to the "
                   "patron.\n");
    printf("1. %s%s%s\n", rows[row].where, json_text(letter, "address") != NULL ? ":\n   " : "",
           json_text(letter, "address") != NULL ? json_text(letter, "address") : ".");
    printf("2. %s\n", json_text(letter, "steps") != NULL ? json_text(letter, "steps") : rows[row].then);
    if (json_text(letter, "people") != NULL)
        printf("   It is for: %s.\n", json_text(letter, "people"));
    printf("\n--------\n");
    print_letter(letter);
    printf("--------\n");
    print_expected(letter);
    print_log(letter);
}

// Addresses grow old: where this one was read, when, and how sure that was.
static void print_source(const json_t *letter)
{
    const char *confidence = json_text(letter, "confidence");
    if (confidence == NULL)
        return;
    printf("  (an address seen on %s, confidence %s: %s%s)\n", json_text(letter, "date_seen"), confidence,
           json_text(letter, "source"), text_is(confidence, "high") ? "" : "; look whether it is still right");
}

static void print_mail(const json_t *letter)
{
    const char *reply_to = json_text(letter, "reply_to");
    printf("From: %s\nTo: %s\n", json_text(letter, "from"), json_text(letter, "address"));
    print_source(letter);
    if (reply_to != NULL)
        printf("Answers to: %s\n", reply_to);
    print_letter(letter);
}

static void print_queued(const json_t *letter)
{
    if (text_is(json_text(letter, "state"), "sent"))
        puts("It was sent already.");
    else
        printf("Queued: it goes out now, and is logged as soon as the mail server has taken it (`dsr mail "
               "show %s`).\n",
               json_text(letter, "message"));
}

static int approve(struct client *client, const struct arguments *arguments, const json_t *letter)
{
    struct error error;
    char *path = client_path("/v1/requests/{}/letters", argument_at(arguments, 0));
    json_t *body = wish_of(arguments);
    body_set_text(body, "kind", json_text(letter, "kind"));
    body_set_text(body, "lang", json_text(letter, "lang"));
    body_set_text(body, "hash", json_text(letter, "hash"));
    if (argument_flag(arguments, "anyway"))
        json_object_set_new(body, "anyway", json_true());
    json_t *queued = client_write(client, "POST", path, body, &error);
    int status = queued != NULL ? answer_show(client, queued, &error, print_queued) : client_fail(&error);
    if (queued == NULL && error.code == ERROR_confirmation_needed)
        fputs("dsr: nothing is sent; --anyway sends it all the same.\n", stderr);
    json_decref(body);
    free(path);
    return status;
}

static int print_by_hand(const struct client *client, const struct arguments *arguments, const json_t *letter)
{
    struct error error;
    const char *pdf = argument_value(arguments, "pdf");
    if (pdf != NULL && !write_pdf(letter, pdf, &error))
        return client_fail(&error);
    if (client->format == FORMAT_JSON)
        return output_json(letter);
    print_checklist(letter);
    if (pdf != NULL)
        printf("The letter to post is in %s.\n", pdf);
    else if (text_is(json_text(letter, "route"), "letter"))
        puts("--pdf FILE writes the letter to post.");
    return EXIT_DONE;
}

int run_send(struct client *client, const struct arguments *arguments)
{
    struct error error;
    json_t *letter = fetch(client, arguments, false, &error);
    int status;
    if (letter == NULL)
        return client_fail(&error);
    if (client->format != FORMAT_JSON) {
        written_print_warnings(letter);
        print_besides(letter);
    }
    if (!json_is_true(json_object_get(letter, "sends"))) {
        status = print_by_hand(client, arguments, letter);
    } else {
        if (client->format != FORMAT_JSON)
            print_mail(letter);
        status = approval_ask(arguments, &error) ? approve(client, arguments, letter) : client_fail(&error);
    }
    json_decref(letter);
    return status;
}

static void print_resolved(const json_t *letter)
{
    if (text_is(json_text(letter, "state"), "sent"))
        puts("It counts as sent; the request's record says so in a moment.");
    else if (text_is(json_text(letter, "state"), "approved"))
        puts("It is sent again now.");
    else
        puts("It is dropped: nothing more is sent.");
}

int run_mail_resolve(struct client *client, const struct arguments *arguments)
{
    static const char *const words[][2] = {{"sent", "sent"}, {"again", "again"}, {"drop", "dropped"}};
    struct error error;
    const char *as = NULL;
    int given = 0;
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (argument_flag(arguments, words[i][0])) {
            as = words[i][1];
            given++;
        }
    if (given != 1) {
        error_set(&error, ERROR_malformed, "", "Say what you have decided: --sent, --again or --drop.");
        return client_fail(&error);
    }
    char *path = client_path("/v1/mail/{}/resolution", argument_at(arguments, 0));
    json_t *body = json_pack("{s:s}", "as", as);
    json_t *letter = client_call(client, "POST", path, body, &error);
    json_decref(body);
    free(path);
    return answer_show(client, letter, &error, print_resolved);
}
