// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/source.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "inbox/source_kind.h"
#include "shared/memory.h"

struct source {
    const struct source_kind *kind;
    void *state;
    char name[SOURCE_NAME_SIZE];
};

struct source *source_new(const struct config *config, struct error *error)
{
    struct source *source = calloc(1, sizeof *source);
    if (source == NULL) {
        memory_error(error);
        return NULL;
    }
    if (config->inbox_source == INBOX_MAILDIR) {
        source->kind = &maildir_kind;
        source->state = maildir_open(config, error);
    } else if (config->inbox_source == INBOX_IMAP) {
        source->kind = &imap_kind;
        source->state = imap_open(config, source->name, error);
    } else {
        error_set(error, ERROR_invalid, "inbox.source", "inbox.source is none: say maildir or imap.");
    }
    if (source->state == NULL) {
        free(source);
        return NULL;
    }
    return source;
}

void source_free(struct source *source)
{
    if (source == NULL)
        return;
    source->kind->free(source->state);
    free(source);
}

const char *source_name(const struct source *source)
{
    return source->name;
}

bool source_look(struct source *source, const struct source_mark *mark, struct error *error)
{
    return source->kind->look(source->state, mark, error);
}

enum source_result source_next(struct source *source, struct source_mail *mail, struct error *error)
{
    *mail = (struct source_mail){.descriptor = -1};
    return source->kind->next(source->state, mail, error);
}

bool source_done(struct source *source, const struct source_mail *mail, struct error *error)
{
    return source->kind->done(source->state, mail, error);
}

void source_mail_release(struct source_mail *mail)
{
    if (mail->descriptor >= 0)
        close(mail->descriptor);
    free(mail->path);
    *mail = (struct source_mail){.descriptor = -1};
}

bool source_mail_measure(struct source_mail *mail, int64_t maximum, struct error *error)
{
    char bytes[65536];
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    mail->size = 0;
    if (lseek(mail->descriptor, 0, SEEK_SET) != 0)
        return error_set(error, ERROR_unavailable, "inbox", "A mail cannot be read: %s.", strerror(errno));
    for (;;) {
        int64_t room = maximum - mail->size;
        ssize_t length = read(mail->descriptor, bytes, room < (int64_t)sizeof bytes ? (size_t)room + 1 : sizeof bytes);
        if (length < 0 && errno == EINTR)
            continue;
        if (length < 0)
            return error_set(error, ERROR_unavailable, "inbox", "A mail cannot be read: %s.", strerror(errno));
        if (length == 0)
            break;
        mail->cut = mail->cut || length > room;
        size_t taken = length > room ? (size_t)room : (size_t)length;
        crypto_hash_sha256_update(&state, (const unsigned char *)bytes, taken);
        mail->size += (int64_t)taken;
        if (mail->cut)
            break;
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(mail->sha256, sizeof mail->sha256, hash, sizeof hash);
    return true;
}
