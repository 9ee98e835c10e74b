// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/login_file.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "vault/secret_file.h"

static bool read_line(FILE *file, char line[LOGIN_LINE_SIZE])
{
    if (fgets(line, LOGIN_LINE_SIZE, file) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return line[0] != '\0';
}

bool login_read(const char *name, const char *path, const char *field, struct login *login, struct error *error)
{
    char given[PATH_MAX];
    bool by_manager = secret_given(name, given);
    mode_t closed_to = by_manager ? 07 : 077;
    struct stat status;
    if (by_manager)
        path = given;
    if (path[0] == '\0')
        return true;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return error_set(error, ERROR_invalid, field, "%s: %s cannot be read: %s.", field, path, strerror(errno));
    bool narrow = fstat(fileno(file), &status) == 0 && (status.st_mode & closed_to) == 0;
    bool good = narrow && read_line(file, login->user) && read_line(file, login->password);
    fclose(file);
    if (!narrow)
        return error_set(error, ERROR_invalid, field, "%s: %s must be readable by its owner only (chmod 600).", field, path);
    if (!good)
        error_set(error, ERROR_invalid, field, "%s: %s must hold two lines, user and password.", field, path);
    return good;
}

void login_wipe(struct login *login)
{
    sodium_memzero(login, sizeof *login);
}
