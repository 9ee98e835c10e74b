// SPDX-License-Identifier: GPL-3.0-or-later
// The law and calendar files as dsr finds them, without dsrd.
#ifndef CLIENT_LAWS_H
#define CLIENT_LAWS_H

#include "client/arguments.h"
#include "law/catalogue.h"

// --laws and --calendars, DSR_LAWS and DSR_CALENDARS, or the installed ones. NULL and an error when they cannot be read.
struct catalogue *laws_load(const struct arguments *arguments, struct error *error);

#endif
