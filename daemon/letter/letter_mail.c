// SPDX-License-Identifier: GPL-3.0-or-later
#include "letter/letter_mail.h"

#include <stdio.h>
#include <string.h>

#include "letter/field.h"
#include "mail/address.h"
#include "mail/mime.h"
#include "shared/memory.h"

// An address for a header; "" when there is none.
static bool take_address(const char *address, const char *field, char ascii[ADDRESS_ASCII_SIZE],
                         struct error *error)
{
    ascii[0] = '\0';
    return address == NULL || address[0] == '\0' || address_to_ascii(address, field, ascii, error);
}

static bool check_id(const char *id, struct error *error)
{
    size_t length = strlen(id);
    bool good = length >= 3 && length <= 300 && id[0] == '<' && id[length - 1] == '>';
    for (size_t i = 0; good && i < length; i++)
        good = id[i] > 0x20 && id[i] < 0x7F && (i == 0 || id[i] != '<') && (i + 1 == length || id[i] != '>');
    return good || error_set(error, ERROR_internal, "message_id", "A Message-ID cannot be one.");
}

static bool append_thread(const struct letter_mail *mail, struct text *bytes, struct error *error)
{
    const char *last = NULL;
    if (mail->message_id != NULL && !check_id(mail->message_id, error))
        return false;
    if (mail->message_id != NULL)
        text_format(bytes, "Message-ID: %s\r\n", mail->message_id);
    for (const char *const *id = mail->earlier; id != NULL && *id != NULL; id++) {
        if (!check_id(*id, error))
            return false;
        last = *id;
    }
    if (last == NULL)
        return true;
    text_format(bytes, "In-Reply-To: %s\r\nReferences:", last);
    for (const char *const *id = mail->earlier; *id != NULL; id++)
        text_format(bytes, "%s%s", id == mail->earlier ? " " : "\r\n ", *id);
    text_append(bytes, "\r\n");
    return true;
}

bool letter_mail_compose(const struct letter_mail *mail, const struct letter *letter, struct text *bytes,
                         struct error *error)
{
    char from[ADDRESS_ASCII_SIZE], reply_to[ADDRESS_ASCII_SIZE], to[ADDRESS_ASCII_SIZE], when[MIME_DATE_SIZE];
    if (!field_check(mail->from_name, mail->draft ? "name" : "library.name", error) ||
        !take_address(mail->from, mail->draft ? "email" : "mail.from", from, error) ||
        !take_address(mail->reply_to, "mail.reply_address", reply_to, error) ||
        !take_address(mail->to, "address", to, error))
        return false;
    mime_date(mail->when, mail->zone, when);
    text_format(bytes, "Date: %s\r\n", when);
    if (from[0] != '\0')
        mime_header_mailbox(bytes, "From", mail->from_name, from);
    if (reply_to[0] != '\0')
        mime_header_mailbox(bytes, "Reply-To", "", reply_to);
    if (to[0] != '\0')
        mime_header_mailbox(bytes, "To", "", to);
    mime_header(bytes, "Subject", letter->subject.text);
    if (!append_thread(mail, bytes, error))
        return false;
    if (mail->draft)
        text_append(bytes, "X-Unsent: 1\r\n");
    text_format(bytes,
                "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Language: %s\r\n"
                "Content-Transfer-Encoding: quoted-printable\r\n\r\n",
                mail->language);
    mime_quoted_printable(bytes, letter->text.text);
    return !bytes->failed || memory_error(error);
}
