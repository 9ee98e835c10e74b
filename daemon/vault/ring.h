// SPDX-License-Identifier: GPL-3.0-or-later
// The key ring: keys that seal, each for one bucket of time, and one key for look-up hashes. README.md says
// why and how long each lives.
#ifndef VAULT_RING_H
#define VAULT_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared/error.h"
#include "vault/secret_file.h"

enum { RING_KEYS_MAXIMUM = 256, RING_KEY_LENGTH = 32, RING_MARK_HEX = 65 };

struct ring_policy {   // from dsrd.conf
    int bucket_days;   // how long one key seals
    int backup_days;   // after its first use a key lives so long: then what it sealed is unreadable, in every
                       // dump
    int buckets_ahead; // keys made before their time, so that there is time to copy them to other hosts
    bool makes_keys;   // this host makes them
};

struct ring_key {
    uint32_t id;
    bool seals;           // else: for look-up
    int64_t starts, ends; // its bucket, in seconds of the epoch: it seals from `starts` on, before `ends`
    unsigned char bytes[RING_KEY_LENGTH];
};

struct ring { // in guarded, locked memory
    struct ring_key keys[RING_KEYS_MAXIMUM];
    size_t count;
};

#define RING_OPEN_END INT64_MAX // a key of a ring written before there were buckets

// Reads the file, whose keys are wrapped by `wrap`. Free it with ring_free(). NULL when it is no ring, or
// `wrap` not its credential.
struct ring *ring_read(const char *path, const unsigned char *wrap, struct error *error);
enum secret_place ring_write(const char *path, const struct ring *ring, const unsigned char *wrap, int locked,
                             struct error *error);
struct ring *ring_new(void);       // empty; NULL without memory
void ring_free(struct ring *ring); // wipes; NULL is fine

// Adds a look-up key and the seal keys for now and ahead. Of an empty ring.
bool ring_fill(struct ring *ring, const struct ring_policy *policy, int64_t now);
// Adds what is missing of the keys for now and ahead; how many, or -1 when the ring is full.
int ring_extend(struct ring *ring, const struct ring_policy *policy, int64_t now);
// Ends every key that seals, or would later, now: for when one is known to somebody. ring_extend() then makes
// others.
void ring_end_all(struct ring *ring, int64_t now);
// Ends now every key that begins after those ring_extend() makes ahead; how many.
int ring_end_far(struct ring *ring, const struct ring_policy *policy, int64_t now);
void ring_remove(struct ring *ring, uint32_t id);

const struct ring_key *ring_current(const struct ring *ring, int64_t now); // that seals now, or NULL
const struct ring_key *ring_find(const struct ring *ring, uint32_t id);    // a seal key, or NULL
const struct ring_key *ring_lookup_key(const struct ring *ring);
int64_t ring_covered_until(const struct ring *ring,
                           int64_t now); // there is a key for every moment before; `now` when none seals
int64_t ring_key_dies(const struct ring_key *key, const struct ring_policy *policy);
void ring_key_mark(const struct ring_key *key,
                   char hex[RING_MARK_HEX]); // tells two keys apart, and nothing else

#endif
