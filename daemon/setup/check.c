// SPDX-License-Identifier: GPL-3.0-or-later
#include "setup/check.h"

#include <stdio.h>

#include "law/catalogue.h"
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

static bool check_relay(const struct config *config, struct error *error)
{
    if (config->mail_transport == TRANSPORT_MAILDIR)
        return true;
    struct smtp *smtp = smtp_new(config, error);
    bool good = smtp != NULL;
    smtp_free(smtp);
    return good;
}

int check_run(const struct config *config)
{
    bool (*const checks[])(const struct config *, struct error *) = {check_laws, check_vendors, check_texts, check_relay};
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
