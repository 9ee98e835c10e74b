// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "shared/json.h"

enum { ENTRIES = 64 };

struct entry {
    uid_t uid;
    int64_t until_ms; // 0: empty
    struct principal who;
};

struct peer_cache {
    struct service *service;
    struct entry entries[ENTRIES]; // by uid modulo: a newer one pushes an older one out
};

struct search {
    struct peer_cache *cache;
    uid_t uid;
    struct exchange *exchange;
    peer_found *found;
};

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct peer_cache *peer_cache_new(struct service *service)
{
    struct peer_cache *cache = calloc(1, sizeof *cache);
    if (cache != NULL)
        cache->service = service;
    return cache;
}

void peer_cache_free(struct peer_cache *cache)
{
    free(cache);
}

void peer_cache_clear(struct peer_cache *cache)
{
    for (int i = 0; i < ENTRIES; i++)
        cache->entries[i].until_ms = 0;
}

static void on_account(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct search search = *(struct search *)context;
    struct error unknown;
    (void)retry;
    free(context);
    json_t *account = json != NULL ? json_loadb(json, length, 0, NULL) : NULL;
    if (error->code != ERROR_NONE) {
        search.found(search.exchange, NULL, error);
    } else if (account == NULL) {
        error_set(&unknown, ERROR_unauthenticated, "",
                  "The user with uid %u has no account here; an operator makes one with `dsr account add --uid %u`.",
                  (unsigned)search.uid, (unsigned)search.uid);
        search.found(search.exchange, NULL, &unknown);
    } else {
        struct entry *entry = &search.cache->entries[search.uid % ENTRIES];
        entry->uid = search.uid;
        entry->until_ms = now_ms() + search.cache->service->config->api_account_cache_ms;
        entry->who = (struct principal){.library = exchange_principal(search.exchange)->library};
        snprintf(entry->who.account, sizeof entry->who.account, "%s", json_text(account, "account"));
        snprintf(entry->who.roles, sizeof entry->who.roles, "%s", json_text(account, "roles"));
        struct principal who = entry->who;
        search.found(search.exchange, &who, NULL);
    }
    json_decref(account);
}

void peer_find(struct peer_cache *cache, uid_t uid, struct exchange *exchange, peer_found *found)
{
    const struct entry *entry = &cache->entries[uid % ENTRIES];
    if (entry->uid == uid && entry->until_ms > now_ms()) {
        struct principal who = entry->who;
        found(exchange, &who, NULL);
        return;
    }
    struct search *search = malloc(sizeof *search);
    if (search == NULL) {
        struct error error;
        error_set(&error, ERROR_unavailable, "", "dsrd is out of memory; try again.");
        found(exchange, NULL, &error);
        return;
    }
    *search = (struct search){cache, uid, exchange, found};
    char text[16], hash[VAULT_LOOKUP_HEX];
    snprintf(text, sizeof text, "%u", (unsigned)uid);
    vault_lookup(cache->service->vault, "uid", text, hash);
    exchange_call(exchange, STATEMENT_account_by_uid, hash, on_account, search);
}
