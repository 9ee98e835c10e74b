// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/reply.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void reply_release(struct reply *reply)
{
    text_release(&reply->subject);
    text_release(&reply->text);
}

void reply_add_token(struct reply *reply, const char *text, size_t length)
{
    char token[REPLY_TOKEN_SIZE];
    if (!reply_token_normalise(text, length, token))
        return;
    for (size_t i = 0; i < reply->token_count; i++)
        if (strcmp(reply->tokens[i], token) == 0)
            return;
    if (reply->token_count == REPLY_TOKENS)
        reply->cut = true;
    else
        memcpy(reply->tokens[reply->token_count++], token, sizeof token);
}

void reply_add_id(struct reply *reply, const char *text, size_t length)
{
    if (length < 3 || length >= REPLY_ID_SIZE || !text_is_utf8(text, length) || text_has_controls(text, length, false))
        return;
    for (size_t i = 0; i < reply->id_count; i++)
        if (strlen(reply->ids[i]) == length && memcmp(reply->ids[i], text, length) == 0)
            return;
    if (reply->id_count == REPLY_IDS)
        reply->cut = true;
    else
        snprintf(reply->ids[reply->id_count++], REPLY_ID_SIZE, "%.*s", (int)length, text);
}

// Only what a media type may be written with, so that it can be kept in clear.
static bool is_word(const char *text)
{
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && strchr("+-._", text[i]) == NULL)
            return false;
    return length > 0 && length < REPLY_WORD_SIZE;
}

void reply_add_media_type(struct reply *reply, const char *type, const char *subtype)
{
    char name[REPLY_WORD_SIZE * 2] = "application/octet-stream";
    if (type != NULL && subtype != NULL && is_word(type) && is_word(subtype))
        snprintf(name, sizeof name, "%s/%s", type, subtype);
    for (char *c = name; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
    for (size_t i = 0; i < reply->media_type_count; i++)
        if (strcmp(reply->media_types[i], name) == 0)
            return;
    if (reply->media_type_count == REPLY_MEDIA_TYPES)
        reply->cut = true;
    else
        memcpy(reply->media_types[reply->media_type_count++], name, sizeof name);
}

static bool is_local(char c)
{
    return c != '\0' && (isalnum((unsigned char)c) || strchr(".!#$%&'*+/=?^_`{|}~-", c) != NULL);
}

static bool is_domain(char c)
{
    return isalnum((unsigned char)c) || c == '.' || c == '-' || (unsigned char)c >= 0x80;
}

// In request+TOKEN@, request-TOKEN@ or TOKEN@.
void reply_scan_tokens(struct reply *reply, const char *text)
{
    for (const char *at = strchr(text, '@'); at != NULL; at = strchr(at + 1, '@')) {
        const char *from = at;
        while (from > text && at - from < REPLY_TOKEN_LENGTH && is_local(from[-1]))
            from--;
        if (at - from == REPLY_TOKEN_LENGTH && (from == text || !is_local(from[-1]) || strchr("+-=_.", from[-1]) != NULL))
            reply_add_token(reply, from, REPLY_TOKEN_LENGTH);
    }
}

void reply_scan_ids(struct reply *reply, const char *text)
{
    const char *from = NULL;
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '<') {
            from = c;
        } else if (*c == '>' && from != NULL) {
            reply_add_id(reply, from, (size_t)(c - from) + 1);
            from = NULL;
        } else if (isspace((unsigned char)*c)) {
            from = NULL;
        }
    }
}

void reply_scan_references(struct reply *reply, const char *text)
{
    enum { WRITTEN = REFERENCE_SIZE - 1 }; // as R-7K3F-92QM
    size_t length = strlen(text);
    for (size_t i = 0; i + WRITTEN <= length && reply->reference_count < REPLY_REFERENCES; i++) {
        char candidate[REFERENCE_SIZE], reference[REFERENCE_SIZE];
        if ((text[i] != 'R' && text[i] != 'r') || text[i + 1] != '-' || text[i + 6] != '-' || (i > 0 && isalnum((unsigned char)text[i - 1])) ||
            isalnum((unsigned char)text[i + WRITTEN]))
            continue;
        memcpy(candidate, text + i, WRITTEN);
        candidate[WRITTEN] = '\0';
        bool known = !reference_parse(candidate, reference);
        for (size_t j = 0; j < reply->reference_count; j++)
            known = known || strcmp(reply->references[j], reference) == 0;
        if (!known)
            memcpy(reply->references[reply->reference_count++], reference, REFERENCE_SIZE);
    }
}

