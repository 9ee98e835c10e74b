// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/connections.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "loop/timer.h"

enum { LOOKS_PER_LIMIT = 4, LOOK_MOST_MS = 1000 };

struct open_connection {
    struct connections *all;
    struct open_connection *next, *previous;
    int descriptor;
    uint64_t until; // by the loop's clock; 0: no limit
    bool waiting;
};

struct connections {
    uv_loop_t *loop;
    const struct config *config;
    struct timer *timer;
    struct open_connection *first, *last; // those that wait stand in the order in which they began to
    size_t count;
};

// libmicrohttpd reads the end of the connection and closes it.
static void cut(const struct open_connection *connection)
{
    shutdown(connection->descriptor, SHUT_RDWR);
}

static void look(void *context)
{
    const struct connections *all = context;
    for (const struct open_connection *connection = all->first; connection != NULL; connection = connection->next)
        if (connection->until != 0 && connection->until <= uv_now(all->loop))
            cut(connection);
}

struct connections *connections_new(uv_loop_t *loop, const struct config *config)
{
    struct connections *all = calloc(1, sizeof *all);
    if (all == NULL)
        return NULL;
    *all = (struct connections){.loop = loop, .config = config, .timer = timer_new(loop, look, all)};
    if (all->timer != NULL)
        return all;
    free(all);
    return NULL;
}

void connections_free(struct connections *all)
{
    if (all == NULL)
        return;
    timer_free(all->timer);
    free(all);
}

static void take_out(struct open_connection *connection)
{
    struct connections *all = connection->all;
    *(connection->previous != NULL ? &connection->previous->next : &all->first) = connection->next;
    *(connection->next != NULL ? &connection->next->previous : &all->last) = connection->previous;
}

static void put_last(struct open_connection *connection)
{
    struct connections *all = connection->all;
    connection->previous = all->last;
    connection->next = NULL;
    *(all->last != NULL ? &all->last->next : &all->first) = connection;
    all->last = connection;
}

static void allow(struct open_connection *connection, int milliseconds)
{
    uv_update_time(connection->all->loop);
    connection->waiting = false;
    connection->until = uv_now(connection->all->loop) + (uint64_t)milliseconds;
}

static void wait_for_request(struct open_connection *connection)
{
    allow(connection, connection->all->config->api_idle_timeout_ms);
    connection->waiting = true;
}

bool connections_are_full(const struct connections *all)
{
    return all->count >= (size_t)all->config->api_connections;
}

static void make_room(const struct connections *all)
{
    const struct open_connection *longest = all->first;
    while (longest != NULL && !longest->waiting)
        longest = longest->next;
    if (longest != NULL && longest != all->last)
        cut(longest);
}

static void start_looking(struct connections *all)
{
    int least = all->config->api_request_timeout_ms < all->config->api_idle_timeout_ms ? all->config->api_request_timeout_ms
                                                                                       : all->config->api_idle_timeout_ms;
    uint64_t pause = (uint64_t)least / LOOKS_PER_LIMIT;
    pause = pause < LOOK_MOST_MS ? pause : LOOK_MOST_MS;
    timer_start(all->timer, pause, pause);
}

void connections_notify(void *context, struct MHD_Connection *connection, void **slot, enum MHD_ConnectionNotificationCode code)
{
    struct connections *all = context;
    struct open_connection *open = *slot;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        if (open == NULL)
            return;
        take_out(open);
        free(open);
        *slot = NULL;
        if (--all->count == 0)
            timer_stop(all->timer); // an idle dsrd sleeps
        return;
    }
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    open = info != NULL ? calloc(1, sizeof *open) : NULL;
    if (open == NULL)
        return; // then libmicrohttpd's own limit must do
    *open = (struct open_connection){.all = all, .descriptor = info->connect_fd};
    put_last(open);
    wait_for_request(open);
    *slot = open;
    if (++all->count == 1)
        start_looking(all);
    if (connections_are_full(all))
        make_room(all);
}

static struct open_connection *find(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

void connection_waits(struct MHD_Connection *connection)
{
    struct open_connection *open = find(connection);
    if (open == NULL)
        return;
    take_out(open);
    put_last(open);
    wait_for_request(open);
}

void connection_transfers(struct MHD_Connection *connection)
{
    struct open_connection *open = find(connection);
    if (open != NULL)
        allow(open, open->all->config->api_request_timeout_ms);
}

void connection_rests(struct MHD_Connection *connection)
{
    struct open_connection *open = find(connection);
    if (open != NULL) {
        open->waiting = false;
        open->until = 0;
    }
}
