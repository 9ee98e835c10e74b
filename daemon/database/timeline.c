// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/timeline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "shared/log.h"

// A line for each time something higher was seen, so that many processes can write without waiting for each other; a fail-over is rare.
enum { LINE_LENGTH = 32, FILE_MAXIMUM = 1 << 20, HEXADECIMAL = 16 };

struct timeline {
    int descriptor; // -1: no file
    off_t seen;     // so much of it is read
    struct position highest;
    bool refusing; // and has said so
};

struct timeline *timeline_open(const char *path)
{
    struct timeline *timeline = calloc(1, sizeof *timeline);
    if (timeline == NULL)
        return NULL;
    timeline->descriptor = path[0] != '\0' ? open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
    if (timeline->descriptor < 0 && path[0] != '\0')
        log_warning("database: %s cannot be opened (%s): after a restart an old primary could not be told from the new one", path, strerror(errno));
    return timeline;
}

void timeline_close(struct timeline *timeline)
{
    if (timeline == NULL)
        return;
    if (timeline->descriptor >= 0)
        close(timeline->descriptor);
    free(timeline);
}

// The same cluster only climbs; another one is what is used now.
static void take(struct timeline *timeline, const struct position *position)
{
    if (strcmp(position->system, timeline->highest.system) != 0 || position->timeline > timeline->highest.timeline)
        timeline->highest = *position;
}

static void read_on(struct timeline *timeline)
{
    char line[LINE_LENGTH + 1];
    struct stat status;
    if (timeline->descriptor < 0 || fstat(timeline->descriptor, &status) != 0)
        return;
    for (; timeline->seen + LINE_LENGTH <= status.st_size; timeline->seen += LINE_LENGTH) {
        struct position position = {0};
        if (pread(timeline->descriptor, line, LINE_LENGTH, timeline->seen) != LINE_LENGTH)
            return;
        line[LINE_LENGTH] = '\0';
        size_t digits = strspn(line, "0123456789");
        if (digits == 0 || digits >= sizeof position.system)
            continue;
        memcpy(position.system, line, digits);
        position.timeline = (uint32_t)strtoul(line + digits, NULL, HEXADECIMAL);
        take(timeline, &position);
    }
}

static void keep(struct timeline *timeline)
{
    char line[LINE_LENGTH + 1];
    if (timeline->descriptor < 0 || timeline->seen >= FILE_MAXIMUM)
        return;
    snprintf(line, sizeof line, "%-20s %08X  \n", timeline->highest.system, (unsigned)timeline->highest.timeline);
    if (write(timeline->descriptor, line, LINE_LENGTH) == LINE_LENGTH && fdatasync(timeline->descriptor) == 0)
        return;
    log_warning("database: the highest timeline cannot be written (%s): after a restart an old primary could not be told from the new one", strerror(errno));
    struct stat status; // of a full disk: no piece of a line stays
    if (fstat(timeline->descriptor, &status) == 0 && status.st_size % LINE_LENGTH != 0 && ftruncate(timeline->descriptor, status.st_size - status.st_size % LINE_LENGTH) != 0)
        close(timeline->descriptor), timeline->descriptor = -1;
}

struct position timeline_read(const PGresult *answer)
{
    struct position position = {0};
    if (PQresultStatus(answer) != PGRES_TUPLES_OK || PQntuples(answer) != 1 || PQnfields(answer) != 2)
        return position;
    snprintf(position.system, sizeof position.system, "%s", PQgetvalue(answer, 0, 0));
    position.timeline = (uint32_t)strtoul(PQgetvalue(answer, 0, 1), NULL, HEXADECIMAL);
    return position;
}

bool timeline_is_current(struct timeline *timeline, const struct position *position)
{
    read_on(timeline);
    return strcmp(position->system, timeline->highest.system) != 0 || position->timeline >= timeline->highest.timeline;
}

bool timeline_admits(struct timeline *timeline, const struct position *position, struct error *error)
{
    if (position->system[0] == '\0')
        return true;
    if (!timeline_is_current(timeline, position)) {
        error_set(error, ERROR_unavailable, "database",
                  "This PostgreSQL is an old primary: it stands on timeline %u, and timeline %u of the same cluster has been seen since.",
                  (unsigned)position->timeline, (unsigned)timeline->highest.timeline);
        if (!timeline->refusing)
            log_error("database: %s Nothing is written there. If you went back on purpose, dsrd.conf(5) says what to do under database.timeline_file", error->text);
        timeline->refusing = true;
        return false;
    }
    bool same = strcmp(position->system, timeline->highest.system) == 0;
    if (!same && timeline->highest.system[0] != '\0')
        log_notice("database: another PostgreSQL cluster than before (system identifier %s, then %s)", timeline->highest.system, position->system);
    else if (same && position->timeline > timeline->highest.timeline)
        log_notice("database: PostgreSQL is on timeline %u now, after %u", (unsigned)position->timeline, (unsigned)timeline->highest.timeline);
    if (!same || position->timeline > timeline->highest.timeline) {
        timeline->highest = *position;
        keep(timeline);
    }
    timeline->refusing = false;
    return true;
}
