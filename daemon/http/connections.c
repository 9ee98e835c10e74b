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
    uint64_t since, until; // by the loop's clock; until 0: no limit
    bool is_cut;
};

struct connections {
    uv_loop_t *loop;
    const struct config *config;
    struct timer *timer;
    struct open_connection *first, *last; // in the order in which they began what they are at
    size_t count, most;
};

// libmicrohttpd reads the end of the connection and closes it.
static void cut(struct open_connection *connection)
{
    connection->is_cut = true;
    shutdown(connection->descriptor, SHUT_RDWR);
}

static void look(void *context)
{
    const struct connections *all = context;
    for (struct open_connection *connection = all->first; connection != NULL; connection = connection->next)
        if (connection->until != 0 && connection->until <= uv_now(all->loop))
            cut(connection);
}

struct connections *connections_new(uv_loop_t *loop, const struct config *config, size_t most)
{
    struct connections *all = calloc(1, sizeof *all);
    if (all == NULL)
        return NULL;
    *all = (struct connections){.loop = loop, .config = config, .most = most, .timer = timer_new(loop, look, all)};
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

static void begin(struct open_connection *connection, int milliseconds)
{
    uv_update_time(connection->all->loop);
    connection->since = uv_now(connection->all->loop);
    connection->until = connection->since + (uint64_t)milliseconds;
}

static void begin_again(struct open_connection *connection, int milliseconds)
{
    take_out(connection);
    put_last(connection);
    begin(connection, milliseconds);
}

bool connections_are_full(const struct connections *all)
{
    return all->count >= all->most;
}

// Whoever trickles takes longest, whether it is a head, a body or the answer that he reads.
static struct open_connection *longest(const struct connections *all)
{
    struct open_connection *found = all->first;
    while (found != NULL && (found->until == 0 || found->is_cut))
        found = found->next;
    return found;
}

bool connections_make_room(struct connections *all, int least_ms)
{
    struct open_connection *found = longest(all);
    if (found == NULL || uv_now(all->loop) < found->since + (uint64_t)least_ms)
        return false;
    cut(found);
    return true;
}

bool connections_can_make_room(const struct connections *all)
{
    return !connections_are_full(all) || longest(all) != NULL;
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
    begin(open, all->config->api_idle_timeout_ms);
    *slot = open;
    if (++all->count == 1)
        start_looking(all);
}

static struct open_connection *find(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info != NULL ? info->socket_context : NULL;
}

void connection_waits(struct MHD_Connection *connection)
{
    struct open_connection *open = find(connection);
    if (open != NULL)
        begin_again(open, open->all->config->api_idle_timeout_ms);
}

void connection_transfers(struct MHD_Connection *connection)
{
    struct open_connection *open = find(connection);
    if (open != NULL)
        begin_again(open, open->all->config->api_request_timeout_ms);
}

void connection_rests(struct MHD_Connection *connection)
{
    struct open_connection *open = find(connection);
    if (open != NULL)
        open->until = 0;
}
