// SPDX-License-Identifier: GPL-3.0-or-later
// One table of routes: method, path, who may, what does it.
#ifndef HTTP_ROUTES_H
#define HTTP_ROUTES_H

#include <stddef.h>

#include "http/exchange.h"

struct route {
    const char *method;
    const char *path;      // "/v1/requests/{ref}"; one value at most
    // Who may, and whose objects it reaches for them: "staff,patron:own" is staff, for the library's, and patrons, for their own;
    // "" any account, for its own; NULL: any peer, for the library's counts; "*": anybody, over TCP too,
    // for what the address itself names.
    const char *roles;
    bool writes;           // refused while the laws in etc are not the applied ones
    bool takes_body;
    const char *query;     // allowed query parameters, comma-separated
    void (*handle)(struct exchange *exchange);
    const char *operation; // operationId of openapi.json
};
extern const struct route routes[];
extern const size_t route_count;

// How far a route reaches, as api.enter() and row level security take it.
#define REACH_OWN "own"
#define REACH_LIBRARY "library"

// The route of a path and method. `*path_known` tells whether another method would have matched. The {value} is copied.
const struct route *route_find(const char *method, const char *path, char *value, size_t size, bool *path_known);
// The widest reach these roles (comma-separated) have by this route; NULL: they may not.
const char *route_reach(const struct route *route, const char *roles);
// "staff, patron", appended. Not of a route for any account or peer.
void route_role_names(const struct route *route, struct text *names);
// The methods a path takes, "GET, HEAD, PATCH", as the header Allow lists them.
void route_methods(const char *path, char *methods, size_t size);

#endif
