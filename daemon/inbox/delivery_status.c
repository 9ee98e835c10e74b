// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/delivery_status.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

// Lower case, the first word only: "failed (by us)" is failed, "5.1.1 (bad destination)" is 5.1.1.
static void take_word(const char *value, char word[REPLY_WORD_SIZE])
{
    size_t length = 0;
    while (isspace((unsigned char)*value))
        value++;
    while (value[length] != '\0' && !isspace((unsigned char)value[length]) && value[length] != '(' && value[length] != ';' && length < REPLY_WORD_SIZE - 1)
        length++;
    for (size_t i = 0; i < length; i++)
        word[i] = (char)tolower((unsigned char)value[i]);
    word[length] = '\0';
}

static void take_field(struct reply *reply, struct delivery *delivery, const char *line)
{
    static const char *const addresses[] = {"Final-Recipient:", "Original-Recipient:", "X-Actual-Recipient:", "Original-Envelope-Id:"};
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++)
        if (strncasecmp(line, addresses[i], strlen(addresses[i])) == 0)
            reply_scan_tokens(reply, line);
    if (strncasecmp(line, "Action:", 7) == 0)
        take_word(line + 7, delivery->action);
    else if (strncasecmp(line, "Status:", 7) == 0)
        take_word(line + 7, delivery->status);
    else if (strncasecmp(line, "Diagnostic-Code:", 16) == 0)
        snprintf(delivery->diagnostic, sizeof delivery->diagnostic, "%.*s", (int)sizeof delivery->diagnostic - 1, line + 16);
}

static void finish(struct reply *reply, struct delivery *delivery)
{
    if (delivery->action[0] != '\0' || delivery->status[0] != '\0') {
        if (reply->delivery_count == REPLY_DELIVERIES)
            reply->cut = true;
        else
            reply->deliveries[reply->delivery_count++] = *delivery;
    }
    *delivery = (struct delivery){0};
}

void delivery_status_read(struct reply *reply, const char *text)
{
    struct delivery delivery = {0};
    char line[2048]; // unfolded
    while (*text != '\0') {
        size_t length = 0;
        bool more = true;
        while (more) {
            size_t here = strcspn(text, "\n"), kept = here > 0 && text[here - 1] == '\r' ? here - 1 : here;
            if (kept > sizeof line - 1 - length)
                kept = sizeof line - 1 - length;
            memcpy(line + length, text, kept);
            length += kept;
            text += text[here] == '\n' ? here + 1 : here;
            more = length > 0 && (*text == ' ' || *text == '\t');
        }
        line[length] = '\0';
        if (strspn(line, " \t") == length)
            finish(reply, &delivery);
        else
            take_field(reply, &delivery, line);
    }
    finish(reply, &delivery);
}
