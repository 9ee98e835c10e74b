// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/text.h"

// The ring file is one JSON object: {"version":1,"keys":[{"id","purpose":"seal"|"lookup","created","key"}]}, where key is
// nonce and secretbox, under the credential's key, in base64. New writes use the seal key that comes last, so that a later key takes
// over by being appended; look-up keeps its one key.
enum {
    ENVELOPE_VERSION = 1,
    HEADER_LENGTH = 1 + 4,
    NONCE_LENGTH = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_LENGTH = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    KEY_LENGTH = 32,
    KEYS_MAXIMUM = 64,
    PAD_BLOCK = 32, // so that a length says little
    WRAPPED_LENGTH = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + KEY_LENGTH,
    FILE_MAXIMUM = 65536,
};

struct key {
    uint32_t id;
    bool seals;
    unsigned char bytes[KEY_LENGTH];
};

struct vault { // lives in guarded, locked memory
    struct key keys[KEYS_MAXIMUM];
    size_t count;
};

void vault_mark(const struct vault *vault, char hex[VAULT_LOOKUP_HEX])
{
    vault_lookup(vault, "ring", "mark", hex);
}

void vault_random(void *bytes, size_t length)
{
    randombytes_buf(bytes, length);
}

void vault_uuid(char uuid[UUID_TEXT_SIZE])
{
    unsigned char b[16];
    randombytes_buf(b, sizeof b);
    b[6] = (unsigned char)((b[6] & 0x0F) | 0x40);
    b[8] = (unsigned char)((b[8] & 0x3F) | 0x80);
    snprintf(uuid, UUID_TEXT_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0], b[1], b[2],
             b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

// Reads a secret file whole. It must be ours alone: what others can read is no secret.
static char *read_secret(const char *path, struct error *error)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) {
        error_set(error, ERROR_invalid, path, "%s cannot be read: %s.", path, strerror(errno));
        if (file >= 0)
            close(file);
        return NULL;
    }
    char *content = NULL;
    if (!S_ISREG(status.st_mode) || (status.st_mode & 077) != 0 || status.st_size > FILE_MAXIMUM)
        error_set(error, ERROR_invalid, path, "%s must be a small file that only its owner can read (mode 0600).", path);
    else
        content = calloc(1, (size_t)status.st_size + 1);
    ssize_t got = content != NULL ? read(file, content, (size_t)status.st_size) : -1;
    close(file);
    if (got == status.st_size)
        return content;
    if (content != NULL)
        error_set(error, ERROR_invalid, path, "%s cannot be read whole.", path);
    free(content);
    return NULL;
}

// Written beside and moved into place, so that a crash leaves the old file or the new one; never over an existing one.
static bool write_secret(const char *path, const char *content, struct error *error)
{
    char *beside = NULL;
    if (asprintf(&beside, "%s.new", path) < 0)
        return error_set(error, ERROR_internal, path, "No memory.");
    int file = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    size_t length = strlen(content);
    bool good = file >= 0 && write(file, content, length) == (ssize_t)length && fsync(file) == 0;
    if (file >= 0)
        good = close(file) == 0 && good;
    good = good && link(beside, path) == 0;
    if (!good)
        error_set(error, ERROR_invalid, path, "%s cannot be written: %s.", path, strerror(errno));
    unlink(beside);
    free(beside);
    return good;
}

static bool read_credential(const char *path, unsigned char wrap[KEY_LENGTH], struct error *error)
{
    char *hex = read_secret(path, error);
    if (hex == NULL)
        return false;
    size_t length = 0;
    const char *end;
    bool good = sodium_hex2bin(wrap, KEY_LENGTH, hex, strlen(hex), "\n", &length, &end) == 0 && length == KEY_LENGTH;
    sodium_memzero(hex, strlen(hex));
    free(hex);
    return good || error_set(error, ERROR_invalid, path, "%s holds no credential (64 hexadecimal digits).", path);
}

static bool create_credential(const char *path, struct error *error)
{
    if (access(path, F_OK) == 0)
        return true;
    unsigned char wrap[KEY_LENGTH];
    char hex[2 * KEY_LENGTH + 1];
    randombytes_buf(wrap, sizeof wrap);
    sodium_bin2hex(hex, sizeof hex, wrap, sizeof wrap);
    bool good = write_secret(path, hex, error);
    sodium_memzero(wrap, sizeof wrap);
    sodium_memzero(hex, sizeof hex);
    return good;
}

