// SPDX-License-Identifier: GPL-3.0-or-later
// Watches a descriptor that belongs to somebody else (libpq, libmicrohttpd) through a duplicate of it: libuv aborts when a
// descriptor that it polls is closed behind its back, and libpq does that.
#ifndef LOOP_WATCHER_H
#define LOOP_WATCHER_H

#include <stdbool.h>
#include <uv.h>

struct watcher;
typedef void watcher_ready(void *context, bool readable, bool writable);

// Starts watching for reading, and for writing too if asked. NULL when out of descriptors or memory.
struct watcher *watcher_new(uv_loop_t *loop, int descriptor, bool writing, watcher_ready *ready, void *context);
bool watcher_set_writing(struct watcher *watcher, bool writing);
// Watches no more, or for reading again; without memory it stays as it is.
void watcher_pause(struct watcher *watcher, bool paused);
// Stops at once; the memory goes in libuv's close callback. NULL is fine.
void watcher_free(struct watcher *watcher);

#endif
