// SPDX-License-Identifier: GPL-3.0-or-later
// For whom a homework is filed: the caller, or those of a class.
#ifndef CLIENT_HOMEWORK_PEOPLE_H
#define CLIENT_HOMEWORK_PEOPLE_H

#include "client/homework.h"

// Fills homework->people from --for (each), --class and --residence. `me` is who the caller is as a subject, or null. Somebody who is not
// known gets a `reason`. False: error.
bool homework_people(struct homework *homework, const struct arguments *arguments, const json_t *me, struct error *error);

#endif
