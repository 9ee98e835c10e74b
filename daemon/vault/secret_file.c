// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/secret_file.h"

#include "shared/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAXIMUM = 262144 };

char *secret_read(const char *path, bool group_may, struct error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) {
        error_set(error, memory_error_code(errno, ERROR_invalid), path, "%s cannot be read: %s.", path, strerror(errno));
        if (file >= 0)
            close(file);
        return NULL;
    }
    char *content = NULL;
    mode_t closed_to = group_may ? 07 : 077;
    if (!S_ISREG(status.st_mode) || (status.st_mode & closed_to) != 0 || status.st_size > FILE_MAXIMUM)
        error_set(error, ERROR_invalid, path,
                  "%s must be a small file that only its owner can read (mode 0600).", path);
    else if ((content = calloc(1, (size_t)status.st_size + 1)) == NULL)
        memory_error(error);
    ssize_t got = -1;
    while (content != NULL && (got = read(file, content, (size_t)status.st_size)) < 0 && errno == EINTR)
        ; // once more
    close(file);
    if (content != NULL && got != status.st_size) {
        error_set(error, ERROR_invalid, path, "%s cannot be read whole.", path);
        secret_free(content);
        content = NULL;
    }
    return content;
}

void secret_free(char *secret)
{
    if (secret != NULL)
        sodium_memzero(secret, strlen(secret));
    free(secret);
}

// The folder too: until its entry is on the disk, an old name may come back after a power cut.
static bool sync_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else
        slash[slash == folder] = '\0';
    int descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = descriptor >= 0 && fsync(descriptor) == 0;
    if (descriptor >= 0)
        close(descriptor);
    return good;
}

// Best effort: a file system that copies on write keeps the old blocks, which daemon/vault/README.md says.
static void overwrite(int old)
{
    static const char nothing[4096];
    struct stat status;
    if (fstat(old, &status) != 0 || status.st_nlink != 0)
        return;
    for (off_t at = 0; at < status.st_size; at += (off_t)sizeof nothing) {
        off_t left = status.st_size - at;
        if (pwrite(old, nothing, left < (off_t)sizeof nothing ? (size_t)left : sizeof nothing, at) < 0)
            return;
    }
    fsync(old);
}

static bool fill(int file, const char *content, int old)
{
    struct stat status;
    size_t length = strlen(content);
    // Made by root in the place of a file of the user dsrd, it must stay that user's.
    if (old >= 0 && (fstat(old, &status) != 0 ||
                     (status.st_uid != geteuid() && fchown(file, status.st_uid, status.st_gid) != 0)))
        return false;
    return write(file, content, length) == (ssize_t)length && fsync(file) == 0;
}

static bool is_one_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino &&
           a->st_dev == b->st_dev; // GCOVR_EXCL_BR_LINE: equal numbers on two file systems
}

// In the place of the file that is locked, and of no other: whoever copies a file here knows of no lock. The two are exchanged, so that
// what was there is seen before it is lost.
static enum secret_place take_place(const char *beside, const char *path, int locked)
{
    struct stat ours, theirs;
    bool exchanged = renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_EXCHANGE) == 0;
    if (!exchanged && errno != EINVAL && errno != ENOSYS)
        return SECRET_FAILED;
    if (fstat(locked, &ours) != 0 || stat(exchanged ? beside : path, &theirs) != 0)
        return SECRET_FAILED;
    if (is_one_file(&ours, &theirs)) {
        if (exchanged)
            return unlink(beside) == 0 ? SECRET_WRITTEN : SECRET_FAILED;
        return rename(beside, path) == 0 ? SECRET_WRITTEN : SECRET_FAILED; // a file system that exchanges nothing
    }
    if (exchanged && renameat2(AT_FDCWD, beside, AT_FDCWD, path, RENAME_EXCHANGE) != 0)
        return SECRET_FAILED;
    return SECRET_CHANGED;
}

enum secret_place secret_write(const char *path, const char *content, int locked, struct error *error)
{
    char beside[PATH_MAX];
    enum secret_place place = SECRET_FAILED;
    bool good = (size_t)snprintf(beside, sizeof beside, "%s.new", path) < sizeof beside;
    int file = good ? open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600) : -1;
    good = file >= 0 && fill(file, content, locked);
    if (file >= 0)
        good = close(file) == 0 && good;
    if (good && locked >= 0)
        place = take_place(beside, path, locked);
    else if (good && link(beside, path) == 0)
        place = SECRET_WRITTEN;
    if (place == SECRET_FAILED)
        error_set(error, ERROR_invalid, path, "%s cannot be written: %s.", path, strerror(errno));
    if (file >= 0 && !(place == SECRET_WRITTEN && locked >= 0))
        unlink(beside);
    if (place == SECRET_WRITTEN && !sync_folder(path)) {
        error_set(error, ERROR_invalid, path, "%s is not safely on the disk: %s.", path, strerror(errno));
        place = SECRET_FAILED;
    }
    if (place == SECRET_WRITTEN && locked >= 0)
        overwrite(locked);
    return place;
}

int secret_lock(const char *path, struct error *error)
{
    for (;;) {
        struct stat mine, now;
        int descriptor = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
        if (descriptor < 0 || flock(descriptor, LOCK_EX) != 0 || fstat(descriptor, &mine) != 0) {
            error_set(error, ERROR_invalid, path, "%s cannot be opened to change it: %s.", path,
                      strerror(errno));
            if (descriptor >= 0)
                close(descriptor);
            return -1;
        }
        // Who had it before may have put another file in its place: that one is to be locked then.
        if (stat(path, &now) == 0 && is_one_file(&now, &mine))
            return descriptor;
        close(descriptor);
    }
}

bool secret_given(const char *name, char path[PATH_MAX])
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    if (folder == NULL || folder[0] != '/')
        return false;
    return snprintf(path, PATH_MAX, "%s/%s", folder, name) < PATH_MAX && access(path, F_OK) == 0;
}

bool credential_read(const char *path, unsigned char wrap[CREDENTIAL_LENGTH], struct error *error)
{
    char given[PATH_MAX];
    bool by_manager = secret_given("credential", given);
    const char *chosen = by_manager ? given : path;
    char *hex = secret_read(chosen, by_manager, error);
    if (hex == NULL)
        return false;
    size_t length = 0;
    const char *end;
    bool good = sodium_hex2bin(wrap, CREDENTIAL_LENGTH, hex, strlen(hex), "\n", &length, &end) == 0 &&
                length == CREDENTIAL_LENGTH;
    secret_free(hex);
    if (!good)
        error_set(error, ERROR_invalid, chosen, "%s holds no credential (64 hexadecimal digits).", chosen);
    return good;
}

bool credential_create(const char *path, struct error *error)
{
    if (access(path, F_OK) == 0)
        return true;
    unsigned char wrap[CREDENTIAL_LENGTH];
    char hex[2 * CREDENTIAL_LENGTH + 1];
    randombytes_buf(wrap, sizeof wrap);
    sodium_bin2hex(hex, sizeof hex, wrap, sizeof wrap);
    bool good = secret_write(path, hex, -1, error) == SECRET_WRITTEN;
    sodium_memzero(wrap, sizeof wrap);
    sodium_memzero(hex, sizeof hex);
    return good;
}
