// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/evidence_document.h"

#include <stdio.h>
#include <string.h>

#include "client/output.h"
#include "law/words.h"
#include "shared/json.h"

enum { WORDS_SIZE = 128 };

// "2026-11-20T14:03:22.1+00:00" as "2026-11-20 14:03:22 UTC"; the API's instants are all UTC.
static const char *instant(const json_t *object, const char *member, char buffer[WORDS_SIZE])
{
    const char *text = json_text(object, member);
    if (text == NULL || strlen(text) < 19)
        return text;
    snprintf(buffer, WORDS_SIZE, "%.10s %.8s%s", text, text + 11,
             strstr(text + 19, "+00") != NULL || strchr(text + 19, 'Z') != NULL ? " UTC" : text + 19);
    return buffer;
}

static void add_request(struct pdf *pdf, const json_t *record)
{
    const json_t *request = json_object_get(record, "request"), *channel = json_object_get(record, "channel");
    char words[WORDS_SIZE];
    struct text received = {0};
    if (json_text(record, "received") != NULL)
        text_format(&received, "%s%s", json_text(record, "received"),
                    json_is_true(json_object_get(record, "received_assumed"))
                        ? " (assumed: nothing is on record of the day itself)"
                        : "");
    pdf_heading(pdf, "Request");
    pdf_pair(pdf, "Reference", json_text(request, "ref"));
    pdf_pair(pdf, "Sent to", json_text(request, "vendor_name"));
    pdf_pair(pdf, "By",
             json_text(channel, "kind") != NULL
                 ? output_words(json_text(channel, "kind"), words, sizeof words)
                 : NULL);
    pdf_pair(pdf, "Right", right_text(json_text(request, "right")));
    pdf_pair(pdf, "Law", json_text(request, "law_name"));
    pdf_pair(pdf, "Person",
             json_text(record, "subject_name") != NULL ? json_text(record, "subject_name")
                                                       : json_text(request, "subject"));
    pdf_pair(pdf, "Residence", json_text(record, "residence"));
    pdf_pair(pdf, "Sent", json_text(request, "sent"));
    pdf_pair(pdf, "Received", received.text);
    pdf_pair(pdf, "Status", output_status(request, words, sizeof words));
    text_release(&received);
}

static void add_timeline(struct pdf *pdf, const json_t *events)
{
    size_t index;
    json_t *event;
    char words[WORDS_SIZE], recorded[WORDS_SIZE];
    pdf_heading(pdf, "What happened");
    json_array_foreach(events, index, event)
    {
        struct text line = {0};
        text_append(&line, output_words(json_text(event, "event"), words, sizeof words));
        if (json_text(event, "outcome") != NULL)
            text_format(&line, ": %s", output_words(json_text(event, "outcome"), words, sizeof words));
        if (json_text(event, "reason") != NULL)
            text_format(&line, " (%s)", output_words(json_text(event, "reason"), words, sizeof words));
        if (json_is_object(json_object_get(event, "voided")))
            text_append(&line, "; entered by mistake, and undone");
        if (json_text(event, "at") != NULL)
            text_format(&line, " - recorded %s", instant(event, "at", recorded));
        pdf_pair(pdf, json_text(event, "on"), line.text);
        text_release(&line);
    }
}

static void add_clock(struct pdf *pdf, const json_t *clock)
{
    char words[WORDS_SIZE], due[WORDS_SIZE];
    size_t index;
    json_t *step;
    struct text title = {0};
    text_format(&title, "%s: %s, %s", output_words(json_text(clock, "clock"), words, sizeof words),
                json_text(clock, "state"), output_due(clock, due, sizeof due));
    pdf_paragraph(pdf, title.text != NULL ? title.text : "");
    text_release(&title);
    json_array_foreach(
        json_object_get(clock, json_object_get(clock, "steps") != NULL ? "steps" : "explanation"), index,
        step)
    {
        struct text line = {0};
        const char *cite = json_text(step, "cite");
        text_format(&line, "%zu. %s", index + 1, json_text(step, "text"));
        if (cite != NULL && cite[0] != '\0')
            text_format(&line, " [%s]", cite);
        pdf_lines(pdf, line.text != NULL ? line.text : "");
        text_release(&line);
    }
    if (json_is_false(json_object_get(clock, "legal")))
        pdf_lines(pdf, "This is a courtesy date, not a legal deadline.");
    if (json_text(clock, "confidence") != NULL && strcmp(json_text(clock, "confidence"), "sure") != 0)
        pdf_lines(pdf, "The figure was not read in the text of the law itself.");
}

