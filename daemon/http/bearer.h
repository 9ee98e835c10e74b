// SPDX-License-Identifier: GPL-3.0-or-later
// From the token of a request over TCP to an account. Asked of the database each time, so that a revoked token is refused at once.
#ifndef HTTP_BEARER_H
#define HTTP_BEARER_H

#include "http/peer.h"

struct bearer;

struct bearer *bearer_new(struct service *service, struct error *error); // NULL and an error
void bearer_free(struct bearer *bearer);                                 // NULL is fine
// Reads the request's Authorization, and remembers its token in the exchange. `found` is called once, perhaps at once.
void bearer_find(struct bearer *bearer, struct exchange *exchange, peer_found *found);

#endif
