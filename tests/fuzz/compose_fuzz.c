// SPDX-License-Identifier: GPL-3.0-or-later
// Mails whose every field is hostile: a strict reader finds just the headers that belong there, each once, the recipient that was meant,
// and no line that could end the mail.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mail/address.h"
#include "mail/composer.h"
#include "mail/mime.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LINE_MAXIMUM = 998, FIELDS = 13 };

static const char *const headers[] = {"Date", "From", "Reply-To", "To", "Subject", "Message-ID", "In-Reply-To", "References", "List-Unsubscribe",
                                      "List-Unsubscribe-Post", "Auto-Submitted", "MIME-Version", "Content-Type", "Content-Transfer-Encoding", NULL};

// The place of the header in the list, which is the order in which they come; it aborts at any other.
static int header_at(const char *line)
{
    for (int i = 0; headers[i] != NULL; i++) {
        size_t length = strlen(headers[i]);
        if (strncmp(line, headers[i], length) == 0 && line[length] == ':' && line[length + 1] == ' ')
            return i;
    }
    abort();
}

static void check(const char *mail, const char *address)
{
    int last = -1, recipients = 0;
    bool in_body = false;
    char wanted[ADDRESS_ASCII_SIZE + 8];
    snprintf(wanted, sizeof wanted, "To: <%s>\r\n", address);
    for (const char *line = mail; *line != '\0';) {
        const char *end = strstr(line, "\r\n");
        if (end == NULL || end - line > LINE_MAXIMUM || memchr(line, '\n', (size_t)(end - line)) != NULL || memchr(line, '\r', (size_t)(end - line)) != NULL)
            abort();
        if (in_body && (end - line > 76 || (end - line == 1 && *line == '.')))
            abort();
        if (!in_body && end == line) {
            in_body = true;
        } else if (!in_body && *line != ' ') {
            int place = header_at(line);
            if (place <= last)
                abort(); // twice, or out of order
            last = place;
            recipients += strncmp(line, wanted, strlen(wanted)) == 0;
        } else if (!in_body && strspn(line, " ") >= (size_t)(end - line)) {
            abort(); // a line of blanks alone
        }
        line = end + 2;
    }
    if (!in_body || recipients != 1)
        abort();
}

static json_t *item_of(char *const field[FIELDS])
{
    enum { REFERENCE = 6, REFERENCE_LENGTH = 40 }; // dsrd makes them, all of one length
    if (strlen(field[REFERENCE]) > REFERENCE_LENGTH)
        field[REFERENCE][REFERENCE_LENGTH] = '\0';
    static const char *const kinds[] = {"early", "overdue", "own", "wanted", "replied", "bounced"};
    static const char *const clocks[] = {"ack", "respond", "appeal_answer", "complaint", "access", "destroy"};
    json_t *item = json_pack("{s:s, s:s, s:s, s:s, s:i, s:b}", "kind", kinds[(unsigned char)field[0][0] % 6], "status", field[0][0] == 'd' ? "draft" : "open",
                             "clock", clocks[strlen(field[0]) % 6], "right", "access", "days", (int)strlen(field[1]) - 3, "legal", field[1][0] % 2);
    static const char *const texts[] = {"vendor_name", "law_name", "cite", "subject", "ref", "due", "confidence"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        json_t *text = json_string(field[i + 2]); // NULL where it is no UTF-8: what the API does not take either
        json_object_set_new(item, texts[i], text != NULL ? text : json_string("x"));
    }
    return item;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct config *config; // loaded once, as are the texts
    static struct texts *texts;
    struct error error;
    if (config == NULL && ((config = config_load(NULL, &error)) == NULL || (texts = texts_load("etc/mail/en", &error)) == NULL))
        abort();
    // Fields are divided by the byte 1, so that line ends may stand in them.
    char *text = malloc(size + 1), *field[FIELDS] = {0}, address[ADDRESS_ASCII_SIZE] = "ann@example.org";
    struct text bytes = {0};
    memcpy(text, data, size);
    text[size] = '\0';
    char *rest = text;
    for (int i = 0; i < FIELDS; i++) {
        field[i] = rest;
        rest += strcspn(rest, "\1");
        if (*rest != '\0')
            *rest++ = '\0';
    }
    if (!address_to_ascii(field[9], "to", address, &error))
        snprintf(address, sizeof address, "ann@example.org");
    json_t *name = json_string(field[10]);
    json_t *library = json_pack("{s:o, s:s, s:s}", "name", name != NULL ? name : json_string("Library"), "zone", "Etc/UTC", "today", "2026-11-24");
    json_t *message = json_pack("{s:s, s:i, s:[o, o]}", "kind", "reminder", "dated", 1795508430, "items", item_of(field), item_of(field));
    json_object_set_new(message, "in_reply_to", json_string(field[12]));
    char *sender = config->mail_from_name;
    config->mail_from_name = field[11];
    struct composition composition = {config, texts, library, message, address, "id@example.org", field[0][0] == 't' ? "abc" : NULL};
    if (compose(&composition, &bytes, &error))
        check(bytes.text, address);
    config->mail_from_name = sender;
    text_release(&bytes);
    json_decref(message);
    json_decref(library);
    free(text);
    return 0;
}
