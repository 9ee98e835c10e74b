// SPDX-License-Identifier: GPL-3.0-or-later
// What exchange.c and server.c share: an exchange from the inside.
#ifndef HTTP_SERVER_INTERNAL_H
#define HTTP_SERVER_INTERNAL_H

#include <microhttpd.h>

#include "http/exchange.h"
#include "http/head.h"
#include "http/routes.h"
#include "shared/text.h"

enum { PATH_VALUE_SIZE = 128, ALLOW_SIZE = 32, SOURCE_SIZE = 32 };

struct exchange {
    struct server *server;
    struct service *service;
    struct MHD_Connection *connection; // NULL once the client has gone
    const struct route *route;
    struct principal who;
    int wanted_library; // as the caller says; 0: whichever it has an account in
    bool remote;      // it came over TCP
    struct bearer_token token; // of a remote caller, once it is known
    unsigned retry_after_s;    // of a 401
    struct head_address address;
    bool begun;       // its head has come
    bool is_last;     // on its connection: where it ends is not sure, or cannot be checked
    char source[SOURCE_SIZE];  // tells callers apart that are refused; empty until it has been looked at
    char path_value[PATH_VALUE_SIZE];
    struct text body_bytes;
    bool too_large;
    json_t *body;
    void *context;
    bool dispatched;  // the handler has been called
    bool suspended;
    bool answered;
    int status;
    struct text reply;
    long version;
    const char *content_type;
    bool is_page; // for a browser
    bool is_bare; // there was no memory for the answer
    char allow[ALLOW_SIZE]; // the methods of this address, when it was asked with another
    unsigned long memory; // allocations that had failed when it began
    int calls; // database calls under way: the exchange must outlive them
    bool gone; // microhttpd has let go of it
};

void server_resume(struct exchange *exchange); // the answer is ready
void server_refused(struct exchange *exchange, int status); // for the audit log
// What tells this caller apart from others: a kind (uid, address) and a keyed hash of which it is.
void exchange_set_source(struct exchange *exchange, const char *kind, const char *value);
void exchange_free(struct exchange *exchange);

#endif
