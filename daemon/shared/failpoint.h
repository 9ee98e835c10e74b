// SPDX-License-Identifier: GPL-3.0-or-later
// Places at which a test can make dsrd die, hang or fail. They exist only in build/failpoints/dsrd (`make failpoints`), compiled with
// -DDSRD_FAILPOINTS; anywhere else FAILPOINT() is false and nothing of them is left. What they do stands in tests/fault/failpoint.c.
#ifndef SHARED_FAILPOINT_H
#define SHARED_FAILPOINT_H

// X(name, role, where the mail at hand is then: none of it with the relay, "before"; perhaps all of it, "after")
#define FAILPOINT_TABLE(X)                                                                                   \
    X(mailer_connected, mailer, before)                                                                      \
    X(mailer_leased, mailer, before)                                                                         \
    X(mailer_prepared, mailer, before)                                                                       \
    X(mailer_begun, mailer, before)                                                                          \
    X(smtp_body_begins, mailer, before)                                                                      \
    X(smtp_body_given, mailer, before)                                                                       \
    X(smtp_answered, mailer, after)                                                                          \
    X(mailer_judged, mailer, after)                                                                          \
    X(mailer_recording, mailer, after)                                                                       \
    X(mailer_recorded, mailer, before)                                                                       \
    X(mailer_releasing, release, before)                                                                     \
    X(mailer_released, release, before)                                                                      \
    X(maildir_writes, maildir, before)                                                                       \
    X(maildir_written, maildir, before)                                                                      \
    X(maildir_synced, maildir, before)                                                                       \
    X(maildir_renamed, maildir, after)                                                                       \
    X(maildir_delivered, maildir, after)                                                                     \
    X(scheduler_asks, api, before)                                                                           \
    X(scheduler_gathered, api, before)                                                                       \
    X(call_sends, api, before)                                                                               \
    X(call_sent, api, before)                                                                                \
    X(call_committed, api, before)                                                                           \
    X(request_answers, api, before)

#ifdef DSRD_FAILPOINTS
#include <stdbool.h>
#include <stdio.h>

#define FAILPOINT_NAME(name, role, mail) FAILPOINT_##name,
enum failpoint { FAILPOINT_TABLE(FAILPOINT_NAME) FAILPOINT_COUNT };
#undef FAILPOINT_NAME

// A process came by this place. DSRD_FAILPOINT=NAME:ACTION:N chooses one place, what happens there and at which time it is passed:
// kill (as kill -9 does), hang, stop (as SIGSTOP does), or error: true, and whoever asks fails as it does when the world around it fails there.
bool failpoint_passed(enum failpoint place);
void failpoints_print(FILE *file); // one a line: name, role, before or after

#define FAILPOINT(name) failpoint_passed(FAILPOINT_##name)
#else
#define FAILPOINT(name) false
#endif

#endif
