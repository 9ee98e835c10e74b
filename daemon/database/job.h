// SPDX-License-Identifier: GPL-3.0-or-later
// Work that dsrd does of its own accord in a library: it looks now and then, by a timer of the loop, asks the database, and rests.
#ifndef DATABASE_JOB_H
#define DATABASE_JOB_H

#include <jansson.h>

#include "database/database.h"

struct job;

struct job_plan {
    const char *name;            // in the log
    int library;                 // 0: it is about all of them
    int again_ms;                // the pause after a failure
    void (*look)(void *context); // what the timer does; one look at a time
    void *context;
};

struct job *job_new(uv_loop_t *loop, struct database *database, const struct job_plan *plan); // NULL without memory
void job_start(struct job *job);              // looks at once
void job_rest(struct job *job, int pause_ms); // until the next look; 0: at once, though not in this call
// For who is told that there is something to do: the next look comes in pause_ms, or so soon after the one under way.
void job_wake(struct job *job, int pause_ms);
// Asks with the JSON (taken), and calls `answered` with the answer (borrowed; NULL for SQL null). A failure does not get there: it is logged,
// once as long as it lasts, and the job rests; or, when the database says that what was asked is out of date (DS40R), it looks again at once.
void job_ask(struct job *job, enum statement statement, json_t *question, void (*answered)(void *context, const json_t *answer));
// What would hold up the loop: `work` runs on a thread of libuv, touching nothing that the loop may touch meanwhile, then `worked` on the loop, also
// after job_stop. False: not begun, for want of memory; the job rests.
bool job_work(struct job *job, void (*work)(void *context), void (*worked)(void *context));
// The same rest for what fails in between.
void job_fail(struct job *job, const struct error *error);
// For who watches over it: how long ago it last came to an end with a look, as the one who looks says, or was refused by the database. A database
// that is away or refuses counts as an end: no new process would fare better with it, and one killed for that again and again would serve nobody.
void job_moved(struct job *job, uint64_t ago_ms);
uint64_t job_unmoved_ms(const struct job *job); // 0 while it is not started
bool job_is_started(const struct job *job);
void job_stop(struct job *job); // no new look; one under way may still finish
void job_free(struct job *job); // NULL is fine; after the database is closed

#endif