static void add_dates(struct pdf *pdf, const json_t *explanation)
{
    size_t index;
    json_t *clock;
    pdf_heading(pdf, "Dates, and how they were counted");
    json_array_foreach(json_object_get(explanation, "clocks"), index, clock) add_clock(pdf, clock);
    if (json_array_size(json_object_get(explanation, "clocks")) == 0)
        pdf_paragraph(pdf, "There are none.");
    pdf_pair(pdf, "Appeals", json_text(explanation, "appeal"));
    pdf_pair(pdf, "Complaints", json_text(explanation, "authority"));
}

static void add_try(struct pdf *pdf, const json_t *try)
{
    char began[WORDS_SIZE], words[WORDS_SIZE];
    struct text line = {0};
    text_format(&line, "%s, %s", instant(try, "began", began),
                json_text(try, "verdict") != NULL
                    ? output_words(json_text(try, "verdict"), words, sizeof words)
                    : "under way");
    if (json_text(try, "reply") != NULL)
        text_format(&line, "; the mail server said: %s", json_text(try, "reply"));
    pdf_pair(pdf, "Try", line.text);
    text_release(&line);
}

static void add_letter(struct pdf *pdf, size_t number, const json_t *letter)
{
    char words[WORDS_SIZE], title[WORDS_SIZE + 32], when[WORDS_SIZE];
    size_t index;
    json_t *try;
    snprintf(title, sizeof title, "Letter %zu: %s", number,
             output_words(json_text(letter, "kind"), words, sizeof words));
    pdf_page(pdf);
    pdf_heading(pdf, title);
    pdf_pair(pdf, "State", output_words(json_text(letter, "state"), words, sizeof words));
    pdf_pair(pdf, "Approved", instant(letter, "approved_at", when));
    pdf_pair(pdf, "Sent", instant(letter, "sent_at", when));
    pdf_pair(pdf, "Message-ID", json_text(letter, "message_id"));
    pdf_pair(pdf, "Queue id", json_text(letter, "queue_id"));
    pdf_pair(pdf, "SHA-256 of text", json_text(letter, "sha256"));
    pdf_pair(pdf, "SHA-256 of mail", json_text(letter, "mail_sha256"));
    json_array_foreach(json_object_get(letter, "tries"), index, try) add_try(pdf, try);
    if (json_text(letter, "text") != NULL)
        pdf_lines(pdf, json_text(letter, "text"));
}

static void add_reply(struct pdf *pdf, const json_t *reply)
{
    char when[WORDS_SIZE], words[WORDS_SIZE];
    size_t index;
    json_t *type;
    struct text line = {0};
    text_format(&line, "%s from %s, %lld bytes", output_words(json_text(reply, "kind"), words, sizeof words),
                json_text(reply, "sender_domain") != NULL ? json_text(reply, "sender_domain")
                                                          : "an unknown sender",
                (long long)json_integer_value(json_object_get(reply, "size")));
    json_array_foreach(json_object_get(reply, "media_types"), index, type)
        text_format(&line, ", %s", json_string_value(type));
    if (json_text(reply, "event") != NULL)
        text_format(&line, "; recorded as: %s", output_words(json_text(reply, "event"), words, sizeof words));
    text_format(&line, "\nSHA-256 of the mail: %s", json_text(reply, "sha256"));
    pdf_pair(pdf, instant(reply, "came_at", when), line.text);
    text_release(&line);
}

static void add_replies(struct pdf *pdf, const json_t *replies)
{
    size_t index;
    json_t *reply;
    if (json_array_size(replies) == 0)
        return;
    pdf_heading(pdf, "What came back");
    json_array_foreach(replies, index, reply) add_reply(pdf, reply);
}

struct pdf *evidence_document(const json_t *evidence, const char *json_name, const char *hash)
{
    const json_t *record = json_object_get(evidence, "record");
    char made[WORDS_SIZE];
    size_t index;
    json_t *letter;
    struct text title = {0}, origin = {0};
    text_format(&title, "Evidence: %s", json_text(json_object_get(record, "request"), "ref"));
    struct pdf *pdf = title.text != NULL ? pdf_new(title.text) : NULL;
    if (pdf != NULL) {
        text_format(&origin,
                    "Taken from the record of %s on %s by dsrd " DSRD_VERSION
                    ". The same as data: %s, SHA-256 %s.",
                    json_text(evidence, "library"), instant(evidence, "made_at", made), json_name, hash);
        pdf_paragraph(pdf, origin.text != NULL ? origin.text : "");
        add_request(pdf, record);
        add_timeline(pdf, json_object_get(record, "events"));
        add_dates(pdf, json_object_get(evidence, "explanation"));
        add_replies(pdf, json_object_get(evidence, "replies"));
        json_array_foreach(json_object_get(evidence, "letters"), index, letter)
            add_letter(pdf, index + 1, letter);
    }
    text_release(&title);
    text_release(&origin);
    return pdf;
}
