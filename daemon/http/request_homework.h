// SPDX-License-Identifier: GPL-3.0-or-later
// Requests that are part of a homework: how one is named, and what is asked elsewhere already. No I/O.
#ifndef HTTP_REQUEST_HOMEWORK_H
#define HTTP_REQUEST_HOMEWORK_H

#include "http/request_work.h"

// Whether a homework may be called that; NULL, which is none, is fine.
bool request_homework_check_name(const char *name, struct error *error);

// Adds the warning asked_already when the snapshot says that the person asks the vendor for that right outside the homework.
void request_homework_check(struct request_work *work, const json_t *snapshot);

#endif
