// SPDX-License-Identifier: GPL-3.0-or-later
// The page behind the link in a reminder. It is public: who has the link may stop reminders to the address
// the mail went to, and start them again. GET only shows a button, since programs that look at mail open
// links; a mail program's own button is a POST (RFC 8058).
#include <stdio.h>
#include <string.h>

#include "http/handlers.h"
#include "vault/person.h"

static void append_escaped(struct text *page, const char *plain)
{
    for (; *plain != '\0'; plain++)
        switch (*plain) {
        case '&': text_append(page, "&amp;"); break;
        case '<': text_append(page, "&lt;"); break;
        case '>': text_append(page, "&gt;"); break;
        case '"': text_append(page, "&quot;"); break;
        default: text_append_char(page, *plain);
        }
}

// A page of one sentence and, with `button`, a form that posts name=value to the same address.
static void reply_page(struct exchange *exchange, int status, const char *sentence, const char *name,
                       const char *value, const char *button)
{
    struct text page = {0};
    const struct service *service = exchange_service(exchange);
    // The link stops what any of several libraries sends to the address: then the page speaks for all of them.
    const struct library *only = libraries_count(service->libraries) == 1 ? libraries_at(service->libraries, 0) : NULL;
    const char *contact = only != NULL && only->contact != NULL ? only->contact : service->config->library_contact;
    text_append(&page, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta "
                       "name=\"viewport\" content=\"width=device-width\">"
                       "<title>Reminders</title></head><body>\n<h1>");
    append_escaped(&page, only != NULL ? only->name : service->config->mail_from_name);
    text_format(&page, "</h1>\n<p>%s</p>\n", sentence);
    if (button != NULL)
        text_format(&page, "<form method=\"post\"><button name=\"%s\" value=\"%s\">%s</button></form>\n",
                    name, value, button);
    if (contact[0] != '\0') {
        text_append(&page, "<p>Questions: ");
        append_escaped(&page, contact);
        text_append(&page, "</p>\n");
    }
    text_append(&page, "</body></html>");
    exchange_reply_page(exchange, status, &page);
    text_release(&page);
}

static void reply_unknown(struct exchange *exchange)
{
    reply_page(exchange, 404, "This link is not known here, or not any more.", NULL, NULL, NULL);
}

static void on_stopped(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code == ERROR_not_found)
        reply_unknown(exchange);
    else if (error->code != ERROR_NONE)
        exchange_fail(exchange, error);
    else if (memmem(json, length, "true", 4) != NULL)
        reply_page(exchange, 200, "Reminders about data requests go to this address again.",
                   "List-Unsubscribe", "One-Click", "No more reminders");
    else
        reply_page(exchange, 200,
                   "No more reminders about data requests go to this address. The requests stay on record.",
                   "reminders", "on", "Send them again");
}

// Before a try of the database, so that an unknown length or sign costs nothing.
static bool token_is_possible(const char *token)
{
    return strlen(token) == UNSUBSCRIBE_TOKEN_LENGTH &&
           strspn(token, "0123456789abcdef") == UNSUBSCRIBE_TOKEN_LENGTH;
}

void handle_unsubscribe_page(struct exchange *exchange)
{
    // The same for every token: whether one is known is not told to whoever looks.
    reply_page(exchange, 200,
               "Press the button, and no more reminders about data requests go to the address to which this "
               "link was sent.",
               "List-Unsubscribe", "One-Click", "No more reminders");
}

void handle_unsubscribe(struct exchange *exchange)
{
    char hash[VAULT_LOOKUP_HEX], question[VAULT_LOOKUP_HEX + 48];
    const char *token = exchange_path_value(exchange);
    const struct text *form = exchange_form(exchange);
    bool on = form->text != NULL && memmem(form->text, form->length, "reminders=on", 12) != NULL;
    if (!token_is_possible(token)) {
        reply_unknown(exchange);
        return;
    }
    person_unsubscribe_hash(exchange_service(exchange)->vault, token, hash);
    snprintf(question, sizeof question, "{\"token_hash\": \"%s\", \"on\": %s}", hash, on ? "true" : "false");
    exchange_call(exchange, STATEMENT_unsubscribe, question, on_stopped, exchange);
}
