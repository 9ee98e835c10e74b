// SPDX-License-Identifier: GPL-3.0-or-later
// How each role reaches PostgreSQL: the setting database.conninfo, or the private cluster, with the role's own user.
#ifndef DATABASE_CONNINFO_H
#define DATABASE_CONNINFO_H

#include <libpq-fe.h>

#include "config/config.h"
#include "shared/text.h"

// Adds keyword='value' to a connection string.
void conninfo_append(struct text *text, const char *keyword, const char *value);

// What a connection string says together with what a service file, the environment and libpq's own defaults add. Free it with
// PQconninfoFree. NULL without memory; nothing has a value when libpq cannot use the string, as when it names a service that no file has.
PQconninfoOption *conninfo_in_effect(const char *conninfo);

// The value of a keyword, which stays the options'; NULL: it has none, or `options` is NULL.
const char *conninfo_value(const PQconninfoOption *options, const char *keyword);

// A libpq connection string (caller frees) for `user`; NULL user: whoever calls (migrations). `private_folder` may be NULL.
// NULL, with an error, when neither is configured or the setting cannot be read.
char *conninfo_for(const struct config *config, const char *private_folder, const char *user, struct error *error);

// Names get so much of the time to connect; then the addresses that are known must do.
enum { LOOK_UP_PART = 2 };

// The database's own time limits come first; after so much more a server is given up that does not answer at all.
enum { SESSION_MARGIN_MS = 3000, SESSION_SETTINGS_SIZE = 512 };

// A query that sets what holds for a session: time limits, and that the server too notices a peer that has vanished, with what it had locked.
void conninfo_session_settings(const struct config *config, char sql[SESSION_SETTINGS_SIZE]);

#endif
