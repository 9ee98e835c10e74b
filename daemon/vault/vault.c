// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/vault.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "shared/date.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "shared/text.h"
#include "vault/secret_file.h"

enum {
    ENVELOPE_VERSION = 1,
    HEADER_LENGTH = 1 + 4,
    NONCE_LENGTH = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    TAG_LENGTH = crypto_aead_xchacha20poly1305_ietf_ABYTES,
    PAD_BLOCK = 32, // so that a length says little
};

struct state { // in guarded, locked memory too
    struct ring *ring;
    struct stat seen; // the file that `ring` was read from
    time_t looked_at;
    unsigned long generation; // counts the rings read
    bool demands_trust, trusted;
    unsigned char wrap[CREDENTIAL_LENGTH];
};

struct vault {
    char *path;
    struct state *state;
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
    snprintf(uuid, UUID_TEXT_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
             b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14],
             b[15]);
}

bool vault_create(const char *ring_path, const char *credential_path, const struct ring_policy *policy,
                  struct error *error)
{
    unsigned char wrap[CREDENTIAL_LENGTH];
    if (sodium_init() < 0)
        return error_set(error, ERROR_internal, "", "The cryptographic library cannot start.");
    if (!credential_create(credential_path, error) || !credential_read(credential_path, wrap, error))
        return false;
    struct ring *ring = ring_new();
    bool good = ring != NULL && ring_fill(ring, policy, time(NULL));
    if (good)
        good = ring_write(ring_path, ring, wrap, -1, error) == SECRET_WRITTEN;
    else
        error_set(error, ERROR_internal, "", "No memory for a key ring, or too many keys for one.");
    ring_free(ring);
    sodium_memzero(wrap, sizeof wrap);
    return good;
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size && a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_dev == b->st_dev; // GCOVR_EXCL_BR_LINE: equal numbers on two file systems
}

// Takes the keys from the file. One that was replaced while it was read is read again: the old one may have
// been overwritten by then.
static bool read_ring(const char *path, struct state *state, struct error *error)
{
    for (;;) {
        struct stat before = {0}, after = {0};
        stat(path, &before);
        struct ring *fresh = ring_read(path, state->wrap, error);
        if (fresh == NULL && stat(path, &after) == 0 && !is_same_file(&before, &after))
            continue;
        state->seen = before;
        if (fresh == NULL)
            return false;
        ring_free(state->ring);
        state->ring = fresh;
        state->generation++;
        state->trusted = false;
        return true;
    }
}

// A ring that was copied here, or lost a key, is used from now on. One that cannot be read changes nothing,
// and is reported once.
static void follow_file(const struct vault *vault, bool at_once)
{
    struct state *state = vault->state;
    struct stat now;
    struct error error;
    time_t second = time(NULL);
    if (second == state->looked_at && !at_once)
        return;
    state->looked_at = second;
    if (stat(vault->path, &now) != 0 || is_same_file(&now, &state->seen))
        return;
    if (read_ring(vault->path, state, &error))
        log_notice("the key ring has changed and was read again");
    else
        log_error("the key ring has changed and cannot be used, so the keys read before stay in use: %s",
                  error.text);
}

struct vault *vault_open(const char *ring_path, const char *credential_path, struct error *error)
{
    struct vault *vault = calloc(1, sizeof *vault);
    if (sodium_init() < 0 || vault == NULL || (vault->path = strdup(ring_path)) == NULL ||
        (vault->state = sodium_malloc(sizeof *vault->state)) == NULL) {
        memory_error(error);
        vault_close(vault);
        return NULL;
    }
    *vault->state = (struct state){.looked_at = time(NULL)};
    if (credential_read(credential_path, vault->state->wrap, error) &&
        read_ring(ring_path, vault->state, error)) {
        vault->state->trusted = true;
        return vault;
    }
    vault_close(vault);
    return NULL;
}

void vault_close(struct vault *vault)
{
    if (vault == NULL)
        return;
    if (vault->state != NULL)
        ring_free(vault->state->ring);
    sodium_free(vault->state); // wipes; NULL is fine
    free(vault->path);
    free(vault);
}

void vault_demand_trust(struct vault *vault)
{
    vault->state->demands_trust = true;
}

