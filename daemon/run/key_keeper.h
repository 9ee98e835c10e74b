// SPDX-License-Identifier: GPL-3.0-or-later
// Keeps the key ring up with time: makes keys ahead, seals anew what ended ones sealed, and destroys those whose time is over.
#ifndef RUN_KEY_KEEPER_H
#define RUN_KEY_KEEPER_H

#include <uv.h>

#include "http/exchange.h"

struct key_keeper;

// Reads and writes service->keys and uses the database, vault and configuration of the service. NULL without memory.
struct key_keeper *key_keeper_new(uv_loop_t *loop, struct service *service);
void key_keeper_start(struct key_keeper *keeper); // looks now, or once more after the look under way, and then every hour
void key_keeper_stop(struct key_keeper *keeper);
void key_keeper_free(struct key_keeper *keeper);  // NULL is fine

#endif
