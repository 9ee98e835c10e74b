// SPDX-License-Identifier: GPL-3.0-or-later
#include "vault/ring.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "shared/json.h"
#include "shared/memory.h"
#include "vault/secret_file.h"

// The file is one JSON object: {"version":2,"keys":[{"id","purpose":"seal","from","until","key"},
// {"id","purpose":"lookup","key"}]}, where key is nonce and secretbox in base64, under a key derived from the
// credential and all that is said of it, so that no bucket can be stretched by hand. Version 1 knew no
// buckets: one seal key without an end, wrapped by the credential itself. It is read, and written as
// version 2.
enum {
    WRAPPED_LENGTH = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + RING_KEY_LENGTH,
    WRAPPED_TEXT = sodium_base64_ENCODED_LEN(WRAPPED_LENGTH, sodium_base64_VARIANT_ORIGINAL),
    DAY = 24 * 60 * 60,
};

struct ring *ring_new(void)
{
    struct ring *ring = sodium_malloc(sizeof *ring);
    if (ring != NULL)
        *ring = (struct ring){0};
    return ring;
}

void ring_free(struct ring *ring)
{
    sodium_free(ring); // wipes; NULL is fine
}

static void wrapping_key(const struct ring_key *key, const unsigned char *wrap,
                         unsigned char derived[RING_KEY_LENGTH])
{
    char about[160];
    int length = snprintf(about, sizeof about, "dsrd.ring.v2|%u|%s|%lld|%lld", key->id,
                          key->seals ? "seal" : "lookup", (long long)key->starts, (long long)key->ends);
    crypto_generichash(derived, RING_KEY_LENGTH, (const unsigned char *)about, (size_t)length, wrap,
                       RING_KEY_LENGTH);
}

static json_t *key_to_json(const struct ring_key *key, const unsigned char *wrap)
{
    unsigned char derived[RING_KEY_LENGTH], wrapped[WRAPPED_LENGTH];
    char text[WRAPPED_TEXT];
    wrapping_key(key, wrap, derived);
    randombytes_buf(wrapped, crypto_secretbox_NONCEBYTES);
    crypto_secretbox_easy(wrapped + crypto_secretbox_NONCEBYTES, key->bytes, sizeof key->bytes, wrapped,
                          derived);
    sodium_bin2base64(text, sizeof text, wrapped, sizeof wrapped, sodium_base64_VARIANT_ORIGINAL);
    sodium_memzero(derived, sizeof derived);
    if (!key->seals)
        return json_pack("{s:I, s:s, s:s}", "id", (json_int_t)key->id, "purpose", "lookup", "key", text);
    return json_pack("{s:I, s:s, s:I, s:I, s:s}", "id", (json_int_t)key->id, "purpose", "seal", "from",
                     (json_int_t)key->starts, "until", (json_int_t)key->ends, "key", text);
}

static bool key_from_json(struct ring_key *key, const json_t *json, int version, const unsigned char *wrap)
{
    unsigned char derived[RING_KEY_LENGTH], wrapped[WRAPPED_LENGTH];
    json_int_t id = 0, starts = 0, ends = 0;
    const char *purpose = json_string_value(json_object_get(json, "purpose")),
               *text = json_string_value(json_object_get(json, "key"));
    size_t length = 0;
    if (purpose == NULL || text == NULL ||
        json_unpack_ex((json_t *)(uintptr_t)json, NULL, 0, "{s:I, s?I, s?I}", "id", &id, "from", &starts,
                       "until", &ends) != 0 ||
        id < 1 || id > UINT32_MAX ||
        sodium_base642bin(wrapped, sizeof wrapped, text, strlen(text), NULL, &length, NULL,
                          sodium_base64_VARIANT_ORIGINAL) != 0 ||
        length != sizeof wrapped)
        return false;
    *key = (struct ring_key){
        .id = (uint32_t)id, .seals = strcmp(purpose, "seal") == 0, .starts = starts, .ends = ends};
    if (version == 1) {
        memcpy(derived, wrap, sizeof derived);
        key->ends = key->seals ? RING_OPEN_END : 0;
    } else {
        wrapping_key(key, wrap, derived);
    }
    bool good =
        crypto_secretbox_open_easy(key->bytes, wrapped + crypto_secretbox_NONCEBYTES,
                                   sizeof wrapped - crypto_secretbox_NONCEBYTES, wrapped, derived) == 0;
    sodium_memzero(derived, sizeof derived);
    return good;
}

struct ring *ring_read(const char *path, const unsigned char *wrap, struct error *error)
{
    char *text = secret_read(path, false, error);
    if (text == NULL)
        return NULL;
    json_t *json = json_read_text(text, JSON_REJECT_DUPLICATES), *item;
    int version = (int)json_integer_value(json_object_get(json, "version"));
    const json_t *keys = json_object_get(json, "keys");
    struct ring *ring = ring_new();
    bool good = ring != NULL && (version == 1 || version == 2) && json_array_size(keys) <= RING_KEYS_MAXIMUM;
    size_t index;
    json_array_foreach(keys, index, item)
    {
        good = good && key_from_json(&ring->keys[ring->count], item, version, wrap);
        if (good)
            ring->count++;
    }
    json_decref(json);
    secret_free(text);
    if (good && ring_lookup_key(ring) != NULL)
        return ring;
    ring_free(ring);
    error_set(error, ERROR_invalid, path,
              "%s is no key ring, or the credential is not the one that opens it.", path);
    return NULL;
}

