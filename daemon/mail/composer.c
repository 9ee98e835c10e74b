// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/composer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/words.h"
#include "mail/address.h"
#include "mail/mime.h"
#include "shared/date.h"
#include "shared/json.h"
#include "shared/memory.h"

enum { SUBJECT_REFERENCES = 3, DAYS_SIZE = 48 };

// Releases a part. What it lacks, where memory ran out, the whole lacks: it is not sent.
static void part_release(struct text *part, struct text *whole)
{
    whole->failed = whole->failed || part->failed;
    text_release(part);
}

static const char *long_day(const char *iso, char buffer[DATE_TEXT_SIZE + 8])
{
    date day;
    return iso != NULL && date_parse(iso, &day) ? date_format_long(day, buffer) : "";
}

static void fill_days(const struct texts *texts, long days, struct text *out)
{
    char number[DAYS_SIZE];
    snprintf(number, sizeof number, "%ld", days < 0 ? -days : days);
    const struct text_field fields[] = {{"days", number}, {NULL, NULL}};
    texts_fill(texts, days == 1 || days == -1 ? TEXT_day_one : TEXT_day_many, fields, out);
}

// What kind of line an item is: from the clock, the reminder and how far the day is away.
static enum text_name what_of(const json_t *item)
{
    const char *kind = json_text(item, "kind");
    json_int_t days = json_integer_value(json_object_get(item, "days"));
    if (strcmp(kind, "replied") == 0 || strcmp(kind, "bounced") == 0)
        return strcmp(kind, "replied") == 0 ? TEXT_what_replied : TEXT_what_bounced;
    if (json_is_null(json_object_get(item, "due")))
        return TEXT_what_wanted;
    if (strcmp(kind, "own") == 0)
        return days > 0 ? TEXT_what_own : days == 0 ? TEXT_what_own_today : TEXT_what_own_over;
    return days == 0 ? TEXT_what_due_today : days > 0 ? TEXT_what_due : TEXT_what_late;
}

