// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/lookup.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "loop/resolver.h"
#include "shared/elapsed.h"

struct name { // on the heap: a look-up that hangs still writes to it when nobody waits any more
    struct gaicb request;
    struct addrinfo hints;
    char *host;
    bool begun;
};

struct lookup {
    struct hosts *hosts;
    struct name *names[HOSTS_MAXIMUM];
};

static struct name *name_new(const char *host)
{
    struct name *name = calloc(1, sizeof *name);
    if (name == NULL)
        return NULL;
    name->host = strdup(host);
    name->hints = (struct addrinfo){.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    name->request = (struct gaicb){.ar_name = name->host, .ar_request = &name->hints};
    if (name->host != NULL)
        return name;
    free(name);
    return NULL;
}

struct lookup *lookup_new(struct hosts *hosts)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);
    if (lookup == NULL)
        return NULL;
    lookup->hosts = hosts;
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++) {
        const char *host = hosts_name(hosts, i);
        if (host == NULL)
            continue;
        lookup->names[i] = name_new(host);
        if (lookup->names[i] == NULL) {
            lookup_free(lookup);
            return NULL;
        }
    }
    return lookup;
}

static bool is_under_way(const struct name *name)
{
    return name->begun && gai_error((struct gaicb *)(uintptr_t)&name->request) == EAI_INPROGRESS;
}

void lookup_free(struct lookup *lookup)
{
    if (lookup == NULL)
        return;
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++) {
        struct name *name = lookup->names[i];
        if (name == NULL || (is_under_way(name) && gai_cancel(&name->request) == EAI_NOTCANCELED))
            continue; // its thread still uses it; the process ends soon
        free(name->host);
        free(name);
    }
    free(lookup);
}

// Takes what has come, and makes room for the next look-up.
static void take(struct lookup *lookup, size_t index)
{
    struct name *name = lookup->names[index];
    struct text list = {0};
    if (name == NULL || !name->begun || is_under_way(name))
        return;
    resolver_list(gai_error(&name->request) == 0 ? name->request.ar_result : NULL, &list);
    if (name->request.ar_result != NULL)
        freeaddrinfo(name->request.ar_result);
    name->request.ar_result = NULL;
    name->begun = false;
    if (list.text != NULL && !list.failed)
        hosts_found(lookup->hosts, index, list.text);
    text_release(&list);
}

void lookup_run(struct lookup *lookup, int timeout_ms)
{
    const struct gaicb *waited[HOSTS_MAXIMUM];
    int64_t until = elapsed_ms() + timeout_ms;
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++) {
        struct name *name = lookup->names[i];
        take(lookup, i); // of last time
        if (name != NULL && !name->begun)
            name->begun = getaddrinfo_a(GAI_NOWAIT, (struct gaicb *[]){&name->request}, 1, NULL) == 0;
    }
    for (int64_t left = timeout_ms; left > 0; left = until - elapsed_ms()) {
        int count = 0;
        for (size_t i = 0; i < HOSTS_MAXIMUM; i++)
            if (lookup->names[i] != NULL && is_under_way(lookup->names[i]))
                waited[count++] = &lookup->names[i]->request;
        if (count == 0)
            break;
        const struct timespec time = {left / 1000, left % 1000 * 1000000};
        gai_suspend(waited, count, &time);
    }
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++)
        take(lookup, i);
}
