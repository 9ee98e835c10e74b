// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/box.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/text.h"

static bool write_key(const char *path, mode_t mode, const unsigned char *key, struct error *error)
{
    char line[sodium_base64_ENCODED_LEN(DESCRIBE_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL) + 1];
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    sodium_bin2base64(line, sizeof line - 1, key, DESCRIBE_KEY_BYTES, sodium_base64_VARIANT_ORIGINAL);
    size_t length = strlen(line);
    line[length++] = '\n';
    bool good = descriptor >= 0 && fchmod(descriptor, mode) == 0 && write(descriptor, line, length) == (ssize_t)length && fsync(descriptor) == 0;
    if (!good)
        error_set(error, ERROR_invalid, "FILE", "%s cannot be written: %s.", path, strerror(errno));
    if (descriptor >= 0)
        close(descriptor);
    sodium_memzero(line, sizeof line);
    return good;
}

bool box_make(const char *path, struct error *error)
{
    unsigned char public_key[crypto_box_PUBLICKEYBYTES], secret_key[crypto_box_SECRETKEYBYTES];
    struct text public_path = {0};
    text_format(&public_path, "%s.pub", path);
    crypto_box_keypair(public_key, secret_key);
    bool good = public_path.text != NULL && write_key(path, 0600, secret_key, error) && write_key(public_path.text, 0644, public_key, error);
    sodium_memzero(secret_key, sizeof secret_key);
    text_release(&public_path);
    return good;
}

bool box_read_public(const char *path, unsigned char key[DESCRIBE_KEY_BYTES], struct error *error)
{
    char line[128] = "";
    size_t length = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return error_set(error, ERROR_invalid, "inbox.public_key", "inbox.public_key: %s cannot be read: %s.", path, strerror(errno));
    bool good = fgets(line, sizeof line, file) != NULL &&
                sodium_base642bin(key, DESCRIBE_KEY_BYTES, line, strcspn(line, "\r\n"), NULL, &length, NULL, sodium_base64_VARIANT_ORIGINAL) == 0 &&
                length == DESCRIBE_KEY_BYTES;
    fclose(file);
    return good || error_set(error, ERROR_invalid, "inbox.public_key", "inbox.public_key: %s is no public key; `dsrd-inbox keygen FILE` makes FILE.pub.", path);
}