unsigned long vault_generation(const struct vault *vault)
{
    follow_file(vault, true);
    return vault->state->generation;
}

void vault_trust(struct vault *vault, unsigned long generation)
{
    if (vault->state->generation == generation)
        vault->state->trusted = true;
}

bool vault_is_trusted(const struct vault *vault)
{
    follow_file(vault, true);
    return vault->state->trusted || !vault->state->demands_trust;
}

// The file as it was read last, and that ring trusted: what we change in it ourselves is trusted too.
static bool keeps_trust(const struct vault *vault)
{
    struct stat now;
    return vault->state->trusted && stat(vault->path, &now) == 0 && is_same_file(&now, &vault->state->seen);
}

static const struct ring_key *key_to_seal_with(const struct vault *vault, struct error *error)
{
    char text[DATE_TEXT_SIZE];
    int64_t now = time(NULL), newest = 0;
    follow_file(vault, false);
    const struct ring *ring = vault->state->ring;
    const struct ring_key *key = ring_current(ring, now);
    if (key == NULL)
        follow_file(vault, true);
    ring = vault->state->ring;
    key = ring_current(ring, now);
    if (key != NULL && vault->state->demands_trust && !vault->state->trusted) {
        error_set(error, ERROR_unavailable, "vault.ring",
                  "The key ring has changed and is compared with the database first; try again in a moment.");
        return NULL;
    }
    for (size_t i = 0; key == NULL && i < ring->count; i++)
        if (ring->keys[i].seals && ring->keys[i].ends > newest)
            newest = ring->keys[i].ends;
    if (key == NULL)
        error_set(error, ERROR_unavailable, "vault.ring",
                  "The key ring has no key for now (its last one ended on %s), so nothing is written: an "
                  "operator copies the "
                  "ring from the host that makes the keys, or runs `dsrd keys make` there.",
                  date_format((date)(newest / 86400), text));
    return key;
}

bool vault_can_seal(const struct vault *vault, struct error *error)
{
    return key_to_seal_with(vault, error) != NULL;
}

int64_t vault_covered_until(const struct vault *vault)
{
    int64_t now = time(NULL);
    follow_file(vault, false);
    return ring_current(vault->state->ring, now) != NULL ? ring_covered_until(vault->state->ring, now) : 0;
}

// A change of the ring, by `change`; how many keys it made or took, -1 for an error.
struct change {
    int (*change)(struct ring *ring, const struct change *change);
    const struct ring_policy *policy;
    const json_t *ids;
    bool anew;
};

// One try, under the lock of the file. What is in the file after it is what is used.
static enum secret_place change_once(struct vault *vault, const struct change *change, int *count, struct error *error)
{
    struct state *state = vault->state;
    struct error ignored;
    enum secret_place place = SECRET_FAILED;
    int lock = secret_lock(vault->path, error);
    if (lock < 0)
        return SECRET_FAILED;
    bool trust = keeps_trust(vault);
    if (state->demands_trust && !trust)
        error_set(error, ERROR_unavailable, "vault.ring", "The key ring has changed and is compared with the database first.");
    else if (read_ring(vault->path, state, error)) {
        *count = change->change(state->ring, change);
        if (*count < 0)
            error_set(error, ERROR_invalid, "vault.ring", "The key ring is full (%d keys): old ones must be destroyed first.",
                      RING_KEYS_MAXIMUM);
        else
            place = *count > 0 ? ring_write(vault->path, state->ring, state->wrap, lock, error) : SECRET_WRITTEN;
        if (place != SECRET_WRITTEN || *count > 0)
            read_ring(vault->path, state, &ignored);
        state->trusted = trust && place == SECRET_WRITTEN;
    }
    close(lock);
    return place;
}

static bool change_ring(struct vault *vault, const struct change *change, int *count, struct error *error)
{
    enum secret_place place;
    do
        place = change_once(vault, change, count, error);
    while (place == SECRET_CHANGED);
    return place == SECRET_WRITTEN;
}

static int extend(struct ring *ring, const struct change *change)
{
    int64_t now = time(NULL);
    if (change->anew)
        ring_end_all(ring, now);
    return ring_extend(ring, change->policy, now);
}

