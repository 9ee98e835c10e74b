// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/parse.h"

#include <gmime/gmime.h>
#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "inbox/delivery_status.h"
#include "inbox/html.h"

enum { PARTS_MAXIMUM = 200, DEPTH_MAXIMUM = 20, HEADERS_MAXIMUM = 500, HEADER_MAXIMUM = 65536, CHUNK = 4096 };

struct walk {
    struct reply *reply;
    size_t parts;
    bool has_plain; // what is HTML says the same again
};

void parse_begin(void)
{
    g_mime_init();
}

static void take_word(const char *value, char word[REPLY_WORD_SIZE])
{
    size_t length = 0;
    while (isspace((unsigned char)*value))
        value++;
    while (value[length] != '\0' && !isspace((unsigned char)value[length]) && value[length] != ';' && value[length] != '(' && length < REPLY_WORD_SIZE - 1)
        length++;
    for (size_t i = 0; i < length; i++)
        word[i] = (char)tolower((unsigned char)value[i]);
    word[length] = '\0';
}

// What GMime gives may hold anything: it becomes UTF-8, without the characters that no line of text holds.
static void append_clean(struct text *out, const char *bytes, size_t length, size_t maximum)
{
    for (size_t i = 0; i < length && out->length < maximum;) {
        size_t size = text_utf8_character(bytes + i, length - i);
        if (size == 0 || (size == 1 && (unsigned char)bytes[i] < ' ' && bytes[i] != '\n' && bytes[i] != '\t')) {
            if (bytes[i] != '\r')
                text_append_char(out, '?');
            i++;
        } else {
            text_append_bytes(out, bytes + i, size);
            i += size;
        }
    }
}

enum header_use { USE_TOKENS, USE_IDS, USE_SENDER, USE_RETURN_PATH, USE_AUTO, USE_PRECEDENCE, USE_AUTOREPLY, USE_VACATION, USE_FAILED };

static const struct {
    const char *name;
    enum header_use use;
} uses[] = {
    {"Delivered-To", USE_TOKENS}, {"X-Original-To", USE_TOKENS}, {"Envelope-To", USE_TOKENS}, {"X-Envelope-To", USE_TOKENS},
    {"X-Delivered-To", USE_TOKENS}, {"To", USE_TOKENS}, {"Cc", USE_TOKENS}, {"Resent-To", USE_TOKENS}, {"Apparently-To", USE_TOKENS},
    {"In-Reply-To", USE_IDS}, {"References", USE_IDS}, {"From", USE_SENDER}, {"Return-Path", USE_RETURN_PATH},
    {"Auto-Submitted", USE_AUTO}, {"Precedence", USE_PRECEDENCE}, {"X-Autoreply", USE_AUTOREPLY}, {"X-Autorespond", USE_AUTOREPLY},
    {"X-Autoreply-From", USE_AUTOREPLY}, {"X-Autoresponder", USE_AUTOREPLY}, {"X-Apple-Action", USE_VACATION}, {"X-Vacation", USE_VACATION},
    {"X-Failed-Recipients", USE_FAILED},
};

static void take_header(struct reply *reply, enum header_use use, const char *value)
{
    char word[REPLY_WORD_SIZE];
    take_word(value, word);
    switch (use) {
    case USE_TOKENS: reply_scan_tokens(reply, value); break;
    case USE_IDS: reply_scan_ids(reply, value); break;
    case USE_SENDER: reply_scan_sender(reply, value); break;
    case USE_RETURN_PATH: reply->null_return_path = strcmp(word, "<>") == 0 || strcmp(word, "<mailer-daemon>") == 0; break;
    case USE_AUTO: memcpy(reply->auto_submitted, word, sizeof word); break;
    case USE_PRECEDENCE: memcpy(reply->precedence, word, sizeof word); break;
    case USE_AUTOREPLY: reply->autoreply_header = strcmp(word, "no") != 0; break;
    case USE_VACATION: reply->vacation_header = strcmp(word, "vacation") == 0 || strcmp(word, "yes") == 0; break;
    case USE_FAILED: reply->failed_header = true; break;
    }
}

