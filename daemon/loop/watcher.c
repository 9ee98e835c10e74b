// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/watcher.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct watcher {
    uv_poll_t poll;
    int duplicate;
    bool writing;
    watcher_ready *ready;
    void *context;
};

static bool start(struct watcher *watcher);

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct watcher *watcher = poll->data;
    // An error is for the owner to meet when it reads. A reset may come right behind the last bytes: who reads these has to be told once more,
    // and libuv stops at an error.
    if (status < 0)
        start(watcher);
    watcher->ready(watcher->context, status < 0 || (events & UV_READABLE) != 0, (events & UV_WRITABLE) != 0);
}

static void on_close(uv_handle_t *handle)
{
    struct watcher *watcher = handle->data;
    close(watcher->duplicate);
    free(watcher);
}

struct watcher *watcher_new(uv_loop_t *loop, int descriptor, bool writing, watcher_ready *ready, void *context)
{
    struct watcher *watcher = calloc(1, sizeof *watcher);
    if (watcher == NULL)
        return NULL;
    watcher->ready = ready;
    watcher->context = context;
    watcher->duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
    if (watcher->duplicate < 0 || uv_poll_init(loop, &watcher->poll, watcher->duplicate) != 0) {
        if (watcher->duplicate >= 0)
            close(watcher->duplicate);
        free(watcher);
        return NULL;
    }
    watcher->poll.data = watcher;
    watcher->writing = !writing;
    if (watcher_set_writing(watcher, writing))
        return watcher;
    watcher_free(watcher);
    return NULL;
}

static bool start(struct watcher *watcher)
{
    return uv_poll_start(&watcher->poll, UV_READABLE | (watcher->writing ? UV_WRITABLE : 0), on_poll) == 0;
}

bool watcher_set_writing(struct watcher *watcher, bool writing)
{
    if (watcher->writing == writing)
        return true;
    watcher->writing = writing;
    return start(watcher);
}

void watcher_pause(struct watcher *watcher, bool paused)
{
    if (paused)
        uv_poll_stop(&watcher->poll);
    else
        start(watcher);
}

void watcher_free(struct watcher *watcher)
{
    if (watcher == NULL)
        return;
    uv_poll_stop(&watcher->poll);
    uv_close((uv_handle_t *)&watcher->poll, on_close);
}
