// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/reader.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "database/schema_version.h"
#include "inbox/box.h"
#include "inbox/child.h"
#include "inbox/store.h"
#include "run/options.h"
#include "sandbox/sandbox.h"
#include "shared/json.h"
#include "shared/log.h"

struct reader {
    const struct config *config;
    const volatile sig_atomic_t *stop;
    struct source *source;
    struct store *store;
    bool has_key;
    unsigned char key[DESCRIBE_KEY_BYTES];
};

// One mail that the database does not take must not keep those behind it: then only that it came, and whose it is.
static json_t *put(struct reader *reader, const struct source_mail *mail, json_t *description, struct error *error)
{
    json_t *answer = store_put(reader->store, source_name(reader->source), mail, description, error);
    if (answer != NULL || error->code != ERROR_internal)
        return answer;
    log_error("%s Of a mail of %lld bytes only that it came is stored.", error->text, (long long)mail->size);
    json_t *least = json_pack("{s:O, s:[], s:O, s:[], s:[], s:b}", "kind", json_object_get(description, "kind"), "media_types", "tokens", json_object_get(description, "tokens"), "ids", "references",
                              "cut", 1);
    answer = least != NULL ? store_put(reader->store, source_name(reader->source), mail, least, error) : NULL;
    json_decref(least);
    return answer;
}

static bool store_mail(struct reader *reader, const struct source_mail *mail, struct error *error)
{
    json_t *description = child_read(mail->descriptor, mail->size, reader->has_key ? reader->key : NULL);
    if (description == NULL)
        return error_set(error, ERROR_unavailable, "", "There is no process to be had to read a mail in.");
    json_t *answer = put(reader, mail, description, error);
    if (answer != NULL && !json_is_true(json_object_get(answer, "known")))
        log_info("a mail of %lld bytes: %s, matched by %s, %s", (long long)mail->size, json_text(description, "kind"), json_text(answer, "match_by"),
                 json_text(answer, "state"));
    bool good = answer != NULL;
    json_decref(answer);
    json_decref(description);
    return good;
}

// Everything that is there now; what cannot be read or stored is tried again with the next look.
static bool round_of(struct reader *reader, struct error *error)
{
    struct source_mark mark;
    struct source_mail mail;
    if (!store_connect(reader->store, error) || !store_mark(reader->store, source_name(reader->source), &mark, error) ||
        !source_look(reader->source, &mark, error))
        return false;
    while (*reader->stop == 0) {
        enum source_result result = source_next(reader->source, &mail, error);
        bool good = result == SOURCE_MAIL && store_mail(reader, &mail, error) && source_done(reader->source, &mail, error);
        source_mail_release(&mail);
        if (!good)
            return result == SOURCE_NONE;
    }
    return true;
}

static int serve(struct reader *reader, bool once)
{
    struct error error;
    bool failing = false;
    int pause_ms = reader->config->database_backoff_first_ms;
    while (*reader->stop == 0) {
        bool good = round_of(reader, &error);
        bool refused = !good && schema_is_refused(&error);
        if (once || refused) {
            if (!good)
                log_error("%s", error.text);
            return good ? EXIT_FINE : refused ? EXIT_CONFIGURATION : EXIT_FAILED;
        }
        if (!good && !failing)
            log_warning("%s Trying again.", error.text);
        if (good)
            pause_ms = reader->config->database_backoff_first_ms;
        else if (failing)
            pause_ms = pause_ms * 2 < reader->config->inbox_poll_ms ? pause_ms * 2 : reader->config->inbox_poll_ms;
        failing = !good;
        if (*reader->stop == 0)
            poll(NULL, 0, good ? reader->config->inbox_poll_ms : pause_ms);
    }
    return EXIT_FINE;
}

// Once shut in, a folder that is made later would not be seen: whoever starts this tries again.
static bool find_maildir(const struct config *config, struct error *error)
{
    return config->inbox_source != INBOX_MAILDIR || access(config->inbox_maildir, F_OK) == 0 ||
           error_set(error, ERROR_unavailable, "inbox.maildir", "The Maildir %s cannot be read: %s.", config->inbox_maildir, strerror(errno));
}

int reader_run(const struct config *config, const char *conninfo, bool once, const volatile sig_atomic_t *stop)
{
    struct error error = {0};
    struct reader reader = {.config = config, .stop = stop, .has_key = config->inbox_public_key[0] != '\0'};
    int status = EXIT_CONFIGURATION;
    if (!reader.has_key || box_read_public(config->inbox_public_key, reader.key, &error))
        reader.source = source_new(config, &error);
    if (reader.source != NULL)
        reader.store = store_new(config, conninfo, &error);
    const struct sandbox_needs needs = {SANDBOX_INBOX, config, NULL, conninfo};
    if (reader.store != NULL && find_maildir(config, &error) && sandbox_enter(&needs, &error)) {
        status = serve(&reader, once);
    } else {
        log_error("%s", error.text);
        status = error.code == ERROR_unavailable ? EXIT_FAILED : EXIT_CONFIGURATION; // what is not there yet may come
    }
    store_free(reader.store);
    source_free(reader.source);
    return status;
}
