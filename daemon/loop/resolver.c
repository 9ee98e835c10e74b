// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/resolver.h"

#include <stdlib.h>

struct resolver {
    uv_getaddrinfo_t request;
    resolver_done *done; // NULL: nobody waits any more
    void *context;
};

void resolver_list(const struct addrinfo *found, struct text *list)
{
    char number[NI_MAXHOST];
    for (const struct addrinfo *at = found; at != NULL; at = at->ai_next)
        if (getnameinfo(at->ai_addr, at->ai_addrlen, number, sizeof number, NULL, 0, NI_NUMERICHOST) == 0)
            text_format(list, "%s%s", list->length > 0 ? "," : "", number);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found)
{
    struct resolver *resolver = request->data;
    struct text list = {0};
    resolver_list(status == 0 ? found : NULL, &list);
    uv_freeaddrinfo(found);
    if (resolver->done != NULL)
        resolver->done(resolver->context, list.failed ? NULL : list.text);
    text_release(&list);
    free(resolver);
}

struct resolver *resolver_start(uv_loop_t *loop, const char *name, resolver_done *done, void *context)
{
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct resolver *resolver = calloc(1, sizeof *resolver);
    if (resolver == NULL)
        return NULL;
    *resolver = (struct resolver){.done = done, .context = context};
    resolver->request.data = resolver;
    if (uv_getaddrinfo(loop, &resolver->request, on_resolved, name, NULL, &hints) == 0)
        return resolver;
    free(resolver);
    return NULL;
}

void resolver_cancel(struct resolver *resolver)
{
    if (resolver == NULL)
        return;
    resolver->done = NULL;
    uv_cancel((uv_req_t *)&resolver->request); // one that is under way ends by itself
}
