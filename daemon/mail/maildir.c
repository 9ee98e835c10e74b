// SPDX-License-Identifier: GPL-3.0-or-later
#include "mail/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/failpoint.h"
#include "shared/file.h"

static bool fail(const char *path, struct error *error)
{
    return error_set(error, ERROR_unavailable, "mail.maildir", "%s cannot be written: %s.", path, strerror(errno));
}

bool maildir_make(const char *folder, struct error *error)
{
    static const char *const names[] = {"", "/tmp", "/new", "/cur"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct text path = {0};
        text_format(&path, "%s%s", folder, names[i]);
        bool good = path.text != NULL && (mkdir(path.text, 0700) == 0 || errno == EEXIST || fail(path.text, error));
        text_release(&path);
        if (!good)
            return false;
    }
    return true;
}

static bool sync_folder(const char *path)
{
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return good;
}

static bool write_file(const char *path, const struct text *bytes)
{
    struct text local = {0};
    for (size_t i = 0; i < bytes->length; i++)
        if (bytes->text[i] != '\r')
            text_append_char(&local, bytes->text[i]);
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool good = !local.failed && descriptor >= 0 && !FAILPOINT(maildir_writes) && file_write_all(descriptor, local.text, local.length) &&
                !FAILPOINT(maildir_written) && fsync(descriptor) == 0;
    if (descriptor >= 0)
        good = close(descriptor) == 0 && good;
    text_release(&local);
    return good;
}

bool maildir_deliver(const char *folder, const char *unique, const struct text *bytes, struct error *error)
{
    struct text draft = {0}, final = {0}, new_folder = {0};
    text_format(&draft, "%s/tmp/%s.dsrd", folder, unique);
    text_format(&final, "%s/new/%s.dsrd", folder, unique);
    text_format(&new_folder, "%s/new", folder);
    bool good = maildir_make(folder, error);
    if (good && (!write_file(draft.text, bytes) || FAILPOINT(maildir_synced) || rename(draft.text, final.text) != 0 ||
                 FAILPOINT(maildir_renamed) || !sync_folder(new_folder.text) || FAILPOINT(maildir_delivered)))
        good = fail(final.text, error);
    text_release(&draft);
    text_release(&final);
    text_release(&new_folder);
    return good;
}