static void take_headers(struct reply *reply, GMimeHeaderList *headers)
{
    int count = g_mime_header_list_get_count(headers);
    if (count > HEADERS_MAXIMUM) {
        count = HEADERS_MAXIMUM;
        reply->cut = true;
    }
    for (int i = 0; i < count; i++) {
        GMimeHeader *header = g_mime_header_list_get_header_at(headers, i);
        const char *name = g_mime_header_get_name(header), *value = g_mime_header_get_raw_value(header);
        for (size_t j = 0; name != NULL && value != NULL && j < sizeof uses / sizeof uses[0]; j++) {
            if (strcasecmp(name, uses[j].name) != 0)
                continue;
            char *limited = g_strndup(value, HEADER_MAXIMUM);
            reply->cut = reply->cut || strlen(value) > HEADER_MAXIMUM;
            take_header(reply, uses[j].use, limited);
            g_free(limited);
        }
    }
}

// The decoded text of a part, so much of it as is wanted; an attachment of any size costs no more.
static void read_part(GMimePart *part, size_t maximum, struct text *out)
{
    char bytes[CHUNK];
    GMimeDataWrapper *content = g_mime_part_get_content(part);
    if (content == NULL)
        return;
    GMimeStream *stream = g_mime_stream_filter_new(g_mime_data_wrapper_get_stream(content));
    GMimeFilter *decode = g_mime_filter_basic_new(g_mime_data_wrapper_get_encoding(content), FALSE);
    g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), decode);
    const char *charset = g_mime_object_get_content_type_parameter(GMIME_OBJECT(part), "charset");
    GMimeFilter *convert = charset != NULL && strcasecmp(charset, "utf-8") != 0 ? g_mime_filter_charset_new(charset, "utf-8") : NULL;
    if (convert != NULL)
        g_mime_stream_filter_add(GMIME_STREAM_FILTER(stream), convert);
    g_mime_stream_reset(stream);
    struct text raw = {0};
    for (ssize_t length; raw.length < maximum && (length = g_mime_stream_read(stream, bytes, sizeof bytes)) > 0;)
        text_append_bytes(&raw, bytes, (size_t)length);
    if (raw.length > 0)
        append_clean(out, raw.text, raw.length, maximum);
    text_release(&raw);
    if (convert != NULL)
        g_object_unref(convert);
    g_object_unref(decode);
    g_object_unref(stream);
}

static bool is_attachment(GMimeObject *object)
{
    GMimeContentDisposition *disposition = g_mime_object_get_content_disposition(object);
    return disposition != NULL && strcasecmp(g_mime_content_disposition_get_disposition(disposition), "attachment") == 0;
}

// The headers of the letter that came back: whose it is.
static void take_returned(struct reply *reply, const char *text)
{
    static const char *const names[] = {"Message-ID:", "Reply-To:", "Return-Path:", "From:", "Sender:", "References:", "In-Reply-To:"};
    for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t length = strcspn(line, "\n");
        for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
            if (strncasecmp(line, names[i], strlen(names[i])) != 0)
                continue;
            if (line[length] == '\n' && (line[length + 1] == ' ' || line[length + 1] == '\t')) // folded
                length += 1 + strcspn(line + length + 1, "\n");
            char *copy = g_strndup(line, length);
            reply_scan_ids(reply, copy);
            reply_scan_tokens(reply, copy);
            g_free(copy);
        }
    }
}

static void take_returned_message(struct reply *reply, GMimeObject *message)
{
    reply->returned = true;
    char *headers = g_mime_object_get_headers(message, NULL);
    char *limited = headers != NULL ? g_strndup(headers, HEADER_MAXIMUM) : NULL;
    if (limited != NULL)
        take_returned(reply, limited);
    g_free(limited);
    g_free(headers);
}

static void take_text(struct walk *walk, GMimePart *part, bool html)
{
    struct text text = {0};
    size_t room = REPLY_TEXT_MAXIMUM - (walk->reply->text.length < REPLY_TEXT_MAXIMUM ? walk->reply->text.length : REPLY_TEXT_MAXIMUM);
    read_part(part, room, &text);
    if (text.text != NULL && html)
        html_to_text(text.text, &walk->reply->text);
    else if (text.text != NULL)
        text_append_bytes(&walk->reply->text, text.text, text.length);
    if (text.length > 0)
        text_append_char(&walk->reply->text, '\n');
    walk->has_plain = walk->has_plain || (!html && text.length > 0);
    text_release(&text);
}

