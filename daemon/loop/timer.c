// SPDX-License-Identifier: GPL-3.0-or-later
#include "loop/timer.h"

#include <stdlib.h>

struct timer {
    uv_timer_t handle;
    void (*due)(void *context);
    void *context;
};

static void on_timer(uv_timer_t *handle)
{
    struct timer *timer = handle->data;
    timer->due(timer->context);
}

static void on_close(uv_handle_t *handle)
{
    free(handle->data);
}

struct timer *timer_new(uv_loop_t *loop, void (*due)(void *context), void *context)
{
    struct timer *timer = calloc(1, sizeof *timer);
    if (timer == NULL)
        return NULL;
    uv_timer_init(loop, &timer->handle);
    timer->handle.data = timer;
    timer->due = due;
    timer->context = context;
    return timer;
}

void timer_start(struct timer *timer, uint64_t after_ms, uint64_t repeat_ms)
{
    uv_update_time(timer->handle.loop);
    uv_timer_start(&timer->handle, on_timer, after_ms, repeat_ms);
}

uint64_t timer_due_in_ms(const struct timer *timer)
{
    return uv_is_active((const uv_handle_t *)&timer->handle) ? uv_timer_get_due_in(&timer->handle) : UINT64_MAX;
}

void timer_stop(struct timer *timer)
{
    uv_timer_stop(&timer->handle);
}

void timer_free(struct timer *timer)
{
    if (timer != NULL)
        uv_close((uv_handle_t *)&timer->handle, on_close);
}
