// SPDX-License-Identifier: GPL-3.0-or-later
// Slows down who tries tokens that are not right. Counted are a token's id as tried from one address, and the address (IPv6: its /64): so a
// forgotten script with an old token holds up itself and not the others who share its address, nor the token's owner elsewhere.
// The memory is constant: a new source pushes the least guilty one out.
#ifndef HTTP_THROTTLE_H
#define HTTP_THROTTLE_H

#include <stdbool.h>
#include <stdint.h>

#include "shared/network.h"

struct throttle;

struct throttle_try {
    const struct network_address *from;
    const char *id;    // of the token; "" when it is not written like one
    const char *token; // its whole text
};

enum { THROTTLE_FREE = 10, THROTTLE_ADDRESS_MOST_S = 60, THROTTLE_TOKEN_MOST_S = 900 };

struct throttle *throttle_new(void); // NULL without memory
void throttle_free(struct throttle *throttle);

// Seconds until this may be looked at; 0: now. A token that was right here lately never waits.
unsigned throttle_wait(const struct throttle *throttle, const struct throttle_try *attempt, int64_t now_ms);
// It was not right: seconds until the next try. `guessed`: nobody ever got this token, so the address as a whole is suspect too.
// `*slowed` tells that the address has just begun to be slowed down, for the log.
unsigned throttle_failed(struct throttle *throttle, const struct throttle_try *attempt, bool guessed, int64_t now_ms, bool *slowed);
void throttle_passed(struct throttle *throttle, const struct throttle_try *attempt);

#endif
