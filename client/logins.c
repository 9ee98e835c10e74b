// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/logins.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

enum { FILE_MAXIMUM = 1 << 20 };

// $XDG_CONFIG_HOME counts if it is absolute, as its specification has it. The caller frees; NULL: no home, or no memory.
static char *folder_path(void)
{
    const char *base = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    struct text path = {0};
    if (base != NULL && base[0] == '/')
        text_format(&path, "%s/dsr", base);
    else if (home != NULL && home[0] == '/')
        text_format(&path, "%s/.config/dsr", home);
    return text_take(&path);
}

static char *file_path(const char *ending, struct error *error)
{
    struct text path = {0};
    char *folder = folder_path();
    if (folder != NULL)
        text_format(&path, "%s/logins%s", folder, ending);
    free(folder);
    char *made = text_take(&path);
    if (made == NULL)
        error_set(error, ERROR_invalid, "HOME", "It is not known where to keep tokens: HOME is not set.");
    return made;
}

static bool read_whole(int file, const char *path, char **content, size_t *length, struct error *error)
{
    struct stat status;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size > FILE_MAXIMUM)
        return error_set(error, ERROR_invalid, path, "%s is not the file that `dsr login` writes.", path);
    // What others could read may have been read: the token is no secret any more.
    if (status.st_uid != geteuid() || (status.st_mode & 077) != 0)
        return error_set(error, ERROR_invalid, path,
                         "%s must be yours and closed to others (chmod 600); then log in again with a new token.", path);
    *content = calloc(1, (size_t)status.st_size + 1);
    if (*content == NULL)
        return memory_error(error);
    ssize_t got = read(file, *content, (size_t)status.st_size);
    *length = got > 0 ? (size_t)got : 0;
    return got == status.st_size || error_set(error, ERROR_invalid, path, "%s cannot be read whole.", path);
}

// {"https://...": {"token", "ca_file"}}; empty when there is no file. New reference, or NULL and an error.
static json_t *load(struct error *error)
{
    char *path = file_path("", error), *content = NULL;
    size_t length = 0;
    json_t *all = NULL;
    if (path == NULL)
        return NULL;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 && errno == ENOENT) {
        all = json_object();
    } else if (file < 0) {
        error_set(error, ERROR_invalid, path, "%s cannot be read: %s.", path, strerror(errno));
    } else if (read_whole(file, path, &content, &length, error)) {
        all = json_read(content, length, JSON_REJECT_DUPLICATES, NULL);
        if (!json_is_object(all)) {
            error_set(error, ERROR_invalid, path, "%s is damaged; remove it and log in again.", path);
            json_decref(all);
            all = NULL;
        }
    }
    if (content != NULL)
        sodium_memzero(content, length);
    free(content);
    if (file >= 0)
        close(file);
    free(path);
    return all;
}

// Every folder on the way that is missing, for this user alone.
static bool make_folder(struct error *error)
{
    char *folder = folder_path();
    bool good = folder != NULL;
    for (char *slash = folder != NULL ? strchr(folder + 1, '/') : NULL; slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(folder, 0700); // the last one tells whether it was made
        *slash = '/';
    }
    good = good && (mkdir(folder, 0700) == 0 || errno == EEXIST);
    if (!good)
        error_set(error, ERROR_invalid, "HOME", "%s cannot be made: %s.", folder != NULL ? folder : "The folder for tokens",
                  strerror(errno));
    free(folder);
    return good;
}

// Written beside and moved into place: a crash leaves the old file or the new one.
static bool store(const json_t *all, struct error *error)
{
    char beside_name[32];
    snprintf(beside_name, sizeof beside_name, ".%ld", (long)getpid());
    char *path = file_path("", error), *beside = path != NULL ? file_path(beside_name, error) : NULL;
    char *content = json_dumps(all, JSON_INDENT(1) | JSON_SORT_KEYS);
    bool good = beside != NULL && content != NULL && make_folder(error);
    if (good) {
        unlink(beside);
        int file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        size_t length = strlen(content);
        good = file >= 0 && write(file, content, length) == (ssize_t)length && fsync(file) == 0;
        good = (file < 0 || close(file) == 0) && good && rename(beside, path) == 0;
        if (!good)
            error_set(error, ERROR_invalid, path, "%s cannot be written: %s.", path, strerror(errno));
        if (!good)
            unlink(beside);
    }
    if (content != NULL)
        sodium_memzero(content, strlen(content));
    free(content);
    free(beside);
    free(path);
    return good;
}

bool logins_find(const char *server, struct login *login, struct error *error)
{
    *login = (struct login){0};
    json_t *all = load(error);
    const json_t *one = json_object_get(all, server);
    const char *token = json_text(one, "token"), *ca_file = json_text(one, "ca_file");
    snprintf(login->token, sizeof login->token, "%s", token != NULL ? token : "");
    snprintf(login->ca_file, sizeof login->ca_file, "%s", ca_file != NULL ? ca_file : "");
    bool good = all != NULL;
    json_decref(all);
    return good;
}

bool logins_keep(const char *server, const struct login *login, struct error *error)
{
    json_t *all = load(error);
    json_t *one = json_pack("{s:s, s:s}", "token", login->token, "ca_file", login->ca_file);
    bool good = all != NULL && json_object_set(all, server, one) == 0 && store(all, error);
    json_decref(one);
    json_decref(all);
    return good;
}

bool logins_drop(const char *server, struct error *error)
{
    json_t *all = load(error);
    bool good = all != NULL && (json_object_del(all, server) != 0 || store(all, error));
    json_decref(all);
    return good;
}

bool logins_only(char server[TARGET_SIZE])
{
    struct error ignored;
    json_t *all = load(&ignored);
    bool good = json_object_size(all) == 1;
    if (good)
        snprintf(server, TARGET_SIZE, "%s", json_object_iter_key(json_object_iter(all)));
    json_decref(all);
    return good;
}