void reply_scan_sender(struct reply *reply, const char *text)
{
    reply->sender[0] = '\0';
    for (const char *at = strchr(text, '@'); at != NULL; at = strchr(at + 1, '@')) {
        const char *from = at, *to = at + 1;
        while (from > text && is_local(from[-1]))
            from--;
        while (is_domain(*to))
            to++;
        while (to > at + 1 && (to[-1] == '.' || to[-1] == '-'))
            to--;
        if (from < at && to > at + 1 && (size_t)(to - from) < sizeof reply->sender)
            snprintf(reply->sender, sizeof reply->sender, "%.*s", (int)(to - from), from);
    }
}

void reply_sender_domain(const struct reply *reply, char domain[ADDRESS_ASCII_SIZE])
{
    char ascii[ADDRESS_ASCII_SIZE];
    domain[0] = '\0';
    if (!address_to_ascii(reply->sender, "from", ascii, NULL))
        return;
    snprintf(domain, ADDRESS_ASCII_SIZE, "%s", strrchr(ascii, '@') + 1);
    for (char *c = domain; *c != '\0'; c++)
        *c = (char)tolower((unsigned char)*c);
}

// Where mail programs and servers put the mail that is answered or returned.
static const char *const cuts[] = {
    "original message", "this is a copy of", "copy of the message", "copy of your message", "copy of the original", "copy of the offending",
    "below this line is", "original message follows", "message header follows", "returned message", "unsent message below", "message headers follow",
    "the header page", "received message follow", "start of returned", "original mail", "forwarded message", "ursprüngliche nachricht", "message d'origine",
    "mensaje original", "oorspronkelijk bericht", "messaggio originale", "the first 10 k", "message contents follow", "your original email",
};

static bool is_cut(const char *line, size_t length)
{
    char lower[128];
    // A rule of dashes around it, or a colon after it: not those words within a sentence.
    size_t kept = length < sizeof lower - 1 ? length : sizeof lower - 1;
    for (size_t i = 0; i < kept; i++)
        lower[i] = (char)tolower((unsigned char)line[i]);
    lower[kept] = '\0';
    while (kept > 0 && isspace((unsigned char)lower[kept - 1]))
        lower[--kept] = '\0';
    bool marked = kept > 0 && (strncmp(lower, "--", 2) == 0 || strncmp(lower, "==", 2) == 0 || strncmp(lower, "__", 2) == 0 || lower[kept - 1] == ':');
    for (size_t i = 0; marked && i < sizeof cuts / sizeof cuts[0]; i++)
        if (strstr(lower, cuts[i]) != NULL)
            return true;
    // "On Monday, Jane wrote:" in its languages, just before what is quoted.
    static const char *const wrote[] = {" wrote:", " schrieb:", " schrieb am", " a écrit", " escribió:", " ha scritto:", " schreef:", " escreveu:"};
    for (size_t i = 0; i < sizeof wrote / sizeof wrote[0]; i++) {
        size_t end = strlen(wrote[i]);
        if (kept >= end && kept > 1 && strcmp(lower + kept - end, wrote[i]) == 0)
            return true;
    }
    return false;
}

void reply_own_words(const char *text, struct text *out)
{
    for (const char *line = text; *line != '\0';) {
        size_t length = strcspn(line, "\n");
        const char *next = line[length] == '\n' ? line + length + 1 : line + length;
        if (is_cut(line, length))
            return;
        if (line[0] != '>' || strncmp(line, ">>> DATA", 8) == 0) { // a server's transcript, not a quotation
            text_append_bytes(out, line, length);
            text_append_char(out, '\n');
        }
        line = next;
    }
}