static bool starts(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

// What a vendor's clock is for. An opt-out or a limit asks for no answer: it is to be done.
static enum text_name duty_of(const json_t *item)
{
    const char *clock = json_text(item, "clock"), *right = json_text(item, "right");
    if (strcmp(clock, "ack") == 0)
        return TEXT_duty_confirm;
    if (strcmp(clock, "complaint_ack") == 0)
        return TEXT_duty_confirm_complaint;
    if (starts(clock, "appeal"))
        return TEXT_duty_appeal;
    if (starts(clock, "complaint") || starts(clock, "grievance"))
        return TEXT_duty_complaint;
    if (strcmp(clock, "access") == 0) // the vendor's access to the state's platform
        return TEXT_duty_fetch;
    bool to_do = strcmp(right, "opt_out") == 0 || strcmp(right, "limit_sensitive") == 0 || strcmp(clock, "consent_revocation") == 0 ||
                 strcmp(clock, "stop_adm") == 0 || strcmp(clock, "destroy") == 0 || strcmp(clock, "backup_deletion") == 0;
    return to_do ? TEXT_duty_do : TEXT_duty_answer;
}

static enum text_name late_of(const json_t *item)
{
    switch (duty_of(item)) {
    case TEXT_duty_confirm:
    case TEXT_duty_confirm_complaint: return TEXT_next_acknowledgement_late;
    case TEXT_duty_do:
    case TEXT_duty_fetch: return TEXT_next_do_late;
    default: return TEXT_next_answer_late;
    }
}

static enum text_name next_of(const json_t *item, enum text_name what)
{
    const char *status = json_text(item, "status");
    if (what == TEXT_what_replied || what == TEXT_what_bounced)
        return what == TEXT_what_replied ? TEXT_next_replied : TEXT_next_bounced;
    if (strcmp(status, "draft") == 0)
        return TEXT_next_draft;
    if (json_text(item, "asked_for") != NULL)
        return TEXT_next_asked;
    if (what == TEXT_what_wanted && strcmp(status, "answer_to_check") == 0)
        return TEXT_next_answered;
    switch (what) {
    case TEXT_what_late: return late_of(item);
    case TEXT_what_own:
    case TEXT_what_own_today:
    case TEXT_what_own_over: return TEXT_next_own;
    case TEXT_what_wanted: return TEXT_next_wanted;
    default: return TEXT_next_due;
    }
}

// The event that records what a vendor's clock waits for.
static const char *awaited(const json_t *item)
{
    switch (duty_of(item)) {
    case TEXT_duty_confirm:
    case TEXT_duty_confirm_complaint: return "acknowledged";
    case TEXT_duty_appeal: return "appeal_answered";
    case TEXT_duty_complaint: return "complaint_answered";
    case TEXT_duty_fetch: return "drop_retrieved";
    default: return "answered";
    }
}

// How the request ends when the answer is what it seems.
static const char *ending(const json_t *item)
{
    const char *said = json_text(item, "said");
    if (said != NULL && strcmp(said, "refused") == 0)
        return "denied --reason WORD";
    return said != NULL && strcmp(said, "referred") == 0 ? "referred_to_library" : "fulfilled";
}

// What the person does in a time of its own.
static void own_command(const char *ref, const char *clock, struct text *out)
{
    if (strcmp(clock, "complain") == 0)
        text_format(out, "dsr log %s complaint_sent", ref);
    else if (strcmp(clock, "confirm_fee") == 0)
        text_format(out, "dsr log %s fee_confirmed", ref);
    else
        text_format(out, "dsr log %s note --note TEXT", ref);
}

// The command that records what is expected next. Not translated: it is what is typed.
static void command_of(const json_t *item, enum text_name next, struct text *out)
{
    const char *ref = json_text(item, "ref");
    switch (next) {
    case TEXT_next_draft: text_format(out, "dsr log %s sent", ref); break;
    case TEXT_next_asked: text_format(out, "dsr log %s %s", ref, json_text(item, "asked_for")); break;
    case TEXT_next_replied:
    case TEXT_next_bounced: text_append(out, "dsr inbox list"); break;
    case TEXT_next_answered: text_format(out, "dsr close %s %s", ref, ending(item)); break;
    case TEXT_next_acknowledgement_late:
    case TEXT_next_answer_late:
    case TEXT_next_do_late:
    case TEXT_next_due: text_format(out, "dsr log %s %s", ref, awaited(item)); break;
    case TEXT_next_own: own_command(ref, json_text(item, "clock"), out); break;
    default: text_format(out, "dsr status %s", ref);
    }
}

static void fill_why(const struct texts *texts, const json_t *item, struct text *out)
{
    const char *confidence = json_text(item, "confidence");
    const struct text_field fields[] = {{"law", json_text(item, "law_name")}, {"cite", json_text(item, "cite")}, {NULL, NULL}};
    enum text_name why = json_is_null(json_object_get(item, "due")) ? TEXT_why_wanted : json_is_true(json_object_get(item, "legal")) ? TEXT_why_law : TEXT_why_courtesy;
    texts_fill(texts, why, fields, out);
    if (json_is_true(json_object_get(item, "assumed")))
        texts_fill(texts, TEXT_why_assumed, fields, out);
    if (confidence != NULL && strcmp(confidence, "sure") != 0)
        texts_fill(texts, TEXT_why_unsure, fields, out);
    text_append_char(out, '.');
}

// To a person who has no account: the library records for them.
static bool is_told(const struct composition *composition)
{
    return json_is_true(json_object_get(composition->message, "told"));
}

// The library records, and does what is done by a command.
static enum text_name told_of(enum text_name next)
{
    return next <= TEXT_next_draft ? (enum text_name)(TEXT_told_answer_late + (next - TEXT_next_answer_late)) : next;
}

static void spaced(const char *identifier, struct text *out)
{
    for (; *identifier != '\0'; identifier++)
        text_append_char(out, *identifier == '_' ? ' ' : *identifier);
}

static void fill_right(const struct texts *texts, const char *right, struct text *out)
{
    static const struct text_field nothing[] = {{NULL, NULL}};
    for (int i = 0; right_words[i] != NULL; i++)
        if (strcmp(right_words[i], right) == 0)
            texts_fill(texts, (enum text_name)(TEXT_right_access + i), nothing, out);
}

static void fill_item(const struct composition *composition, const json_t *item, struct text *out)
{
    const struct texts *texts = composition->texts;
    struct text days = {0}, what = {0}, why = {0}, next = {0}, command = {0}, right = {0}, clock = {0}, duty = {0};
    static const struct text_field nothing[] = {{NULL, NULL}};
    char day[DATE_TEXT_SIZE + 8];
    enum text_name what_name = what_of(item), next_name = next_of(item, what_name);
    fill_days(texts, (long)json_integer_value(json_object_get(item, "days")), &days);
    fill_right(texts, json_text(item, "right"), &right);
    spaced(json_text(item, "clock"), &clock);
    texts_fill(texts, duty_of(item), nothing, &duty);
    const char *vendor = json_text(item, "vendor_name");
    const struct text_field words[] = {{"vendor", vendor}, {"due", long_day(json_text(item, "due"), day)}, {"days", days.text},
                                       {"clock", clock.text}, {"duty", duty.text}, {NULL, NULL}};
    texts_fill(texts, what_name, words, &what);
    texts_fill(texts, is_told(composition) ? told_of(next_name) : next_name, words, &next);
    fill_why(texts, item, &why);
    command_of(item, next_name, &command);
    const struct text_field fields[] = {
        {"ref", json_text(item, "ref")}, {"vendor", vendor}, {"right", right.text},     {"law", json_text(item, "law_name")},
        {"subject", json_text(item, "subject")}, {"what", what.text}, {"why", why.text}, {"next", next.text},
        {"command", command.text}, {"library", json_text(composition->library, "name")}, {NULL, NULL},
    };
    texts_fill(texts, is_told(composition) ? TEXT_item_told : TEXT_item, fields, out);
    struct text *const filled[] = {&days, &what, &why, &next, &command, &right, &clock, &duty, NULL};
    for (struct text *const *each = filled; *each != NULL; each++)
        part_release(*each, out);
}

// "10 or more", in steps of the least that may be published, or "fewer than 5": a mail leaves the house, and next week's can be held
// against it.
static void fill_count(const struct composition *composition, json_int_t patrons, struct text *out)
{
    json_int_t least = composition->config->reports_k;
    char count[DAYS_SIZE];
    snprintf(count, sizeof count, "%lld", (long long)(patrons < least ? least : patrons - patrons % least));
    texts_fill(composition->texts, patrons < least ? TEXT_count_few : TEXT_count_least,
               (const struct text_field[]){{"count", count}, {NULL, NULL}}, out);
}

// Vendors for which enough patrons wait, without totals: these would give the others back.
static void fill_digest(const struct composition *composition, const json_t *digest, struct text *out)
{
    struct text lines = {0};
    char least[DAYS_SIZE];
    size_t index;
    json_t *row;
    json_array_foreach(digest, index, row) {
        struct text late = {0}, soon = {0};
        json_int_t overdue = json_integer_value(json_object_get(row, "overdue_patrons"));
        json_int_t due_soon = json_integer_value(json_object_get(row, "due_soon_patrons"));
        if (overdue < composition->config->reports_k && due_soon < composition->config->reports_k)
            continue;
        fill_count(composition, overdue, &late);
        fill_count(composition, due_soon, &soon);
        const struct text_field fields[] = {
            {"vendor", json_text(row, "vendor_name")}, {"overdue", late.text}, {"due_soon", soon.text}, {NULL, NULL}};
        texts_fill(composition->texts, TEXT_digest_line, fields, &lines);
        text_append_char(&lines, '\n');
        part_release(&late, &lines);
        part_release(&soon, &lines);
    }
    if (lines.length == 0) {
        texts_fill(composition->texts, TEXT_digest_none, (const struct text_field[]){{NULL, NULL}}, &lines);
        text_append_char(&lines, '\n');
    }
    snprintf(least, sizeof least, "%d", composition->config->reports_k);
    const struct text_field fields[] = {
        {"library", json_text(composition->library, "name")}, {"lines", lines.text}, {"least", least}, {NULL, NULL}};
    texts_fill(composition->texts, TEXT_digest, fields, out);
    part_release(&lines, out);
}

static void append_verify(const char *option, const char *head, struct text *lines)
{
    if (head != NULL)
        text_format(lines, "  dsr audit verify %s--head %s\n", option, head);
}

// The heads of the audit log, as the command that compares them. Not translated: it is what is typed.
static void fill_audit(const struct composition *composition, const json_t *audit, char entries[DAYS_SIZE], struct text *out)
{
    struct text lines = {0};
    char refused[DAYS_SIZE];
    snprintf(entries, DAYS_SIZE, "%lld", (long long)json_integer_value(json_object_get(audit, "entries")));
    snprintf(refused, sizeof refused, "%lld", (long long)json_integer_value(json_object_get(audit, "refused")));
    append_verify("", json_text(audit, "library"), &lines);
    append_verify("--system ", json_text(audit, "system"), &lines);
    const struct text_field fields[] = {
        {"library", json_text(composition->library, "name")}, {"entries", entries}, {"refused", refused}, {"lines", lines.text}, {NULL, NULL}};
    texts_fill(composition->texts, TEXT_audit, fields, out);
    part_release(&lines, out);
}

// References only, each once: a subject line is read over shoulders.
static size_t list_references(const json_t *items, struct text *out)
{
    size_t index, count = 0;
    json_t *item;
    const char *before = "";
    json_array_foreach(items, index, item) {
        const char *ref = json_text(item, "ref");
        bool seen = false;
        for (size_t i = 0; i < index; i++)
            seen = seen || strcmp(json_text(json_array_get(items, i), "ref"), ref) == 0;
        if (seen)
            continue;
        count++;
        if (count <= SUBJECT_REFERENCES)
            text_format(out, "%s%s", before, ref);
        else if (count == SUBJECT_REFERENCES + 1)
            text_append(out, " ...");
        before = ", ";
    }
    return count;
}

static void fill_contact(const struct composition *composition, struct text *out)
{
    const char *own = json_text(composition->library, "contact");
    const struct text_field fields[] = {{"contact", own != NULL ? own : composition->config->library_contact}, {NULL, NULL}};
    if (fields[0].value[0] != '\0')
        texts_fill(composition->texts, TEXT_contact, fields, out);
}

static const char *first_reference(const struct composition *composition)
{
    return json_text(json_array_get(json_object_get(composition->message, "items"), 0), "ref");
}

// As it may stand in a URL.
static void append_escaped(const char *text, struct text *bytes)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~@";
    for (; *text != '\0'; text++)
        if (strchr(plain, *text) != NULL)
            text_append_char(bytes, *text);
        else
            text_format(bytes, "%%%02X", (unsigned)(unsigned char)*text);
}

