// SPDX-License-Identifier: GPL-3.0-or-later
// How often the law lets a person ask. Inside law/ only.
#ifndef LAW_NEXT_FREE_H
#define LAW_NEXT_FREE_H

#include "law/clock_work.h"

// The first day a further request is free under the law's limit, counting the earlier ones and this one: when so many of them have
// fallen out of the window that one more fits. DATE_NONE when the law sets no limit or it is not reached. False without memory.
bool clock_next_free(const struct clock_work *work, date *free_from);

#endif
