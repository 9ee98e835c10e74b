// SPDX-License-Identifier: GPL-3.0-or-later
// Writes into a request's record that its letter was sent, once the relay has taken it: the dates are then
// counted from that day. What is not written because dsrd stops in between is written at the next start.
#ifndef RUN_LETTER_LOG_H
#define RUN_LETTER_LOG_H

#include <uv.h>

#include "http/exchange.h"

struct letter_log;
struct letter_log *letter_log_new(uv_loop_t *loop, struct service *service, int library); // NULL without memory
void letter_log_start(struct letter_log *log);
void letter_log_wake(struct letter_log *log); // a letter was sent
void letter_log_stop(struct letter_log *log);
void letter_log_free(struct letter_log *log);

#endif