// How a mail program stops the reminders at one press of a button (RFC 8058), or whom it writes to when there is no such
// address (RFC 2369). The line is not folded: a relay that folds it again differently would break a signature over it.
static void append_unsubscribe(const struct composition *composition, const char *own_address, struct text *bytes)
{
    const char *reference = first_reference(composition);
    if (composition->stop_token != NULL) {
        text_format(bytes, "List-Unsubscribe: <%s/u/%s>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n",
                    composition->config->mail_public_url, composition->stop_token);
        return;
    }
    text_append(bytes, "List-Unsubscribe: <mailto:");
    append_escaped(own_address, bytes);
    text_format(bytes, "?subject=unsubscribe%s", reference != NULL ? "%20" : "");
    append_escaped(reference != NULL ? reference : "", bytes);
    text_append(bytes, ">\r\n");
}

// The same link for people who see no such button; on a line of its own.
static void fill_stop(const struct composition *composition, struct text *out)
{
    struct text link = {0};
    if (composition->stop_token == NULL)
        return;
    text_format(&link, "%s/u/%s", composition->config->mail_public_url, composition->stop_token);
    const struct text_field fields[] = {{"link", link.text}, {NULL, NULL}};
    text_append_char(out, '\n');
    texts_fill(composition->texts, TEXT_stop_link, fields, out);
    part_release(&link, out);
}

