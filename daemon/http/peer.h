// SPDX-License-Identifier: GPL-3.0-or-later
// From the uid at the other end of the socket to an account, remembered for a short while.
#ifndef HTTP_PEER_H
#define HTTP_PEER_H

#include <sys/types.h>

#include "http/exchange.h"

struct peer_cache;
// `who` NULL: the error says why. Called once, perhaps at once.
typedef void peer_found(void *exchange, const struct principal *who, const struct error *error);

struct peer_cache *peer_cache_new(struct service *service);
void peer_cache_free(struct peer_cache *cache);
void peer_cache_clear(struct peer_cache *cache); // accounts have changed
// `library`: which of its accounts is meant; 0: the only one it has.
void peer_find(struct peer_cache *cache, uid_t uid, int library, struct exchange *exchange, peer_found *found);
// Answers a search that there is no memory for.
void peer_lacks_memory(struct exchange *exchange, peer_found *found);

#endif
