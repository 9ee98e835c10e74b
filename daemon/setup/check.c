// SPDX-License-Identifier: GPL-3.0-or-later
#include "setup/check.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "database/conninfo.h"
#include "law/catalogue.h"
#include "letter/letters.h"
#include "mail/address.h"
#include "mail/smtp.h"
#include "mail/texts.h"
#include "run/options.h"
#include "vendor/vendor_file.h"

static bool check_laws(const struct config *config, struct error *error)
{
    struct catalogue *catalogue = catalogue_load(config->paths_laws, config->paths_calendars, error);
    if (catalogue == NULL)
        return false;
    printf("laws: %zu read, catalogue %.12s\n", catalogue_law_count(catalogue), catalogue_hash(catalogue));
    catalogue_free(catalogue);
    return true;
}

static bool check_vendors(const struct config *config, struct error *error)
{
    json_t *vendors;
    if (!vendor_folder_read(config->paths_vendors, &vendors, error))
        return false;
    printf("vendors: %zu read\n", json_array_size(vendors));
    json_decref(vendors);
    return true;
}

static bool check_texts(const struct config *config, struct error *error)
{
    struct texts *texts = texts_load(config->paths_mail, error);
    if (texts == NULL)
        return false;
    puts("mail texts: good");
    texts_free(texts);
    return true;
}

static bool check_letters(const struct config *config, struct error *error)
{
    struct letters *letters = letters_load(config->paths_letters, error);
    struct catalogue *catalogue = letters != NULL ? catalogue_load(config->paths_laws, config->paths_calendars, error) : NULL;
    bool good = catalogue != NULL && letters_match(letters, catalogue, error) &&
                letters_language(letters, config->letters_language, error) != NULL;
    if (good)
        printf("letters: %zu languages\n", letters_language_count(letters));
    catalogue_free(catalogue);
    letters_free(letters);
    return good;
}

// Where vendors answer, and what a letter puts before the @ of it.
static bool check_reply_address(const struct config *config, struct error *error)
{
    struct text address = {0};
    const char *at = strrchr(config->mail_reply_address, '@');
    if (config->mail_reply_address[0] == '\0')
        return true;
    text_format(&address, "%.*s%s0123456789abcdef%s", (int)(at != NULL ? at - config->mail_reply_address : 0), config->mail_reply_address,
                config->mail_reply_delimiter, at != NULL ? at : "");
    bool good = address_check(address.text, "mail.reply_address", error);
    text_release(&address);
    return good;
}

// Whether libpq can read the connection strings; nothing is connected to.
static bool check_database(const struct config *config, struct error *error)
{
    const char *const users[] = {"dsrd_api", NULL}; // NULL: who migrates
    for (size_t i = 0; i < 2 && config->database_conninfo[0] != '\0'; i++) {
        char *conninfo = conninfo_for(config, NULL, users[i], error);
        if (conninfo == NULL)
            return false;
        free(conninfo);
    }
    return true;
}

static bool check_relay(const struct config *config, struct error *error)
{
    if (config->mail_transport == TRANSPORT_MAILDIR)
        return true;
    if (config->mail_ca_file[0] != '\0' && access(config->mail_ca_file, R_OK) != 0)
        return error_set(error, ERROR_invalid, "mail.ca_file", "mail.ca_file: %s cannot be read: %s.", config->mail_ca_file, strerror(errno));
    struct smtp *smtp = smtp_new(config, error);
    bool good = smtp != NULL;
    smtp_free(smtp);
    return good;
}

// Whether dsrd-inbox will find its files; the mailbox itself is not asked.
static bool check_inbox(const struct config *config, struct error *error)
{
    const char *const files[][2] = {{"inbox.ca_file", config->inbox_source == INBOX_IMAP ? config->inbox_ca_file : ""},
                                    {"inbox.maildir", config->inbox_source == INBOX_MAILDIR ? config->inbox_maildir : ""},
                                    {"inbox.public_key", config->inbox_source != INBOX_NONE ? config->inbox_public_key : ""}};
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++)
        if (files[i][1][0] != '\0' && access(files[i][1], R_OK) != 0)
            return error_set(error, ERROR_invalid, files[i][0], "%s: %s cannot be read: %s.", files[i][0], files[i][1], strerror(errno));
    return true;
}

int check_run(const struct config *config)
{
    bool (*const checks[])(const struct config *, struct error *) = {check_laws, check_vendors, check_texts, check_letters, check_reply_address, check_database, check_relay, check_inbox};
    bool good = true;
    for (size_t i = 0; i < sizeof checks / sizeof checks[0]; i++) {
        struct error error;
        if (!checks[i](config, &error)) {
            fprintf(stderr, "dsrd check: %s\n", error.text);
            good = false;
        }
    }
    puts(good ? "all good" : "not good");
    return good ? EXIT_FINE : EXIT_CONFIGURATION;
}