static void fill_reminder(const struct composition *composition, struct text *subject, struct text *body)
{
    const json_t *items = json_object_get(composition->message, "items"), *digest = json_object_get(composition->message, "digest");
    const json_t *audit = json_object_get(composition->message, "audit");
    struct text references = {0}, item_texts = {0}, digest_text = {0}, contact = {0}, stop = {0};
    char count[DAYS_SIZE], entries[DAYS_SIZE] = "0", day[DATE_TEXT_SIZE + 8];
    size_t index;
    json_t *item;
    size_t requests = list_references(items, &references);
    snprintf(count, sizeof count, "%zu", requests);
    json_array_foreach(items, index, item)
        fill_item(composition, item, &item_texts);
    if (json_array_size(digest) > 0)
        fill_digest(composition, digest, &digest_text);
    if (json_is_object(audit))
        fill_audit(composition, audit, entries, &digest_text);
    fill_contact(composition, &contact);
    fill_stop(composition, &stop);
    const struct text_field fields[] = {{"ref", references.text},      {"count", count},
                                        {"refs", references.text},     {"library", json_text(composition->library, "name")},
                                        {"entries", entries},
                                        {"day", long_day(json_text(composition->library, "today"), day)},
                                        {"items", item_texts.text},    {"digest", digest_text.text},
                                        {"contact", contact.text},     {"stop", stop.text},
                                        {NULL, NULL}};
    bool only_audit = requests == 0 && json_array_size(digest) == 0 && json_is_object(audit);
    texts_fill(composition->texts,
               only_audit ? TEXT_subject_audit : requests == 0 ? TEXT_subject_digest : requests == 1 ? TEXT_subject_one : TEXT_subject_many, fields, subject);
    texts_fill(composition->texts, is_told(composition) ? TEXT_reminder_told : TEXT_reminder, fields, body);
    struct text *const parts[] = {&references, &item_texts, &digest_text, &contact, &stop, NULL};
    for (struct text *const *each = parts; *each != NULL; each++)
        part_release(*each, body);
}