static void take_part(struct walk *walk, GMimePart *part)
{
    struct reply *reply = walk->reply;
    struct text text = {0};
    GMimeContentType *type = g_mime_object_get_content_type(GMIME_OBJECT(part));
    reply_add_media_type(reply, g_mime_content_type_get_media_type(type), g_mime_content_type_get_media_subtype(type));
    if (g_mime_content_type_is_type(type, "message", "delivery-status") || g_mime_content_type_is_type(type, "message", "global-delivery-status")) {
        read_part(part, REPLY_TEXT_MAXIMUM, &text);
        if (text.text != NULL)
            delivery_status_read(reply, text.text);
    } else if (g_mime_content_type_is_type(type, "message", "feedback-report")) {
        reply->feedback_report = true;
    } else if (g_mime_content_type_is_type(type, "message", "disposition-notification")) {
        reply->disposition_report = true;
    } else if (g_mime_content_type_is_type(type, "text", "rfc822-headers") || g_mime_content_type_is_type(type, "message", "global-headers")) {
        reply->returned = true;
        read_part(part, REPLY_TEXT_MAXIMUM, &text);
        if (text.text != NULL)
            take_returned(reply, text.text);
    } else if (g_mime_content_type_is_type(type, "text", "html")) {
        if (!walk->has_plain && !is_attachment(GMIME_OBJECT(part)))
            take_text(walk, part, true);
    } else if (g_mime_content_type_is_type(type, "text", "plain") && !is_attachment(GMIME_OBJECT(part))) {
        take_text(walk, part, false);
    }
    text_release(&text);
}

static void walk_object(struct walk *walk, GMimeObject *object, unsigned depth)
{
    if (object == NULL)
        return;
    if (depth > DEPTH_MAXIMUM || walk->parts++ >= PARTS_MAXIMUM) {
        walk->reply->cut = true;
        return;
    }
    if (GMIME_IS_MULTIPART(object)) {
        int count = g_mime_multipart_get_count(GMIME_MULTIPART(object));
        for (int i = 0; i < count && walk->parts <= PARTS_MAXIMUM; i++)
            walk_object(walk, g_mime_multipart_get_part(GMIME_MULTIPART(object), i), depth + 1);
    } else if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage *inner = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        reply_add_media_type(walk->reply, "message", "rfc822");
        if (inner != NULL)
            take_returned_message(walk->reply, GMIME_OBJECT(inner));
    } else if (GMIME_IS_PART(object)) {
        take_part(walk, GMIME_PART(object));
    }
}

static void take_message(struct reply *reply, GMimeMessage *message)
{
    struct walk walk = {.reply = reply};
    const char *subject = g_mime_message_get_subject(message);
    take_headers(reply, g_mime_object_get_header_list(GMIME_OBJECT(message)));
    if (subject != NULL)
        append_clean(&reply->subject, subject, strlen(subject), REPLY_SUBJECT_MAXIMUM);
    if (reply->subject.text != NULL)
        reply_scan_references(reply, reply->subject.text);
    walk_object(&walk, g_mime_message_get_mime_part(message), 0);
    // A letter that came back within the text, or whose address was quoted by whoever answers.
    if (reply->text.text != NULL) {
        reply_scan_tokens(reply, reply->text.text);
        take_returned(reply, reply->text.text);
    }
    reply->cut = reply->cut || reply->text.length >= REPLY_TEXT_MAXIMUM;
}

// What is no mail to GMime, such as headers without an end, may hold a token all the same.
static void scan_beginning(int descriptor, int64_t length, struct reply *reply)
{
    char bytes[HEADER_MAXIMUM + 1];
    ssize_t size = pread(descriptor, bytes, length < HEADER_MAXIMUM ? (size_t)length : HEADER_MAXIMUM, 0);
    struct text clean = {0};
    reply->cut = true;
    if (size > 0)
        append_clean(&clean, bytes, (size_t)size, HEADER_MAXIMUM);
    if (clean.text != NULL) {
        reply_scan_tokens(reply, clean.text);
        take_returned(reply, clean.text);
    }
    text_release(&clean);
}

bool parse_reply(int descriptor, int64_t length, struct reply *reply)
{
    GMimeStream *stream = g_mime_stream_fs_new_with_bounds(descriptor, 0, length);
    g_mime_stream_fs_set_owner(GMIME_STREAM_FS(stream), FALSE);
    GMimeParser *parser = g_mime_parser_new_with_stream(stream);
    g_mime_parser_set_persist_stream(parser, TRUE); // contents stay in the file
    GMimeMessage *message = g_mime_parser_construct_message(parser, NULL);
    if (message != NULL) {
        take_message(reply, message);
        g_object_unref(message);
    } else {
        scan_beginning(descriptor, length, reply);
    }
    g_object_unref(parser);
    g_object_unref(stream);
    return !reply->subject.failed && !reply->text.failed;
}
