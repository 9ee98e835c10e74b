// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "http/passed.h"
#include "run/notify.h"
#include "run/private_cluster.h"
#include "shared/log.h"
#include "shared/text.h"

enum { MAILERS_MAXIMUM = 16, CHILDREN = MAILERS_MAXIMUM + 4, ARGUMENTS = 20, BACKOFF_FIRST_MS = 200, BACKOFF_LAST_MS = 30000, MAILER_BACKOFF_LAST_MS = 5000, STEADY_MS = 60000, LOOK_MS = 20, LOOK_ADOPTED_MS = 1000, CLUSTER_STOP_MS = 30000 };

enum stage { CLUSTER_STARTING, MIGRATING, RUNNING, STOPPING_API, STOPPING_MAILERS, STOPPING_CLUSTER };
enum role { ROLE_CLUSTER, ROLE_MIGRATE, ROLE_API, ROLE_MAILER, ROLE_INBOX };

struct supervisor;

struct child {
    struct supervisor *supervisor;
    enum role role;
    char name[32];
    char *arguments[ARGUMENTS];
    size_t argument_count;
    uv_process_t process;
    uv_timer_t restart;
    bool running;
    unsigned failures;
    uint64_t started_at;
};

struct supervisor {
    uv_loop_t *loop;
    const struct options *options;
    const struct config *config;
    struct private_cluster cluster;
    pid_t adopted; // a postmaster that was running before us
    char program[4096];
    char inbox_program[4096 + 8]; // dsrd-inbox, beside it
    struct child children[CHILDREN];
    size_t count;
    uv_signal_t signals[3];
    uv_timer_t look; // for what tells us nothing by itself: the cluster
    enum stage stage;
    uint64_t cluster_patience; // until then it may stop in order
    bool stop_asked;
    int status;
    int passed; // sockets of the service manager, which the API gets
};

static void next_stage(struct supervisor *supervisor);
static void on_look(uv_timer_t *timer);

static void add_argument(struct child *child, const char *argument)
{
    if (argument != NULL && child->argument_count < ARGUMENTS - 1)
        child->arguments[child->argument_count++] = strdup(argument);
}

static struct child *add_child(struct supervisor *supervisor, enum role role, const char *name, const char *program)
{
    struct child *child = &supervisor->children[supervisor->count++];
    child->supervisor = supervisor;
    child->role = role;
    snprintf(child->name, sizeof child->name, "%s", name);
    add_argument(child, program);
    uv_timer_init(supervisor->loop, &child->restart);
    child->restart.data = child;
    return child;
}

static void add_role(struct supervisor *supervisor, enum role role, const char *command, int number)
{
    const struct options *options = supervisor->options;
    char text[16], name[32];
    snprintf(name, sizeof name, role == ROLE_MAILER ? "%s-%d" : "%s", role == ROLE_INBOX ? "inbox" : command, number);
    struct child *child = add_child(supervisor, role, name, role == ROLE_INBOX ? supervisor->inbox_program : supervisor->program);
    add_argument(child, command);
    if (options->config_path != NULL) {
        add_argument(child, "-c");
        add_argument(child, options->config_path);
    }
    if (options->private_folder != NULL) {
        add_argument(child, "--private");
        add_argument(child, options->private_folder);
    }
    if (role == ROLE_MIGRATE) {
        snprintf(text, sizeof text, "%u", (unsigned)(options->has_owner ? options->owner : geteuid()));
        add_argument(child, "--owner");
        add_argument(child, text);
        const char *const pairs[][2] = {{"--owner-email", options->owner_email}, {"--owner-name", options->owner_name}};
        for (size_t i = 0; i < 2; i++)
            if (pairs[i][1] != NULL) {
                add_argument(child, pairs[i][0]);
                add_argument(child, pairs[i][1]);
            }
    } else if (role == ROLE_MAILER) {
        snprintf(text, sizeof text, "%d", number);
        add_argument(child, "--number");
        add_argument(child, text);
    }
}

static void start_child(struct child *child);