bool vault_extend(struct vault *vault, const struct ring_policy *policy, bool anew, int *made,
                  struct error *error)
{
    const struct change change = {.change = extend, .policy = policy, .anew = anew};
    *made = 0;
    return change_ring(vault, &change, made, error);
}

static int end_far(struct ring *ring, const struct change *change)
{
    return ring_end_far(ring, change->policy, time(NULL));
}

bool vault_end_far(struct vault *vault, const struct ring_policy *policy, int *ended, struct error *error)
{
    const struct change change = {.change = end_far, .policy = policy};
    *ended = 0;
    return change_ring(vault, &change, ended, error);
}

static int take_out(struct ring *ring, const struct change *change)
{
    size_t index, before = ring->count;
    json_t *id;
    json_array_foreach(change->ids, index, id) ring_remove(ring, (uint32_t)json_integer_value(id));
    return (int)(before - ring->count);
}

bool vault_destroy(struct vault *vault, const json_t *ids, struct error *error)
{
    const struct change change = {.change = take_out, .ids = ids};
    int taken = 0;
    return change_ring(vault, &change, &taken, error);
}

static json_t *instant(int64_t seconds)
{
    return seconds == RING_OPEN_END ? json_null() : json_integer(seconds);
}

json_t *vault_keys(const struct vault *vault, const struct ring_policy *policy)
{
    int64_t now = time(NULL);
    follow_file(vault, true);
    const struct ring *ring = vault->state->ring;
    const struct ring_key *current = ring_current(ring, now);
    json_t *keys = json_array();
    for (size_t i = 0; keys != NULL && i < ring->count; i++) {
        const struct ring_key *key = &ring->keys[i];
        char mark[RING_MARK_HEX];
        int64_t dies = ring_key_dies(key, policy);
        if (!key->seals)
            continue;
        ring_key_mark(key, mark);
        const char *state = key == current      ? "current"
                            : key->starts > now ? "ahead"
                            : dies <= now       ? "due"
                                                : "ended";
        json_t *entry = json_pack("{s:I, s:s, s:I, s:o, s:o, s:s}", "id", (json_int_t)key->id, "mark", mark, "starts", (json_int_t)key->starts,
                                  "ends", instant(key->ends), "dies", instant(dies), "state", state);
        if (json_array_append_new(keys, entry) != 0) {
            json_decref(keys);
            keys = NULL;
        }
    }
    return keys;
}

static bool associated_data(struct text *data, const char *table, const char *column, const char *row,
                            uint32_t key)
{
    text_format(data, "dsrd.v1|%s|%s|%s|%u", table, column, row, key);
    return !data->failed;
}

char *vault_seal(const struct vault *vault, const char *table, const char *column, const char *row,
                 const void *bytes, size_t length, struct error *error)
{
    const struct ring_key *key = key_to_seal_with(vault, error);
    if (key == NULL)
        return NULL;
    struct text data = {0};
    size_t padded = 0, room = length + PAD_BLOCK;
    unsigned char *plain = malloc(room);
    unsigned char *envelope = malloc(HEADER_LENGTH + NONCE_LENGTH + room + TAG_LENGTH);
    char *text = NULL;
    if (plain == NULL || envelope == NULL || !associated_data(&data, table, column, row, key->id))
        goto cleanup;
    memcpy(plain, bytes, length);
    sodium_pad(&padded, plain, length, PAD_BLOCK, room); // there is room for a whole block
    envelope[0] = ENVELOPE_VERSION;
    for (int i = 0; i < 4; i++)
        envelope[1 + i] = (unsigned char)(key->id >> (24 - 8 * i));
    randombytes_buf(envelope + HEADER_LENGTH, NONCE_LENGTH);
    unsigned long long sealed = 0;
    crypto_aead_xchacha20poly1305_ietf_encrypt(envelope + HEADER_LENGTH + NONCE_LENGTH, &sealed, plain,
                                               padded, (unsigned char *)data.text, data.length, NULL,
                                               envelope + HEADER_LENGTH, key->bytes);
    size_t total = HEADER_LENGTH + NONCE_LENGTH + (size_t)sealed;
    size_t size = sodium_base64_encoded_len(total, sodium_base64_VARIANT_ORIGINAL);
    text = malloc(size);
    if (text != NULL)
        sodium_bin2base64(text, size, envelope, total, sodium_base64_VARIANT_ORIGINAL);
cleanup:
    if (text == NULL)
        memory_ran_out(error);
    if (plain != NULL)
        sodium_memzero(plain, room);
    free(plain);
    free(envelope);
    text_release(&data);
    return text;
}

