// SPDX-License-Identifier: GPL-3.0-or-later
// One table of routes: method, path, who may, what does it.
#ifndef HTTP_ROUTES_H
#define HTTP_ROUTES_H

#include <stddef.h>

#include "http/exchange.h"

struct route {
    const char *method;
    const char *path;      // "/v1/requests/{ref}"; one value at most
    const char *roles;     // "staff,patron": one of them; "" any account; NULL: any peer; "*": anybody, over TCP too
    bool writes;           // refused while the laws in etc are not the applied ones
    bool takes_body;
    const char *query;     // allowed query parameters, comma-separated
    void (*handle)(struct exchange *exchange);
    const char *operation; // operationId of openapi.json
};
extern const struct route routes[];
extern const size_t route_count;

// The route of a path and method. `*path_known` tells whether another method would have matched. The {value} is copied.
const struct route *route_find(const char *method, const char *path, char *value, size_t size, bool *path_known);
// The methods a path takes, "GET, HEAD, PATCH", as the header Allow lists them.
void route_methods(const char *path, char *methods, size_t size);

#endif