static json_t *new_key(uint32_t id, const char *purpose, const unsigned char wrap[KEY_LENGTH])
{
    unsigned char key[KEY_LENGTH], wrapped[WRAPPED_LENGTH];
    char text[sodium_base64_ENCODED_LEN(WRAPPED_LENGTH, sodium_base64_VARIANT_ORIGINAL)];
    randombytes_buf(key, sizeof key);
    randombytes_buf(wrapped, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(wrapped + crypto_secretbox_NONCEBYTES, key, sizeof key, wrapped, wrap);
    sodium_bin2base64(text, sizeof text, wrapped, sizeof wrapped, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(key, sizeof key);
    return json_pack("{s:i, s:s, s:I, s:s}", "id", (int)id, "purpose", purpose, "created", (json_int_t)time(NULL), "key", text);
}

bool vault_create(const char *ring_path, const char *credential_path, struct error *error)
{
    unsigned char wrap[KEY_LENGTH];
    if (sodium_init() < 0)
        return error_set(error, ERROR_internal, "", "The cryptographic library cannot start.");
    if (!create_credential(credential_path, error) || !read_credential(credential_path, wrap, error))
        return false;
    json_t *ring = json_pack("{s:i, s:[o, o]}", "version", 1, "keys", new_key(1, "seal", wrap), new_key(2, "lookup", wrap));
    char *text = ring != NULL ? json_dumps(ring, JSON_INDENT(2)) : NULL;
    bool good = text != NULL && write_secret(ring_path, text, error);
    free(text);
    json_decref(ring);
    sodium_memzero(wrap, sizeof wrap);
    return good;
}

static bool load_key(struct vault *vault, json_t *item, const unsigned char wrap[KEY_LENGTH])
{
    unsigned char wrapped[WRAPPED_LENGTH];
    int id = 0;
    const char *purpose, *text;
    size_t length = 0;
    if (vault->count == KEYS_MAXIMUM ||
        json_unpack(item, "{s:i, s:s, s:s}", "id", &id, "purpose", &purpose, "key", &text) != 0 ||
        sodium_base642bin(wrapped, sizeof wrapped, text, strlen(text), NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        length != sizeof wrapped)
        return false;
    struct key *key = &vault->keys[vault->count++];
    key->id = (uint32_t)id;
    key->seals = strcmp(purpose, "seal") == 0;
    return crypto_secretbox_open_easy(key->bytes, wrapped + crypto_secretbox_NONCEBYTES,
                                      sizeof wrapped - crypto_secretbox_NONCEBYTES, wrapped, wrap) == 0;
}

static const struct key *key_for(const struct vault *vault, bool seals)
{
    for (size_t i = vault->count; i > 0; i--)
        if (vault->keys[i - 1].seals == seals)
            return &vault->keys[i - 1];
    return NULL;
}

struct vault *vault_open(const char *ring_path, const char *credential_path, struct error *error)
{
    unsigned char wrap[KEY_LENGTH];
    if (sodium_init() < 0 || !read_credential(credential_path, wrap, error))
        return NULL;
    char *text = read_secret(ring_path, error);
    json_t *ring = text != NULL ? json_loads(text, JSON_REJECT_DUPLICATES, NULL) : NULL;
    struct vault *vault = ring != NULL ? sodium_malloc(sizeof *vault) : NULL;
    bool good = vault != NULL;
    if (good) {
        *vault = (struct vault){0};
        size_t index;
        json_t *item;
        json_array_foreach(json_object_get(ring, "keys"), index, item) good = good && load_key(vault, item, wrap);
        good = good && key_for(vault, true) != NULL && key_for(vault, false) != NULL;
    }
    if (!good && text != NULL)
        error_set(error, ERROR_invalid, ring_path, "%s is no key ring, or %s is not its credential.", ring_path, credential_path);
    sodium_memzero(wrap, sizeof wrap);
    json_decref(ring);
    free(text);
    if (good)
        return vault;
    vault_close(vault);
    return NULL;
}

void vault_close(struct vault *vault)
{
    sodium_free(vault); // wipes; NULL is fine
}

static bool associated_data(struct text *data, const char *table, const char *column, const char *row, uint32_t key)
{
    text_format(data, "dsrd.v1|%s|%s|%s|%u", table, column, row, key);
    return !data->failed;
}

char *vault_seal(const struct vault *vault, const char *table, const char *column, const char *row, const void *bytes,
                 size_t length, struct error *error)
{
    const struct key *key = key_for(vault, true);
    struct text data = {0};
    size_t padded = 0, room = length + PAD_BLOCK;
    unsigned char *plain = malloc(room);
    unsigned char *envelope = malloc(HEADER_LENGTH + NONCE_LENGTH + room + TAG_LENGTH);
    char *text = NULL;
    if (plain == NULL || envelope == NULL || !associated_data(&data, table, column, row, key->id))
        goto cleanup;
    memcpy(plain, bytes, length);
    if (sodium_pad(&padded, plain, length, PAD_BLOCK, room) != 0)
        goto cleanup;
    envelope[0] = ENVELOPE_VERSION;
    for (int i = 0; i < 4; i++)
        envelope[1 + i] = (unsigned char)(key->id >> (24 - 8 * i));
    randombytes_buf(envelope + HEADER_LENGTH, NONCE_LENGTH);
    unsigned long long sealed = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(envelope + HEADER_LENGTH + NONCE_LENGTH, &sealed, plain, padded,
                                               (unsigned char *)data.text, data.length, NULL, envelope + HEADER_LENGTH,
                                               key->bytes);
    size_t total = HEADER_LENGTH + NONCE_LENGTH + (size_t)sealed;
    size_t size = sodium_base64_encoded_len(total, sodium_base64_VARIANT_ORIGINAL);
    text = malloc(size);
    if (text != NULL)
        sodium_bin2base64(text, size, envelope, total, sodium_base64_VARIANT_ORIGINAL);
cleanup:
    if (text == NULL)
        error_set(error, ERROR_internal, "", "No memory to seal with.");
    if (plain != NULL)
        sodium_memzero(plain, room);
    free(plain);
    free(envelope);
    text_release(&data);
    return text;
}

static bool open_envelope(const struct vault *vault, const char *table, const char *column, const char *row,
                          const unsigned char *envelope, size_t length, char *plain, size_t *plain_length)
{
    if (length < HEADER_LENGTH + NONCE_LENGTH + TAG_LENGTH + PAD_BLOCK || envelope[0] != ENVELOPE_VERSION)
        return false;
    uint32_t id = 0;
    for (int i = 0; i < 4; i++)
        id = id << 8 | envelope[1 + i];
    const struct key *key = NULL;
    for (size_t i = 0; i < vault->count; i++)
        if (vault->keys[i].id == id && vault->keys[i].seals)
            key = &vault->keys[i];
    struct text data = {0};
    unsigned long long opened = 0;
    bool good = key != NULL && associated_data(&data, table, column, row, id) &&
                crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)plain, &opened, NULL,
                                                           envelope + HEADER_LENGTH + NONCE_LENGTH,
                                                           length - HEADER_LENGTH - NONCE_LENGTH, (unsigned char *)data.text,
                                                           data.length, envelope + HEADER_LENGTH, key->bytes) == 0 &&
                sodium_unpad(plain_length, (unsigned char *)plain, (size_t)opened, PAD_BLOCK) == 0;
    text_release(&data);
    return good;
}

bool vault_unseal(const struct vault *vault, const char *table, const char *column, const char *row, const char *envelope,
                  char **bytes, size_t *length, struct error *error)
{
    size_t text_length = strlen(envelope), binary_length = 0;
    unsigned char *binary = malloc(text_length + 1);
    char *plain = calloc(1, text_length + 1);
    bool good = binary != NULL && plain != NULL &&
                sodium_base642bin(binary, text_length, envelope, text_length, NULL, &binary_length, NULL,
                                  sodium_base64_VARIANT_ORIGINAL) == 0 &&
                open_envelope(vault, table, column, row, binary, binary_length, plain, length);
    free(binary);
    if (good) {
        plain[*length] = '\0';
        *bytes = plain;
        return true;
    }
    free(plain);
    return error_set(error, ERROR_internal, "", "A sealed value cannot be opened: it was changed, moved, or its key is gone.");
}

void vault_lookup(const struct vault *vault, const char *kind, const char *value, char hex[VAULT_LOOKUP_HEX])
{
    unsigned char hash[32];
    crypto_generichash_state state;
    crypto_generichash_init(&state, key_for(vault, false)->bytes, KEY_LENGTH, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)kind, strlen(kind) + 1);
    crypto_generichash_update(&state, (const unsigned char *)value, strlen(value));
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(hex, VAULT_LOOKUP_HEX, hash, sizeof hash);
}