static void fill_test(const struct composition *composition, struct text *subject, struct text *body)
{
    struct text contact = {0};
    char day[DATE_TEXT_SIZE + 8];
    fill_contact(composition, &contact);
    const struct text_field fields[] = {{"library", json_text(composition->library, "name")},
                                        {"day", long_day(json_text(composition->library, "today"), day)},
                                        {"contact", contact.text}, {NULL, NULL}};
    texts_fill(composition->texts, TEXT_subject_test, fields, subject);
    texts_fill(composition->texts, TEXT_test, fields, body);
    part_release(&contact, body);
}

static void append_thread(const char *reply_to_id, struct text *bytes)
{
    struct text id = {0};
    text_format(&id, "<%s>", reply_to_id);
    mime_header(bytes, "In-Reply-To", id.text != NULL ? id.text : "");
    mime_header(bytes, "References", id.text != NULL ? id.text : "");
    part_release(&id, bytes);
}

bool compose(const struct composition *composition, struct text *bytes, struct error *error)
{
    const struct config *config = composition->config;
    const char *kind = json_text(composition->message, "kind"), *reply_to_id = json_text(composition->message, "in_reply_to");
    char from[ADDRESS_ASCII_SIZE], reply_to[ADDRESS_ASCII_SIZE], when[MIME_DATE_SIZE];
    struct text subject = {0}, body = {0};
    if (!address_to_ascii(config->mail_from, "mail.from", from, error) ||
        (config->mail_reply_to[0] != '\0' && !address_to_ascii(config->mail_reply_to, "mail.reply_to", reply_to, error)))
        return false;
    if (kind == NULL || json_text(composition->library, "name") == NULL)
        return error_set(error, ERROR_internal, "", "The message holds too little to be composed.");
    if (strcmp(kind, "test") == 0)
        fill_test(composition, &subject, &body);
    else
        fill_reminder(composition, &subject, &body);
    mime_date(json_integer_value(json_object_get(composition->message, "dated")), json_text(composition->library, "zone"), when);
    text_format(bytes, "Date: %s\r\n", when);
    mime_header_mailbox(bytes, "From", config->mail_from_name, from);
    if (config->mail_reply_to[0] != '\0')
        mime_header_mailbox(bytes, "Reply-To", "", reply_to);
    mime_header_mailbox(bytes, "To", "", composition->address);
    mime_header(bytes, "Subject", subject.text != NULL ? subject.text : "");
    text_format(bytes, "Message-ID: <%s>\r\n", composition->message_id);
    if (reply_to_id != NULL)
        append_thread(reply_to_id, bytes);
    if (strcmp(kind, "test") != 0)
        append_unsubscribe(composition, config->mail_reply_to[0] != '\0' ? reply_to : from, bytes);
    text_append(bytes, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\n"
                       "Content-Transfer-Encoding: quoted-printable\r\n\r\n");
    mime_quoted_printable(bytes, body.text != NULL ? body.text : "");
    part_release(&subject, bytes);
    part_release(&body, bytes);
    if (bytes->failed)
        return memory_error(error);
    return true;
}