static uint32_t envelope_key(const unsigned char *envelope)
{
    uint32_t id = 0;
    for (int i = 0; i < 4; i++)
        id = id << 8 | envelope[1 + i];
    return id;
}

static const struct ring_key *key_to_open_with(const struct vault *vault, uint32_t id)
{
    follow_file(vault, false);
    const struct ring_key *key = ring_find(vault->state->ring, id);
    if (key == NULL)
        follow_file(vault, true); // another host may have sealed it by a newer key, and the ring have been
                                  // copied this second
    return key != NULL ? key : ring_find(vault->state->ring, id);
}

// *missing: the key that the ring lacks, else 0.
static bool open_envelope(const struct vault *vault, const char *table, const char *column, const char *row,
                          const unsigned char *envelope, size_t length, char *plain, size_t *plain_length,
                          uint32_t *missing)
{
    if (length < HEADER_LENGTH + NONCE_LENGTH + TAG_LENGTH + PAD_BLOCK || envelope[0] != ENVELOPE_VERSION)
        return false;
    uint32_t id = envelope_key(envelope);
    const struct ring_key *key = key_to_open_with(vault, id);
    struct text data = {0};
    unsigned long long opened = 0;
    *missing = key == NULL ? id : 0;
    bool good = key != NULL && associated_data(&data, table, column, row, id) &&
                crypto_aead_xchacha20poly1305_ietf_decrypt(
                    (unsigned char *)plain, &opened, NULL, envelope + HEADER_LENGTH + NONCE_LENGTH,
                    length - HEADER_LENGTH - NONCE_LENGTH, (unsigned char *)data.text, data.length,
                    envelope + HEADER_LENGTH, key->bytes) == 0;
    good = good && sodium_unpad(plain_length, (unsigned char *)plain, (size_t)opened, PAD_BLOCK) == 0; // GCOVR_EXCL_BR_LINE: what is genuine was padded
    text_release(&data);
    return good;
}

bool vault_unseal(const struct vault *vault, const char *table, const char *column, const char *row,
                  const char *envelope, char **bytes, size_t *length, struct error *error)
{
    size_t text_length = strlen(envelope), binary_length = 0;
    uint32_t missing = 0;
    unsigned long memory = memory_failures();
    unsigned char *binary = malloc(text_length + 1);
    char *plain = calloc(1, text_length + 1);
    bool room = binary != NULL && plain != NULL;
    bool good = room &&
                sodium_base642bin(binary, text_length, envelope, text_length, NULL, &binary_length, NULL,
                                  sodium_base64_VARIANT_ORIGINAL) == 0 &&
                open_envelope(vault, table, column, row, binary, binary_length, plain, length, &missing);
    free(binary);
    if (good) {
        plain[*length] = '\0';
        *bytes = plain;
        return true;
    }
    free(plain);
    if (!room || !memory_sufficed(memory, error))
        return memory_error(error);
    if (missing != 0)
        return error_set(error, ERROR_unavailable, "",
                         "A sealed value cannot be opened: its key %u is not in the key ring. It was "
                         "destroyed when its time "
                         "was over, or the ring must be copied here from the host that makes the keys.",
                         missing);
    return error_set(error, ERROR_internal, "", "A sealed value cannot be opened: it was changed or moved.");
}

void vault_lookup(const struct vault *vault, const char *kind, const char *value, char hex[VAULT_LOOKUP_HEX])
{
    unsigned char hash[32];
    crypto_generichash_state state;
    crypto_generichash_init(&state, ring_lookup_key(vault->state->ring)->bytes, RING_KEY_LENGTH, sizeof hash);
    crypto_generichash_update(&state, (const unsigned char *)kind, strlen(kind) + 1);
    crypto_generichash_update(&state, (const unsigned char *)value, strlen(value));
    crypto_generichash_final(&state, hash, sizeof hash);
    sodium_bin2hex(hex, VAULT_LOOKUP_HEX, hash, sizeof hash);
}