// NULL when it is no envelope; a JSON null when the caller may not see what is in it.
static json_t *opened_value(const struct vault *vault, const json_t *json, bool may_open, struct error *error)
{
    const char *sealed = json_string_value(json_object_get(json, "sealed"));
    const char *at = json_string_value(json_object_get(json, "at"));
    const char *row = json_string_value(json_object_get(json, "row"));
    const char *dot = at != NULL ? strchr(at, '.') : NULL;
    if (!may_open || sealed == NULL || row == NULL || dot == NULL)
        return json_null();
    char table[64];
    snprintf(table, sizeof table, "%.*s", (int)(dot - at), at);
    char *plain = NULL;
    size_t length;
    if (!vault_unseal(vault, table, dot + 1, row, sealed, &plain, &length, error))
        return NULL;
    json_t *value = json_stringn(plain, length);
    sodium_memzero(plain, length);
    free(plain);
    return value != NULL ? value : json_null();
}

static bool is_envelope(const json_t *json)
{
    return json_is_object(json) && json_object_get(json, "sealed") != NULL && json_object_get(json, "at") != NULL;
}

bool vault_open_json(const struct vault *vault, json_t *json, bool may_open, struct error *error)
{
    const char *name;
    size_t index;
    json_t *child;
    void *next;
    if (json_is_object(json))
        json_object_foreach_safe(json, next, name, child) {
            json_t *value = is_envelope(child) ? opened_value(vault, child, may_open, error) : NULL;
            if (is_envelope(child) ? value == NULL || json_object_set_new(json, name, value) != 0
                                   : !vault_open_json(vault, child, may_open, error))
                return false;
        }
    else if (json_is_array(json))
        json_array_foreach(json, index, child) {
            json_t *value = is_envelope(child) ? opened_value(vault, child, may_open, error) : NULL;
            if (is_envelope(child) ? value == NULL || json_array_set_new(json, index, value) != 0
                                   : !vault_open_json(vault, child, may_open, error))
                return false;
        }
    return true;
}
