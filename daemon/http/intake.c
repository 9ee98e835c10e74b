// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/intake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "loop/timer.h"
#include "loop/watcher.h"
#include "shared/log.h"
#include "shared/memory.h"

// AT_ONCE: before those who came earlier are heard. RESERVED: descriptors for all else, such as files that are read again and a database
// that is looked for. OF_DATABASE: of each connection to it, the socket and the copy that the loop watches. SETTLED_MS: who has been at
// something for so long goes when descriptors are short.
enum { AT_ONCE = 16, PAUSE_MS = 100, SETTLED_MS = 1000, NOTE_MS = 60000, RESERVED = 32, OF_DATABASE = 2, LEAST = 4 };

struct intake {
    int descriptor;
    struct MHD_Daemon *daemon;
    struct connections *connections;
    struct watcher *watcher;
    struct timer *again; // runs while there are no descriptors
    uv_loop_t *loop;
    uint64_t note_at; // when a shortage is worth another line in the log
    bool full, stopped;
    void (*taken)(void *context);
    void *context;
};

// What the one that goes has held is free after a round.
static bool make_room(const struct intake *intake, int least_ms)
{
    if (!connections_make_room(intake->connections, least_ms))
        return false;
    MHD_run(intake->daemon);
    return true;
}

static void wait_for_descriptors(struct intake *intake, int code)
{
    if (uv_now(intake->loop) >= intake->note_at)
        log_warning("api: no connection can be accepted: %s; trying again", strerror(code));
    intake->note_at = uv_now(intake->loop) + NOTE_MS;
    watcher_pause(intake->watcher, true);
    timer_start(intake->again, PAUSE_MS, 0);
    make_room(intake, SETTLED_MS);
}

// False when there is nobody left to take, or no way to.
static bool take_one(struct intake *intake)
{
    struct sockaddr_storage address = {0};
    socklen_t size = sizeof address;
    int descriptor = accept4(intake->descriptor, (struct sockaddr *)&address, &size, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (descriptor >= 0) {
        MHD_add_connection(intake->daemon, descriptor, (const struct sockaddr *)&address, size); // closes it when it cannot
        return true;
    }
    int code = errno;
    if (memory_is_short(code))
        wait_for_descriptors(intake, code);
    return code == ECONNABORTED || code == EINTR;
}

static void take(struct intake *intake, size_t most)
{
    bool more = true;
    for (size_t i = 0; i < most && more; i++) {
        if (connections_are_full(intake->connections) &&
            (!make_room(intake, 0) || connections_are_full(intake->connections))) {
            intake->full = true;
            watcher_pause(intake->watcher, true);
            more = false;
        } else {
            more = take_one(intake);
        }
    }
    intake->taken(intake->context);
}

static void on_ready(void *context, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    take(context, AT_ONCE);
}

static void on_again(void *context)
{
    struct intake *intake = context;
    if (!intake->stopped && !intake->full)
        watcher_pause(intake->watcher, false);
}

void intake_look(struct intake *intake)
{
    if (intake->stopped || !intake->full || !connections_can_make_room(intake->connections))
        return;
    intake->full = false;
    watcher_pause(intake->watcher, false);
}

struct intake *intake_new(uv_loop_t *loop, int descriptor, struct MHD_Daemon *daemon, struct connections *connections,
                          void (*taken)(void *context), void *context)
{
    struct intake *intake = calloc(1, sizeof *intake);
    if (intake == NULL) {
        close(descriptor);
        return NULL;
    }
    *intake = (struct intake){.loop = loop, .descriptor = descriptor, .daemon = daemon, .connections = connections, .taken = taken, .context = context};
    intake->again = timer_new(loop, on_again, intake);
    intake->watcher = intake->again != NULL ? watcher_new(loop, descriptor, false, on_ready, intake) : NULL;
    if (intake->watcher != NULL)
        return intake;
    intake_free(intake);
    return NULL;
}

void intake_stop(struct intake *intake, bool finish)
{
    intake->stopped = true;
    if (finish)
        take(intake, SOMAXCONN);
    watcher_free(intake->watcher);
    intake->watcher = NULL;
    timer_stop(intake->again);
    close(intake->descriptor);
    intake->descriptor = -1;
}

void intake_free(struct intake *intake)
{
    if (intake == NULL)
        return;
    watcher_free(intake->watcher);
    timer_free(intake->again);
    if (intake->descriptor >= 0)
        close(intake->descriptor);
    free(intake);
}

size_t intake_most(const struct config *config, size_t listeners)
{
    struct rlimit limit;
    size_t wanted = (size_t)config->api_connections, others = RESERVED + OF_DATABASE * (size_t)config->database_connections;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= listeners * wanted + others)
        return wanted;
    limit.rlim_cur = limit.rlim_max < listeners * wanted + others ? limit.rlim_max : listeners * wanted + others;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        getrlimit(RLIMIT_NOFILE, &limit);
    size_t left = limit.rlim_cur > others ? (limit.rlim_cur - others) / listeners : 0;
    if (left >= wanted)
        return wanted;
    left = left > LEAST ? left : LEAST;
    log_warning("api.connections: the limit of open files, %lu, leaves room for %zu instead of %zu", (unsigned long)limit.rlim_cur, left, wanted);
    return left;
}
