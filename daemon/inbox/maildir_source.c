// SPDX-License-Identifier: GPL-3.0-or-later
// A Maildir: what lies in new, and what somebody moved into cur unseen. A mail that is stored goes to cur, seen; one whose reader died in
// between is read again, and the database knows it by its hash.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "inbox/source_kind.h"

#include "shared/memory.h"

struct maildir {
    const struct config *config;
    char **paths; // found by the last look, oldest name first
    size_t count, next;
    struct error unread; // the first that cannot be read: said when the others have been
};

static void forget(struct maildir *maildir)
{
    for (size_t i = maildir->next; i < maildir->count; i++)
        free(maildir->paths[i]);
    free(maildir->paths);
    maildir->paths = NULL;
    maildir->count = maildir->next = 0;
}

void *maildir_open(const struct config *config, struct error *error)
{
    struct maildir *maildir = calloc(1, sizeof *maildir);
    if (maildir == NULL)
        memory_error(error);
    else
        maildir->config = config;
    return maildir;
}

static bool is_seen(const char *name)
{
    const char *flags = strstr(name, ":2,");
    return flags != NULL && strchr(flags, 'S') != NULL;
}

static bool add(struct maildir *maildir, const char *folder, const char *name)
{
    struct text path = {0};
    text_format(&path, "%s/%s/%s", maildir->config->inbox_maildir, folder, name);
    char **more = realloc(maildir->paths, (maildir->count + 1) * sizeof *more);
    char *taken = text_take(&path);
    if (more != NULL)
        maildir->paths = more;
    if (more == NULL || taken == NULL) {
        free(taken);
        return false;
    }
    maildir->paths[maildir->count++] = taken;
    return true;
}

static bool look_into(struct maildir *maildir, const char *folder, struct error *error)
{
    struct text path = {0};
    bool good = true;
    text_format(&path, "%s/%s", maildir->config->inbox_maildir, folder);
    DIR *directory = path.text != NULL ? opendir(path.text) : NULL;
    if (directory == NULL)
        good = error_set(error, ERROR_unavailable, "inbox.maildir", "%s cannot be read: %s.", path.text != NULL ? path.text : folder, strerror(errno));
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
        if (entry->d_name[0] != '.' && !is_seen(entry->d_name))
            good = good && (add(maildir, folder, entry->d_name) || memory_error(error));
    if (directory != NULL)
        closedir(directory);
    text_release(&path);
    return good;
}

static const char *name_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(name_of(*(char *const *)a), name_of(*(char *const *)b));
}

static bool look(void *state, const struct source_mark *mark, struct error *error)
{
    struct maildir *maildir = state;
    (void)mark;
    forget(maildir);
    maildir->unread = (struct error){0};
    bool good = look_into(maildir, "new", error) && look_into(maildir, "cur", error);
    if (maildir->count > 1)
        qsort(maildir->paths, maildir->count, sizeof *maildir->paths, by_name);
    return good;
}

static void pass_over(struct maildir *maildir, const struct error *why)
{
    if (maildir->unread.code == ERROR_NONE)
        maildir->unread = *why;
}

static enum source_result next(void *state, struct source_mail *mail, struct error *error)
{
    struct maildir *maildir = state;
    while (maildir->next < maildir->count) {
        struct stat status;
        struct tm utc;
        mail->path = maildir->paths[maildir->next++];
        mail->descriptor = open(mail->path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
        if (mail->descriptor >= 0 && fstat(mail->descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
            gmtime_r(&status.st_mtime, &utc);
            strftime(mail->came_at, sizeof mail->came_at, "%Y-%m-%dT%H:%M:%SZ", &utc);
            if (source_mail_measure(mail, maildir->config->inbox_max_bytes, error))
                return SOURCE_MAIL;
            pass_over(maildir, error);
        } else if (mail->descriptor < 0 && errno != ENOENT && errno != ELOOP) { // gone, or no file: not ours
            error_set(error, ERROR_unavailable, "inbox.maildir", "%s cannot be read: %s.", mail->path, strerror(errno));
            pass_over(maildir, error);
        }
        source_mail_release(mail);
    }
    if (maildir->unread.code == ERROR_NONE)
        return SOURCE_NONE;
    *error = maildir->unread;
    return SOURCE_FAILED;
}

static bool done(void *state, const struct source_mail *mail, struct error *error)
{
    const struct maildir *maildir = state;
    struct text target = {0};
    const char *name = name_of(mail->path);
    size_t unique = strcspn(name, ":");
    const char *flags = strstr(name, ":2,");
    text_format(&target, "%s/cur/%.*s:2,%sS", maildir->config->inbox_maildir, (int)unique, name, flags != NULL ? flags + 3 : "");
    bool good = target.text != NULL && rename(mail->path, target.text) == 0;
    if (!good)
        error_set(error, ERROR_unavailable, "inbox.maildir", "%s cannot be moved into cur: %s.", mail->path, strerror(errno));
    text_release(&target);
    return good;
}

static void release(void *state)
{
    forget(state);
    free(state);
}

const struct source_kind maildir_kind = {look, next, done, release};
