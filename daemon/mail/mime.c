// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/mime.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "shared/date.h"
#include "shared/zone.h"

enum { LINE_MAXIMUM = 76, HEADER_LINE = 76, ENCODED_WORD_BYTES = 36 }; // 36 bytes are 48 of base64, 60 as an encoded word: with "Reply-To: " in front within 76
enum { WORD_MAXIMUM = 400 }; // a longer one is encoded, for no line may be longer than 998

static bool is_plain(unsigned char byte)
{
    return (byte >= 0x21 && byte <= 0x7E && byte != '=') || byte == ' ' || byte == '\t';
}

// One line of the text, without its end.
static void encode_line(struct text *out, const char *line, size_t length)
{
    size_t column = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)line[i];
        bool last = i + 1 == length;
        bool blank_at_end = last && (byte == ' ' || byte == '\t');
        bool dot_in_front = column == 0 && byte == '.'; // never a line of a dot alone, whatever lies between here and there
        bool plain = is_plain(byte) && !blank_at_end && !dot_in_front;
        size_t width = plain ? 1 : 3;
        if (column + width > LINE_MAXIMUM - (last ? 0u : 1u)) {
            text_append(out, "=\r\n");
            column = 0;
            if (byte == '.') {
                plain = false;
                width = 3;
            }
        }
        if (plain)
            text_append_char(out, (char)byte);
        else
            text_format(out, "=%02X", byte);
        column += width;
    }
    text_append(out, "\r\n");
}

void mime_quoted_printable(struct text *out, const char *text)
{
    while (*text != '\0') {
        size_t length = strcspn(text, "\n");
        encode_line(out, text, length);
        text += length + (text[length] == '\n');
    }
}

static bool is_ascii(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

static void append_encoded(struct text *out, const char *value)
{
    size_t length = strlen(value), done = 0;
    while (done < length) {
        char base64[sodium_base64_ENCODED_LEN(ENCODED_WORD_BYTES, sodium_base64_VARIANT_ORIGINAL)];
        size_t part = 0, character;
        while (done + part < length && (character = text_utf8_character(value + done + part, length - done - part)) > 0 &&
               part + character <= ENCODED_WORD_BYTES)
            part += character;
        if (part == 0)
            return; // not UTF-8: what came before stays
        sodium_bin2base64(base64, sizeof base64, (const unsigned char *)value + done, part, sodium_base64_VARIANT_ORIGINAL);
        text_format(out, "%s=?UTF-8?B?%s?=", done > 0 ? "\r\n " : "", base64);
        done += part;
    }
}

// ASCII, folded at spaces. `column` is where the value begins.
static void append_folded(struct text *out, const char *value, size_t column)
{
    for (;;) {
        size_t word = strcspn(value, " ");
        size_t blanks = strspn(value + word, " ");
        text_append_bytes(out, value, word);
        column += word;
        value += word + blanks;
        if (*value == '\0')
            break;
        size_t next = strcspn(value, " ");
        bool fold = column + 1 + next > HEADER_LINE;
        text_append(out, fold ? "\r\n " : " ");
        column = fold ? 1 : column + 1;
    }
}

static void clean(const char *value, struct text *out)
{
    for (; *value != '\0'; value++)
        text_append_char(out, (unsigned char)*value < 0x20 || *value == 0x7F ? ' ' : *value);
}

// A line of a header can be broken at its blanks only, and none may be longer than 998.
static bool can_be_folded(const char *value)
{
    if (!is_ascii(value))
        return false;
    for (size_t word = 0; *value != '\0'; value++) {
        word = *value == ' ' ? 0 : word + 1;
        if (word > WORD_MAXIMUM)
            return false;
    }
    return true;
}

void mime_header(struct text *out, const char *name, const char *value)
{
    struct text safe = {0};
    clean(value, &safe);
    text_format(out, "%s: ", name);
    if (safe.text != NULL && can_be_folded(safe.text))
        append_folded(out, safe.text, strlen(name) + 2);
    else if (safe.text != NULL)
        append_encoded(out, safe.text);
    text_append(out, "\r\n");
    out->failed = out->failed || safe.failed; // else it would be an empty header
    text_release(&safe);
}

void mime_header_mailbox(struct text *out, const char *name, const char *display_name, const char *address)
{
    struct text safe = {0};
    size_t start = out->length;
    clean(display_name, &safe);
    text_format(out, "%s: ", name);
    if (safe.length > 0 && safe.length <= WORD_MAXIMUM && is_ascii(safe.text)) {
        text_append_char(out, '"');
        for (const char *at = safe.text; *at != '\0'; at++) {
            if (*at == '"' || *at == '\\')
                text_append_char(out, '\\');
            text_append_char(out, *at);
        }
        text_append(out, out->length - start + strlen(address) + 4 > HEADER_LINE ? "\"\r\n " : "\" ");
    } else if (safe.length > 0) {
        append_encoded(out, safe.text);
        text_append(out, "\r\n ");
    }
    text_format(out, "<%s>\r\n", address);
    out->failed = out->failed || safe.failed;
    text_release(&safe);
}

void mime_date(int64_t instant, const char *zone, char text[MIME_DATE_SIZE])
{
    static const char *const days[] = {"", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {"", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    date day;
    int minute, offset, year, month, day_of_month;
    zone_local((time_t)instant, zone, &day, &minute, &offset);
    date_split(day, &year, &month, &day_of_month);
    int seconds = (int)(((instant + offset) % 60 + 60) % 60), away = offset < 0 ? -offset : offset;
    snprintf(text, MIME_DATE_SIZE, "%s, %d %s %d %02d:%02d:%02d %c%02d%02d", days[date_weekday(day)], day_of_month, months[month], year,
             minute / 60, minute % 60, seconds, offset < 0 ? '-' : '+', away / 3600, away / 60 % 60);
}
