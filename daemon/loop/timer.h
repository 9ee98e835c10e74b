// SPDX-License-Identifier: GPL-3.0-or-later
// A timer of the loop; its memory goes in libuv's close callback.
#ifndef LOOP_TIMER_H
#define LOOP_TIMER_H

#include <uv.h>

struct timer;
struct timer *timer_new(uv_loop_t *loop, void (*due)(void *context), void *context); // NULL without memory
void timer_start(struct timer *timer, uint64_t after_ms, uint64_t repeat_ms);        // repeat 0: once
uint64_t timer_due_in_ms(const struct timer *timer); // UINT64_MAX when it is not running
void timer_stop(struct timer *timer);
void timer_free(struct timer *timer); // NULL is fine

#endif
