// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/throttle.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 256, WAYS = 4, GOOD = 256, ADDRESS_FORGIVE_MS = 60000, TOKEN_FORGIVE_MS = 900000, DOUBLINGS_MOST = 20, IPV6_BYTES = 8 };

struct source {
    uint64_t name;      // keyed hash of what it is: an address is not kept
    unsigned failures;  // 0: empty
    int64_t last_ms, until_ms;
};

struct throttle {
    unsigned char key[crypto_shorthash_KEYBYTES]; // so that nobody can choose which sources meet in one place
    struct source sources[SETS][WAYS];
    uint64_t good[GOOD]; // tokens that were right lately
};

struct throttle *throttle_new(void)
{
    struct throttle *throttle = calloc(1, sizeof *throttle);
    if (throttle != NULL)
        crypto_shorthash_keygen(throttle->key);
    return throttle;
}

void throttle_free(struct throttle *throttle)
{
    free(throttle);
}

static uint64_t hash(const struct throttle *throttle, char kind, const void *bytes, size_t length, const char *text)
{
    unsigned char input[256], output[crypto_shorthash_BYTES];
    uint64_t name;
    size_t text_length = strnlen(text, sizeof input - 1 - length);
    input[0] = (unsigned char)kind;
    memcpy(input + 1, bytes, length);
    memcpy(input + 1 + length, text, text_length);
    crypto_shorthash(output, input, 1 + length + text_length, throttle->key);
    sodium_memzero(input, sizeof input);
    memcpy(&name, output, sizeof name);
    return name | 1; // 0 is none
}

static uint64_t name_of(const struct throttle *throttle, const struct network_address *from, const char *id)
{
    // Whoever has one IPv6 address usually has all of its /64.
    size_t length = network_address_is_ipv4(from) ? sizeof from->bytes : IPV6_BYTES;
    return hash(throttle, id != NULL ? 't' : 'a', from->bytes, length, id != NULL ? id : "");
}

static uint64_t name_of_token(const struct throttle *throttle, const struct throttle_try *attempt)
{
    return hash(throttle, 'g', "", 0, attempt->token);
}

static unsigned forgiven(const struct source *source, int64_t forgive_ms, int64_t now_ms)
{
    int64_t count = (now_ms - source->last_ms) / forgive_ms;
    return count >= (int64_t)source->failures ? 0 : source->failures - (unsigned)count;
}

static int64_t wait_of(const struct throttle *throttle, uint64_t name, int64_t now_ms)
{
    const struct source *set = throttle->sources[name % SETS];
    for (size_t i = 0; i < WAYS; i++)
        if (set[i].name == name && set[i].until_ms > now_ms)
            return set[i].until_ms - now_ms;
    return 0;
}

unsigned throttle_wait(const struct throttle *throttle, const struct throttle_try *attempt, int64_t now_ms)
{
    uint64_t token = name_of_token(throttle, attempt);
    if (throttle->good[token % GOOD] == token)
        return 0;
    int64_t of_token = wait_of(throttle, name_of(throttle, attempt->from, attempt->id), now_ms);
    int64_t of_address = wait_of(throttle, name_of(throttle, attempt->from, NULL), now_ms);
    return (unsigned)(((of_token > of_address ? of_token : of_address) + 999) / 1000);
}

// The source's place, or that of the one in its set which has done least.
static struct source *place_of(struct throttle *throttle, uint64_t name)
{
    struct source *set = throttle->sources[name % SETS], *least = &set[0];
    for (size_t i = 0; i < WAYS; i++) {
        if (set[i].name == name)
            return &set[i];
        if (set[i].failures < least->failures || (set[i].failures == least->failures && set[i].last_ms < least->last_ms))
            least = &set[i];
    }
    *least = (struct source){.name = name};
    return least;
}

struct rule {
    unsigned allowed, most_s;
    int64_t forgive_ms; // one failure in this time
};

// One failure more: the pause doubles each time after the first ones, which are allowed. Seconds.
static unsigned blame(struct throttle *throttle, uint64_t name, struct rule rule, int64_t now_ms, bool *began)
{
    struct source *source = place_of(throttle, name);
    source->failures = forgiven(source, rule.forgive_ms, now_ms) + 1;
    source->last_ms = now_ms;
    *began = source->failures == rule.allowed + 1;
    unsigned over = source->failures > rule.allowed ? source->failures - rule.allowed - 1 : 0;
    unsigned pause = source->failures <= rule.allowed ? 0 : 1u << (over < DOUBLINGS_MOST ? over : DOUBLINGS_MOST);
    pause = pause < rule.most_s ? pause : rule.most_s;
    source->until_ms = now_ms + (int64_t)pause * 1000;
    return pause;
}

unsigned throttle_failed(struct throttle *throttle, const struct throttle_try *attempt, bool guessed, int64_t now_ms, bool *slowed)
{
    static const struct rule for_token = {0, THROTTLE_TOKEN_MOST_S, TOKEN_FORGIVE_MS};
    static const struct rule for_address = {THROTTLE_FREE, THROTTLE_ADDRESS_MOST_S, ADDRESS_FORGIVE_MS};
    bool ignored;
    uint64_t token = name_of_token(throttle, attempt);
    if (throttle->good[token % GOOD] == token)
        throttle->good[token % GOOD] = 0;
    *slowed = false;
    unsigned of_token = blame(throttle, name_of(throttle, attempt->from, attempt->id), for_token, now_ms, &ignored);
    unsigned of_address = guessed ? blame(throttle, name_of(throttle, attempt->from, NULL), for_address, now_ms, slowed) : 0;
    return of_token > of_address ? of_token : of_address;
}

void throttle_passed(struct throttle *throttle, const struct throttle_try *attempt)
{
    uint64_t token = name_of_token(throttle, attempt), name = name_of(throttle, attempt->from, attempt->id);
    struct source *set = throttle->sources[name % SETS];
    throttle->good[token % GOOD] = token;
    for (size_t i = 0; i < WAYS; i++)
        if (set[i].name == name)
            set[i] = (struct source){0};
}
