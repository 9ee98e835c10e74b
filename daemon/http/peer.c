// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/peer.h"

#include <stdio.h>
#include <stdlib.h>

#include "shared/elapsed.h"
#include "shared/json.h"
#include "shared/memory.h"
#include "shared/text.h"

enum { ENTRIES = 64 };

struct entry {
    uid_t uid;
    int wanted;       // the library it asked for; 0: none
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
    int wanted;
    struct exchange *exchange;
    peer_found *found;
};

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

// The account in the library asked for, or the only one there is.
static const json_t *choose(const json_t *accounts, int library)
{
    size_t index;
    json_t *account;
    if (library == 0)
        return json_array_size(accounts) == 1 ? json_array_get(accounts, 0) : NULL;
    json_array_foreach(accounts, index, account)
        if (json_integer_value(json_object_get(account, "library")) == library)
            return account;
    return NULL;
}

static void refuse(const struct search *search, const json_t *accounts)
{
    size_t index;
    json_t *account;
    struct error error;
    struct text names = {0};
    json_array_foreach(accounts, index, account)
        text_format(&names, "%s%lld (%s)", index > 0 ? ", " : "", (long long)json_integer_value(json_object_get(account, "library")),
                    json_text(account, "name"));
    if (search->wanted != 0 && index > 0)
        error_set(&error, ERROR_unauthenticated, "library", "You have no account in library %d, but in %s.",
                  search->wanted, names.text != NULL ? names.text : "others");
    else if (index > 1)
        error_set(&error, ERROR_malformed, "library",
                  "You have accounts in %zu libraries: %s. Say which one: --library NUMBER, or DSR_LIBRARY.",
                  index, names.text != NULL ? names.text : "");
    else
        error_set(&error, ERROR_unauthenticated, "",
                  "The user with uid %u has no account here, or a closed one; an operator makes one with `dsr account add "
                  "--uid %u`, or opens it with `dsr account set %u --enable`.",
                  (unsigned)search->uid, (unsigned)search->uid, (unsigned)search->uid);
    text_release(&names);
    search->found(search->exchange, NULL, &error);
}

static void let_in(const struct search *search, const json_t *account)
{
    struct entry *entry = &search->cache->entries[search->uid % ENTRIES];
    *entry = (struct entry){.uid = search->uid,
                            .wanted = search->wanted,
                            .until_ms = elapsed_ms() + search->cache->service->config->api_account_cache_ms,
                            .who = {.library = (int)json_integer_value(json_object_get(account, "library"))}};
    snprintf(entry->who.account, sizeof entry->who.account, "%s", json_text(account, "account"));
    snprintf(entry->who.roles, sizeof entry->who.roles, "%s", json_text(account, "roles"));
    struct principal who = entry->who;
    search->found(search->exchange, &who, NULL);
}

void peer_lacks_memory(struct exchange *exchange, peer_found *found)
{
    struct error error;
    memory_error(&error);
    found(exchange, NULL, &error);
}

static void on_accounts(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct search search = *(struct search *)context;
    (void)retry;
    free(context);
    json_t *accounts = json != NULL ? json_read(json, length, JSON_DECODE_ANY, NULL) : NULL;
    const json_t *account = choose(accounts, search.wanted);
    if (error->code != ERROR_NONE)
        search.found(search.exchange, NULL, error);
    else if (json != NULL && accounts == NULL)
        peer_lacks_memory(search.exchange, search.found);
    else if (account == NULL)
        refuse(&search, accounts);
    else
        let_in(&search, account);
    json_decref(accounts);
}

void peer_find(struct peer_cache *cache, uid_t uid, int library, struct exchange *exchange, peer_found *found)
{
    const struct entry *entry = &cache->entries[uid % ENTRIES];
    if (entry->uid == uid && entry->wanted == library && entry->until_ms > elapsed_ms()) {
        struct principal who = entry->who;
        found(exchange, &who, NULL);
        return;
    }
    struct search *search = malloc(sizeof *search);
    if (search == NULL) {
        peer_lacks_memory(exchange, found);
        return;
    }
    *search = (struct search){cache, uid, library, exchange, found};
    char text[16], hash[VAULT_LOOKUP_HEX];
    snprintf(text, sizeof text, "%u", (unsigned)uid);
    vault_lookup(cache->service->vault, "uid", text, hash);
    exchange_call(exchange, STATEMENT_account_by_uid, hash, on_accounts, search);
}
