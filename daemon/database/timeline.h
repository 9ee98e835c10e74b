// SPDX-License-Identifier: GPL-3.0-or-later
// Tells the primary of a cluster from an old one. A promotion begins a higher timeline; an old primary that comes back after it is of the same
// system identifier, takes writes like any other, and stands on a lower one: what is written there is lost. So the highest timeline seen is kept in
// a file that all roles of this host share, and whoever stands lower is refused.
#ifndef DATABASE_TIMELINE_H
#define DATABASE_TIMELINE_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

#include "shared/error.h"

// Where a server stands. An empty system: it could not be asked, and is taken as it is.
struct position {
    char system[21];
    uint32_t timeline;
};

// The function that names files of the log uses the timeline that is written now; the one in the control file is that of the last checkpoint.
#define TIMELINE_QUERY "select system_identifier::text, left(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 8) from pg_catalog.pg_control_system()"

struct timeline;

// Opens the file, before the sandbox does not let it be opened any more; "": none. One that cannot be opened is logged, and the
// timeline is known only as long as this process runs. NULL without memory.
struct timeline *timeline_open(const char *path);
void timeline_close(struct timeline *timeline); // NULL is fine

// Where the answer of TIMELINE_QUERY says that the server stands.
struct position timeline_read(const PGresult *answer);
// Whether a server that stands there may be used; keeps what is higher than anything before. False: error says why, and it is logged once.
bool timeline_admits(struct timeline *timeline, const struct position *position, struct error *error);
// Whether no higher one was seen since, by whatever process of this host.
bool timeline_is_current(struct timeline *timeline, const struct position *position);

#endif