enum secret_place ring_write(const char *path, const struct ring *ring, const unsigned char *wrap, int locked,
                             struct error *error)
{
    json_t *keys = json_array();
    for (size_t i = 0; i < ring->count; i++)
        json_array_append_new(keys, key_to_json(&ring->keys[i], wrap));
    json_t *json = json_pack("{s:i, s:o}", "version", 2, "keys", keys);
    char *text =
        json != NULL && json_array_size(keys) == ring->count ? json_dumps(json, JSON_INDENT(2)) : NULL;
    enum secret_place place = SECRET_FAILED;
    if (text != NULL)
        place = secret_write(path, text, locked, error);
    else
        memory_error(error);
    free(text);
    json_decref(json);
    return place;
}

static struct ring_key *add_key(struct ring *ring, bool seals, int64_t starts, int64_t ends)
{
    if (ring->count == RING_KEYS_MAXIMUM)
        return NULL;
    struct ring_key *key = &ring->keys[ring->count];
    *key = (struct ring_key){.id = 1, .seals = seals, .starts = starts, .ends = ends};
    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].id >= key->id)
            key->id = ring->keys[i].id + 1;
    randombytes_buf(key->bytes, sizeof key->bytes);
    ring->count++;
    return key;
}

int ring_extend(struct ring *ring, const struct ring_policy *policy, int64_t now)
{
    const int64_t bucket = (int64_t)policy->bucket_days * DAY;
    int added = 0;
    for (size_t i = 0; i < ring->count; i++) {
        struct ring_key *key = &ring->keys[i];
        if (key->seals &&
            key->ends ==
                RING_OPEN_END) { // its bucket ends now: dumps made until now stay readable as long as any
            key->starts = now - bucket;
            key->ends = now;
        }
    }
    for (int64_t at = now; at <= now + policy->buckets_ahead * bucket;) {
        const struct ring_key *key = ring_current(ring, at);
        if (key == NULL) {
            key = add_key(ring, true, at, at + bucket);
            added++;
        }
        if (key == NULL)
            return -1;
        at = key->ends;
    }
    return added;
}

bool ring_fill(struct ring *ring, const struct ring_policy *policy, int64_t now)
{
    return add_key(ring, false, 0, 0) != NULL && ring_extend(ring, policy, now) > 0;
}

void ring_end_all(struct ring *ring, int64_t now)
{
    for (size_t i = 0; i < ring->count; i++) {
        struct ring_key *key = &ring->keys[i];
        if (!key->seals || key->ends <= now)
            continue;
        key->ends = now;
        if (key->starts > now)
            key->starts = now;
    }
}

int ring_end_far(struct ring *ring, const struct ring_policy *policy, int64_t now)
{
    int ended = 0;
    for (size_t i = 0; i < ring->count; i++) {
        struct ring_key *key = &ring->keys[i];
        if (!key->seals || key->starts <= now + (policy->buckets_ahead + 1LL) * policy->bucket_days * DAY)
            continue;
        key->starts = key->ends = now;
        ended++;
    }
    return ended;
}

void ring_remove(struct ring *ring, uint32_t id)
{
    for (size_t i = 0; i < ring->count; i++) {
        if (!ring->keys[i].seals || ring->keys[i].id != id)
            continue;
        memmove(&ring->keys[i], &ring->keys[i + 1], (ring->count - i - 1) * sizeof ring->keys[0]);
        ring->count--;
        sodium_memzero(&ring->keys[ring->count], sizeof ring->keys[0]);
        return;
    }
}

// Where buckets overlap, after a clock was set back, the key made last counts.
const struct ring_key *ring_current(const struct ring *ring, int64_t now)
{
    for (size_t i = ring->count; i > 0; i--) {
        const struct ring_key *key = &ring->keys[i - 1];
        if (key->seals && key->starts <= now && now < key->ends)
            return key;
    }
    return NULL;
}

const struct ring_key *ring_find(const struct ring *ring, uint32_t id)
{
    for (size_t i = 0; i < ring->count; i++)
        if (ring->keys[i].seals && ring->keys[i].id == id)
            return &ring->keys[i];
    return NULL;
}

const struct ring_key *ring_lookup_key(const struct ring *ring)
{
    for (size_t i = 0; i < ring->count; i++)
        if (!ring->keys[i].seals)
            return &ring->keys[i];
    return NULL;
}

int64_t ring_covered_until(const struct ring *ring, int64_t now)
{
    int64_t at = now;
    for (const struct ring_key *key; at != RING_OPEN_END && (key = ring_current(ring, at)) != NULL;)
        at = key->ends;
    return at;
}

int64_t ring_key_dies(const struct ring_key *key, const struct ring_policy *policy)
{
    if (key->ends == RING_OPEN_END)
        return RING_OPEN_END;
    int64_t dies = key->starts + (int64_t)policy->backup_days * DAY;
    return dies > key->ends ? dies : key->ends;
}

void ring_key_mark(const struct ring_key *key, char hex[RING_MARK_HEX])
{
    unsigned char hash[32];
    char about[48];
    int length = snprintf(about, sizeof about, "dsrd.ring.mark|%u", key->id);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)about, (size_t)length, key->bytes,
                       sizeof key->bytes);
    sodium_bin2hex(hex, RING_MARK_HEX, hash, sizeof hash);
}