static void on_restart(uv_timer_t *timer)
{
    start_child(timer->data);
}

static void restart_later(struct child *child)
{
    bool was_steady = uv_now(child->supervisor->loop) - child->started_at > STEADY_MS;
    child->failures = was_steady ? 0 : child->failures + 1;
    uint64_t pause = (uint64_t)BACKOFF_FIRST_MS << (child->failures < 10 ? child->failures : 10);
    // A mail that mailers die of must not hold up the others for long.
    uint64_t longest = child->role == ROLE_MAILER ? MAILER_BACKOFF_LAST_MS : BACKOFF_LAST_MS;
    uv_timer_start(&child->restart, on_restart, pause < longest ? pause : longest, 0);
}

static void stop(struct supervisor *supervisor, int status)
{
    if (supervisor->status == EXIT_FINE)
        supervisor->status = status;
    if (supervisor->stage < STOPPING_API) {
        supervisor->stop_asked = true;
        notify("STOPPING=1");
        next_stage(supervisor);
    }
}

static void on_exit_of(uv_process_t *process, int64_t status, int signal)
{
    struct child *child = process->data;
    struct supervisor *supervisor = child->supervisor;
    child->running = false;
    uv_close((uv_handle_t *)process, NULL); // used again only after a pause, when this is done
    if (supervisor->stage >= STOPPING_API || (child->role == ROLE_MIGRATE && status == 0)) {
        next_stage(supervisor);
    } else if (child->role == ROLE_MIGRATE || status == EXIT_CONFIGURATION) {
        stop(supervisor, status != 0 ? (int)status : EXIT_FAILED); // it has said why
    } else {
        log_error("%s ended unexpectedly (%s %d); starting it again", child->name, signal != 0 ? "signal" : "status", signal != 0 ? signal : (int)status);
        restart_later(child);
    }
}

