// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/names.h"

#include <stdio.h>
#include <stdlib.h>

#include "loop/resolver.h"

enum { AT_ONCE = 8, FRESH_MS = 1000, NUMBER_SIZE = 12 };

struct name {
    struct names *names;
    struct resolver *resolver; // under way
    bool wanted;               // to be looked up when others are done
    bool answered;             // at least once
    uint64_t answered_at;
};

struct names {
    uv_loop_t *loop;
    struct hosts *hosts;
    void (*settled)(void *context);
    void *context;
    struct name list[HOSTS_MAXIMUM];
    size_t under_way;
};

// libuv gives half of its threads to look-ups, and starts all of them at the first one: so many that each name has one.
static void make_room(const struct hosts *hosts)
{
    char number[NUMBER_SIZE];
    int count = 0;
    for (size_t i = 0; i < HOSTS_MAXIMUM && count < AT_ONCE; i++)
        count += hosts_name(hosts, i) != NULL;
    snprintf(number, sizeof number, "%d", 2 * count);
    if (count > 0)
        setenv("UV_THREADPOOL_SIZE", number, 0);
}

struct names *names_new(uv_loop_t *loop, struct hosts *hosts, void (*settled)(void *context), void *context)
{
    struct names *names = calloc(1, sizeof *names);
    if (names == NULL)
        return NULL;
    make_room(hosts);
    *names = (struct names){.loop = loop, .hosts = hosts, .settled = settled, .context = context};
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++)
        names->list[i].names = names;
    return names;
}

void names_free(struct names *names)
{
    if (names == NULL)
        return;
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++)
        resolver_cancel(names->list[i].resolver);
    free(names);
}

bool names_are_settled(const struct names *names)
{
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++)
        if (names->list[i].wanted || names->list[i].resolver != NULL)
            return false;
    return true;
}

static void begin(struct names *names);

static void on_resolved(void *context, const char *addresses)
{
    struct name *name = context;
    struct names *names = name->names;
    name->resolver = NULL;
    name->answered = true;
    name->answered_at = uv_now(names->loop);
    names->under_way--;
    if (addresses != NULL)
        hosts_found(names->hosts, (size_t)(name - names->list), addresses);
    begin(names);
    if (names_are_settled(names))
        names->settled(names->context);
}

static void begin(struct names *names)
{
    for (size_t i = 0; i < HOSTS_MAXIMUM && names->under_way < AT_ONCE; i++) {
        struct name *name = &names->list[i];
        if (!name->wanted || name->resolver != NULL)
            continue;
        name->wanted = false;
        name->resolver = resolver_start(names->loop, hosts_name(names->hosts, i), on_resolved, name);
        names->under_way += name->resolver != NULL;
    }
}

bool names_look_up(struct names *names)
{
    uint64_t now = uv_now(names->loop);
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++) {
        struct name *name = &names->list[i];
        bool fresh = name->answered && now - name->answered_at < FRESH_MS;
        name->wanted = name->wanted || (hosts_name(names->hosts, i) != NULL && name->resolver == NULL && !fresh);
    }
    begin(names);
    return names_are_settled(names);
}
