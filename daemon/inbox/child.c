// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inbox/describe.h"
#include "inbox/parse.h"
#include "shared/elapsed.h"
#include "shared/file.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "shared/text.h"

enum {
    MEMORY = 40 << 20,  // of its own; what it shares with the parent comes to it
    SECONDS = 10,       // of computing
    PATIENCE_MS = 30000,
    BEGINNING = 65536,  // what is read of a mail that is too much as a whole
    DESCRIPTION_MAXIMUM = 1 << 20,
    MAIL_DESCRIPTOR = 3, PIPE_DESCRIPTOR = 4, DESCRIPTORS = 12, // some for the tables of charsets
};

static void limit(int resource, rlim_t value)
{
    const struct rlimit limits = {value, value};
    setrlimit((__rlimit_resource_t)resource, &limits);
}

static void confine(void)
{
    prctl(PR_SET_PDEATHSIG, (unsigned long)SIGKILL, 0L, 0L, 0L);
    prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
#ifndef DSRD_SANITIZED // its shadow memory is larger
    limit(RLIMIT_DATA, MEMORY);
#endif
    limit(RLIMIT_CPU, SECONDS);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, DESCRIPTORS);
}

static _Noreturn void be_child(int64_t size, const unsigned char *public_key)
{
    struct reply *reply = calloc(1, sizeof *reply);
    confine();
    if (reply == NULL || lseek(MAIL_DESCRIPTOR, 0, SEEK_SET) != 0 || !parse_reply(MAIL_DESCRIPTOR, size, reply))
        _exit(1);
    json_t *json = describe_reply(reply, public_key);
    char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;
    _exit(text != NULL && memory_failures() == 0 && file_write_all(PIPE_DESCRIPTOR, text, strlen(text)) ? 0 : 1);
}

static bool collect(int descriptor, struct text *answer)
{
    char bytes[4096];
    int64_t until = elapsed_ms() + PATIENCE_MS;
    for (;;) {
        struct pollfd poller = {.fd = descriptor, .events = POLLIN};
        int64_t left = until - elapsed_ms();
        int ready = left > 0 ? poll(&poller, 1, (int)left) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready <= 0)
            return false;
        ssize_t length = read(descriptor, bytes, sizeof bytes);
        if (length == 0)
            return !answer->failed;
        if (length > 0)
            text_append_bytes(answer, bytes, (size_t)length);
        if ((length < 0 && errno != EINTR) || answer->length > DESCRIPTION_MAXIMUM)
            return false;
    }
}

// Two descriptors to the places where the child expects them; everything else of the parent is closed there: the database, the mailbox.
static bool arrange(int mail, int out)
{
    int mail_copy = fcntl(mail, F_DUPFD, DESCRIPTORS), out_copy = fcntl(out, F_DUPFD, DESCRIPTORS);
    return mail_copy >= 0 && out_copy >= 0 && dup2(mail_copy, MAIL_DESCRIPTOR) >= 0 && dup2(out_copy, PIPE_DESCRIPTOR) >= 0 &&
           close_range(PIPE_DESCRIPTOR + 1, ~0U, 0) == 0;
}

static bool run(int descriptor, int64_t size, const unsigned char *public_key, struct text *answer, bool *started)
{
    int pair[2], status = -1;
    *started = false;
    if (pipe2(pair, O_CLOEXEC) != 0)
        return false;
    pid_t pid = fork();
    if (pid == 0) {
        if (!arrange(descriptor, pair[1]))
            _exit(1);
        be_child(size, public_key);
    }
    close(pair[1]);
    *started = pid > 0;
    bool good = pid > 0 && collect(pair[0], answer);
    close(pair[0]);
    if (pid > 0 && !good)
        kill(pid, SIGKILL);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return good && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static json_t *attempt(int descriptor, int64_t size, const unsigned char *public_key, bool *started)
{
    struct text answer = {0};
    json_t *json = NULL;
    if (run(descriptor, size, public_key, &answer, started))
        json = json_read(answer.text != NULL ? answer.text : "", answer.length, 0, NULL);
    text_release(&answer);
    return json;
}

json_t *child_read(int descriptor, int64_t size, const unsigned char *public_key)
{
    bool started;
    json_t *json = attempt(descriptor, size, public_key, &started);
    if (json != NULL || !started)
        return json;
    log_warning("a mail of %lld bytes cannot be read as a whole; its beginning is", (long long)size);
    json = attempt(descriptor, size < BEGINNING ? size : BEGINNING, public_key, &started);
    if (json == NULL && started)
        json = json_pack("{s:s, s:[], s:[], s:[], s:[]}", "kind", "answer", "media_types", "tokens", "ids", "references");
    if (json != NULL)
        json_object_set_new(json, "cut", json_true());
    return json;
}