static void start_child(struct child *child)
{
    struct supervisor *supervisor = child->supervisor;
    uv_stdio_container_t stdio[PASSED_FIRST + PASSED_MAXIMUM] = {
        {.flags = UV_IGNORE},
        {.flags = UV_INHERIT_FD, .data.fd = STDOUT_FILENO},
        {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
    };
    int count = child->role == ROLE_API ? PASSED_FIRST + supervisor->passed : PASSED_FIRST;
    for (int i = PASSED_FIRST; i < count; i++)
        stdio[i] = (uv_stdio_container_t){.flags = UV_INHERIT_FD, .data.fd = i};
    int log = -1;
    if (child->role == ROLE_CLUSTER) {
        log = open(supervisor->cluster.log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        stdio[1].data.fd = stdio[2].data.fd = log >= 0 ? log : STDERR_FILENO;
    }
    // In a session of its own: Ctrl-C in a terminal reaches us alone, and we stop them in order.
    uv_process_options_t options = {.file = child->arguments[0], .args = child->arguments, .exit_cb = on_exit_of,
                                    .flags = UV_PROCESS_DETACHED, .stdio = stdio, .stdio_count = count};
    child->process.data = child;
    child->started_at = uv_now(supervisor->loop);
    int result = uv_spawn(supervisor->loop, &child->process, &options);
    if (log >= 0)
        close(log);
    child->running = result == 0;
    if (result != 0) {
        uv_close((uv_handle_t *)&child->process, NULL);
        log_error("%s cannot be started: %s", child->name, uv_strerror(result));
        restart_later(child);
    }
}

static void start_role(struct supervisor *supervisor, enum role role)
{
    for (size_t i = 0; i < supervisor->count; i++)
        if (supervisor->children[i].role == role && !(role == ROLE_CLUSTER && supervisor->adopted != 0))
            start_child(&supervisor->children[i]);
}

static bool stop_role(struct supervisor *supervisor, enum role role, int signal)
{
    bool any = false;
    for (size_t i = 0; i < supervisor->count; i++) {
        struct child *child = &supervisor->children[i];
        if (child->role != role)
            continue;
        uv_timer_stop(&child->restart);
        if (child->running)
            uv_process_kill(&child->process, signal);
        any = any || child->running;
    }
    return any;
}

static void stop_cluster(struct supervisor *supervisor, int signal)
{
    stop_role(supervisor, ROLE_CLUSTER, signal);
    if (supervisor->adopted != 0)
        kill(supervisor->adopted, signal);
}

// One that recovers from the death of a backend and is told to stop in order waits for ever (PostgreSQL 15, measured). Stopped at once it recovers
// at the next start and loses nothing.
static void begin_to_stop_cluster(struct supervisor *supervisor)
{
    bool serves = supervisor->options->private_folder != NULL && private_cluster_answers(&supervisor->cluster);
    stop_cluster(supervisor, serves ? SIGINT : SIGQUIT);
    supervisor->cluster_patience = uv_now(supervisor->loop) + CLUSTER_STOP_MS;
    uv_timer_start(&supervisor->look, on_look, LOOK_MS, LOOK_MS);
}

static void finish(struct supervisor *supervisor)
{
    uv_stop(supervisor->loop);
}

// From what has ended or become ready to what comes next; called after each such event.
static void next_stage(struct supervisor *supervisor)
{
    if (supervisor->stop_asked && supervisor->stage < STOPPING_API) {
        supervisor->stage = STOPPING_API;
        uv_timer_stop(&supervisor->look);
        stop_role(supervisor, ROLE_API, SIGTERM);
        stop_role(supervisor, ROLE_MIGRATE, SIGTERM);
    } else if (supervisor->stage == CLUSTER_STARTING) {
        supervisor->stage = MIGRATING;
        start_role(supervisor, ROLE_MIGRATE);
        return;
    } else if (supervisor->stage == MIGRATING) {
        supervisor->stage = RUNNING;
        start_role(supervisor, ROLE_API);
        start_role(supervisor, ROLE_MAILER);
        start_role(supervisor, ROLE_INBOX);
        return;
    }
    if (supervisor->stage == STOPPING_API && !stop_role(supervisor, ROLE_API, 0) && !stop_role(supervisor, ROLE_MIGRATE, 0)) {
        supervisor->stage = STOPPING_MAILERS;
        stop_role(supervisor, ROLE_MAILER, SIGTERM);
        stop_role(supervisor, ROLE_INBOX, SIGTERM);
    }
    if (supervisor->stage == STOPPING_MAILERS && !stop_role(supervisor, ROLE_MAILER, 0) && !stop_role(supervisor, ROLE_INBOX, 0)) {
        supervisor->stage = STOPPING_CLUSTER;
        begin_to_stop_cluster(supervisor);
    }
    if (supervisor->stage == STOPPING_CLUSTER && !stop_role(supervisor, ROLE_CLUSTER, 0) && supervisor->adopted == 0)
        finish(supervisor);
}

static void on_look(uv_timer_t *timer)
{
    struct supervisor *supervisor = timer->data;
    bool was_adopted = supervisor->adopted != 0;
    if (was_adopted && kill(supervisor->adopted, 0) != 0)
        supervisor->adopted = 0;
    if (supervisor->stage == STOPPING_CLUSTER) {
        if (uv_now(supervisor->loop) > supervisor->cluster_patience)
            stop_cluster(supervisor, SIGQUIT);
        next_stage(supervisor);
        return;
    }
    if (was_adopted && supervisor->adopted == 0) { // it is no child of ours: nothing else tells
        log_error("postgres ended unexpectedly; starting it again");
        start_role(supervisor, ROLE_CLUSTER);
    }
    if (supervisor->stage == CLUSTER_STARTING && private_cluster_answers(&supervisor->cluster))
        next_stage(supervisor);
    if (supervisor->stage > CLUSTER_STARTING && supervisor->adopted == 0)
        uv_timer_stop(timer);
    else if (supervisor->stage > CLUSTER_STARTING)
        uv_timer_set_repeat(timer, LOOK_ADOPTED_MS);
}

static void on_signal(uv_signal_t *handle, int signal)
{
    struct supervisor *supervisor = handle->data;
    if (signal == SIGHUP) {
        stop_role(supervisor, ROLE_API, SIGHUP);
        stop_role(supervisor, ROLE_MAILER, SIGHUP);
    } else if (supervisor->stage < STOPPING_API) {
        stop(supervisor, EXIT_FINE);
    } else { // asked again: at once
        stop_role(supervisor, ROLE_API, SIGKILL);
        stop_role(supervisor, ROLE_MAILER, SIGKILL);
        stop_role(supervisor, ROLE_INBOX, SIGKILL);
        stop_cluster(supervisor, SIGQUIT);
        supervisor->status = EXIT_FAILED;
        finish(supervisor);
    }
}

static bool add_cluster(struct supervisor *supervisor, struct error *error)
{
    const char *folder = supervisor->options->private_folder;
    if (folder == NULL)
        return true;
    if (!private_cluster_init(&supervisor->cluster, folder, error))
        return false;
    supervisor->adopted = private_cluster_find(&supervisor->cluster);
    if (supervisor->adopted != 0)
        log_notice("the private PostgreSQL is still running; using it");
    struct child *child = add_child(supervisor, ROLE_CLUSTER, "postgres", supervisor->cluster.postgres);
    add_argument(child, "-D");
    add_argument(child, supervisor->cluster.data);
    return true;
}

static void begin(struct supervisor *supervisor)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    size_t size = sizeof supervisor->program;
    uv_exepath(supervisor->program, &size);
    snprintf(supervisor->inbox_program, sizeof supervisor->inbox_program, "%s-inbox", supervisor->program);
    for (size_t i = 0; i < 3; i++) {
        uv_signal_init(supervisor->loop, &supervisor->signals[i]);
        supervisor->signals[i].data = supervisor;
        uv_signal_start(&supervisor->signals[i], on_signal, numbers[i]);
    }
    uv_timer_init(supervisor->loop, &supervisor->look);
    supervisor->look.data = supervisor;
    if (supervisor->options->private_folder != NULL)
        add_role(supervisor, ROLE_MIGRATE, "migrate", 0);
    add_role(supervisor, ROLE_API, "api", 0);
    for (int i = 1; i <= supervisor->config->mail_mailers && i <= MAILERS_MAXIMUM; i++)
        add_role(supervisor, ROLE_MAILER, "mailer", i);
    if (supervisor->config->inbox_source != INBOX_NONE)
        add_role(supervisor, ROLE_INBOX, "run", 0);
    if (supervisor->options->private_folder != NULL) {
        uv_timer_start(&supervisor->look, on_look, LOOK_MS, LOOK_MS);
        start_role(supervisor, ROLE_CLUSTER);
    } else {
        supervisor->stage = MIGRATING; // with a server of its own, an operator migrates
        next_stage(supervisor);
    }
}

int supervisor_run(const struct options *options, const struct config *config)
{
    struct error error;
    struct supervisor *supervisor = calloc(1, sizeof *supervisor);
    if (supervisor == NULL)
        return EXIT_FAILED;
    supervisor->loop = uv_default_loop();
    supervisor->options = options;
    supervisor->config = config;
    supervisor->status = EXIT_FINE;
    supervisor->passed = passed_count();
    if (supervisor->passed == 0)
        unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_PID");
    setenv("DSRD_SUPERVISED", "1", 1); // the roles end when we do
    int status = EXIT_CONFIGURATION;
    if (!add_cluster(supervisor, &error)) {
        log_error("%s", error.text);
    } else {
        begin(supervisor);
        uv_run(supervisor->loop, UV_RUN_DEFAULT);
        status = supervisor->status;
    }
    for (size_t i = 0; i < supervisor->count; i++)
        for (size_t j = 0; j < supervisor->children[i].argument_count; j++)
            free(supervisor->children[i].arguments[j]);
    private_cluster_release(&supervisor->cluster);
    free(supervisor);
    return status;
}
