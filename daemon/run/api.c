// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/api.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "database/conninfo.h"
#include "database/database.h"
#include "database/schema_version.h"
#include "http/server.h"
#include "loop/timer.h"
#include "run/calendar_watch.h"
#include "run/configuration_note.h"
#include "run/health_watch.h"
#include "run/key_keeper.h"
#include "run/library_jobs.h"
#include "run/notify.h"
#include "run/time_watch.h"
#include "sandbox/sandbox.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"
#include "shared/text.h"
#include "vault/vault.h"

enum { SIGNALS = 3, CHECK_AGAIN_MS = 1000, CATALOGUE_LOOK_MS = 30000 };

struct api {
    uv_loop_t *loop;
    const struct options *options;
    struct config *config;
    struct service service;
    struct catalogue *fresh; // laws read anew, while the database is asked whether they are in force
    bool fresh_asked;        // by a reload; else because other laws are in force
    struct server *server;
    struct library_jobs *jobs;
    struct calendar_watch *calendar_watch;
    struct health_watch *health_watch;
    struct key_keeper *key_keeper;
    struct time_watch *time_watch;
    struct configuration_note *configuration_note;
    struct timer *watchdog, *check_again, *drain;
    uv_signal_t signals[SIGNALS];
    bool stopping;
    bool stuck; // the watchdog is not fed
    int status;
};

static void on_database_closed(void *context)
{
    struct api *api = context;
    uv_stop(api->loop);
}

static void on_server_closed(void *context)
{
    struct api *api = context;
    database_stop(api->service.database, api->config->api_stop_timeout_ms, on_database_closed, api);
}

static void stop(struct api *api, int status)
{
    if (api->stopping)
        return;
    api->stopping = api->service.stopping = true;
    timer_stop(api->drain);
    api->status = status;
    notify("STOPPING=1");
    library_jobs_stop(api->jobs);
    calendar_watch_stop(api->calendar_watch);
    health_watch_stop(api->health_watch);
    key_keeper_stop(api->key_keeper);
    time_watch_stop(api->time_watch);
    configuration_note_stop(api->configuration_note);
    server_stop(api->server, api->config->api_stop_timeout_ms, on_server_closed, api);
}

static void on_changed_setting(const char *name, bool reloadable, void *context)
{
    (void)context;
    if (reloadable)
        log_notice("reload: %s is changed", name);
    else
        log_warning("reload: %s is changed in the file, but takes effect only after a restart", name);
}

static void ask_catalogue_state(struct api *api, const struct catalogue *catalogue, database_done *done)
{
    const struct principal nobody = {.library = 0};
    char mark[VAULT_LOOKUP_HEX], text[256];
    vault_mark(api->service.vault, mark);
    snprintf(text, sizeof text, "{\"catalogue\": \"%s\", \"ring\": \"%s\"}", catalogue_hash(catalogue), mark);
    const char *parameters[] = {text};
    database_call(api->service.database, &nobody, STATEMENT_catalogue_state, parameters, done, api);
}

static void on_laws_changed(void *context)
{
    struct api *api = context;
    calendar_watch_start(api->calendar_watch);
}

static void on_fresh_state(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct api *api = context;
    struct catalogue *fresh = api->fresh;
    (void)retry;
    api->fresh = NULL;
    json_t *state = error->code == ERROR_NONE ? json_read(json, length, 0, NULL) : NULL;
    if (json_is_true(json_object_get(state, "same"))) {
        catalogue_free(api->service.catalogue);
        api->service.catalogue = fresh;
        api->service.read_only = false;
        log_notice("%sthe laws in the files are those in force", api->fresh_asked ? "reload: " : "");
        on_laws_changed(api);
        configuration_note_make(api->configuration_note, "reload");
    } else {
        if (api->fresh_asked)
            log_notice("reload: the law files are changed; `dsr law diff` shows what they would move, `dsr law apply` puts them in force");
        catalogue_free(fresh);
    }
    json_decref(state);
}

// Another host may have put new laws in force: when the files here are those by now, they are taken.
static void reload_laws(struct api *api, bool asked)
{
    struct error error;
    struct catalogue *fresh = api->fresh == NULL && api->service.open ? catalogue_load(api->config->paths_laws, api->config->paths_calendars, &error) : NULL;
    if (fresh == NULL) {
        if (asked && api->fresh == NULL && api->service.open)
            log_error("reload: the law files cannot be used: %s", error.text);
        return;
    }
    if (strcmp(catalogue_hash(fresh), catalogue_hash(api->service.catalogue)) == 0) {
        catalogue_free(fresh);
        return;
    }
    api->fresh = fresh;
    api->fresh_asked = asked;
    ask_catalogue_state(api, fresh, on_fresh_state);
}

static void reload_letters(struct api *api)
{
    struct error error;
    struct letters *fresh = letters_load(api->config->paths_letters, &error);
    if (fresh == NULL) {
        log_error("reload: the letters stay as they are: %s", error.text);
        return;
    }
    letters_free(api->service.letters);
    api->service.letters = fresh;
}

static void reload(struct api *api)
{
    struct error error;
    notify_reloading();
    struct config *fresh = config_load_for(api->options->config_path, api->options->private_folder, &error);
    if (fresh == NULL) {
        log_error("reload: nothing is changed: %s", error.text);
    } else {
        config_compare(api->config, fresh, on_changed_setting, NULL);
        if (!config_reload(api->config, fresh, &error))
            log_error("reload: %s", error.text);
        else
            log_notice("reload: done");
        library_jobs_reload(api->jobs);
        if (api->service.open && !api->stopping)
            key_keeper_start(api->key_keeper);
        if (api->service.open)
            configuration_note_make(api->configuration_note, "reload");
        reload_letters(api);
        reload_laws(api, true);
    }
    config_free(fresh);
    notify("READY=1");
}

static void on_drained(void *context)
{
    log_notice("stopping");
    stop(context, EXIT_FINE);
}

// First a balancer is told, which asks now and then; what it sends until it knows is served as ever.
static void begin_to_stop(struct api *api)
{
    api->service.stopping = true;
    if (api->config->api_drain_ms == 0) {
        on_drained(api);
        return;
    }
    log_notice("stopping in %d ms", api->config->api_drain_ms);
    notify("STOPPING=1");
    timer_start(api->drain, (uint64_t)api->config->api_drain_ms, 0);
}

static void on_signal(uv_signal_t *handle, int signal)
{
    struct api *api = handle->data;
    if (signal == SIGHUP) {
        reload(api);
    } else if (api->service.stopping) {
        _exit(EXIT_FAILED); // at once: nothing is left to tidy but what waits for the database
    } else {
        begin_to_stop(api);
    }
}

// A timer of the loop, so a loop that hangs does not feed it; nor is it fed when the loop turns and reminders are not looked at any more.
static void on_watchdog(void *context)
{
    struct api *api = context;
    int library = library_jobs_stuck(api->jobs);
    if (library != 0 && !api->stuck)
        log_error("the reminders of library %d have not been looked at for too long: the service manager's watchdog is not fed", library);
    else if (library == 0 && api->stuck)
        log_notice("reminders are looked at again");
    api->stuck = library != 0;
    if (!api->stuck)
        notify("WATCHDOG=1");
}

static void on_check_again(void *context);

static void open_service(struct api *api)
{
    api->service.open = true;
    time_watch_start(api->time_watch);
    library_jobs_start(api->jobs);
    calendar_watch_start(api->calendar_watch);
    health_watch_start(api->health_watch);
    key_keeper_start(api->key_keeper);
    configuration_note_make(api->configuration_note, "start");
    const char *also = api->config->api_listen;
    log_notice("serving on %s%s%s", api->config->api_socket, also[0] != '\0' ? " and " : "", also);
    notify("READY=1\nSTATUS=serving");
}

static void take_catalogue(struct api *api, bool same)
{
    bool was_read_only = api->service.read_only;
    api->service.read_only = !same;
    if (!same && !was_read_only)
        log_warning("the laws in the files differ from those in force: nothing is written until an operator runs `dsr law apply`");
    else if (same && was_read_only)
        log_notice("the laws in the files are those in force now: writing again");
    if (!same)
        reload_laws(api, false); // the files may have come before, as on the host where an operator has applied them
}

// Libraries are added while dsrd runs; none is ever taken away.
static void take_libraries(struct api *api, const json_t *list)
{
    struct libraries *fresh = libraries_new(list);
    if (fresh == NULL || libraries_same(api->service.libraries, fresh)) {
        libraries_free(fresh);
        return;
    }
    libraries_free(api->service.libraries);
    api->service.libraries = fresh;
    if (api->service.open) {
        log_notice("this database has %zu libraries", libraries_count(fresh));
        configuration_note_make(api->configuration_note, "start"); // in the log of a new one too
    }
}

// A database may be brought to a newer version while dsrd runs.
static bool check_schema(struct api *api, const json_t *state)
{
    struct error error;
    if (schema_serves(state, &error))
        return true;
    log_error("%s", error.text);
    stop(api, EXIT_CONFIGURATION);
    return false;
}

static void look_again(struct api *api)
{
    timer_start(api->check_again, CHECK_AGAIN_MS, 0);
}

// False: dsrd has nothing to serve here, and why has been logged.
static bool check_contents(const struct api *api, bool has_libraries, bool has_our_ring)
{
    if (!has_libraries)
        log_error("the database has no library: run `dsrd migrate`");
    else if (!has_our_ring)
        log_error("the key ring %s is not the one that seals this database: put that one back from the backup", api->config->vault_ring);
    return has_libraries && has_our_ring;
}

static void take_state(struct api *api, const json_t *state)
{
    const char *applied = json_text(state, "applied");
    const json_t *libraries = json_object_get(state, "libraries");
    if (!check_schema(api, state))
        return;
    if (!check_contents(api, json_array_size(libraries) > 0, json_is_true(json_object_get(state, "ring")))) {
        stop(api, EXIT_CONFIGURATION);
        return;
    }
    take_libraries(api, libraries);
    if (api->service.libraries == NULL) { // no memory for them
        look_again(api);
        return;
    }
    take_catalogue(api, text_is(applied, catalogue_hash(api->service.catalogue)));
    if (!json_is_true(json_object_get(state, "finished")) && !api->service.open)
        log_warning("the laws in force are not applied to every open request yet: an operator runs `dsr law apply` again");
    if (!api->service.open)
        open_service(api);
    else
        library_jobs_start(api->jobs);
    // An operator may apply other laws at any time, from another machine too: a notification says so, and this look does not depend on it.
    timer_start(api->check_again, CATALOGUE_LOOK_MS, 0);
}

// NULL: there is none, or no memory to read it, which says nothing of the database.
static json_t *read_answer(const char *json, size_t length, const struct error *error)
{
    return error->code == ERROR_NONE && json != NULL ? json_read(json, length, 0, NULL) : NULL;
}

static void on_catalogue(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct api *api = context;
    (void)retry;
    json_t *state = read_answer(json, length, error);
    if (state != NULL)
        take_state(api, state);
    else
        look_again(api);
    json_decref(state);
}

static void on_health(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct api *api = context;
    (void)retry;
    json_t *health = read_answer(json, length, error);
    if (health == NULL) {
        look_again(api);
        return;
    }
    health_watch_take(api->health_watch, health);
    if (check_schema(api, health))
        ask_catalogue_state(api, api->service.catalogue, on_catalogue);
}

static void on_check_again(void *context)
{
    struct api *api = context;
    const struct principal nobody = {.library = 0};
    if (api->stopping)
        return;
    if (api->service.open)
        ask_catalogue_state(api, api->service.catalogue, on_catalogue);
    else
        database_call(api->service.database, &nobody, STATEMENT_health, NULL, on_health, api);
}

static void on_database_ready(void *context, const struct error *error)
{
    struct api *api = context;
    if (error != NULL) {
        log_error("%s", error->text);
        stop(api, EXIT_CONFIGURATION);
        return;
    }
    on_check_again(api);
}

static void on_notified(void *context, const char *payload)
{
    static const char reminder[] = "reminder ", letter[] = "letter ";
    struct api *api = context;
    int64_t library;
    if (strncmp(payload, reminder, sizeof reminder - 1) == 0 && text_to_integer(payload + sizeof reminder - 1, 1, INT32_MAX, &library))
        library_jobs_wake(api->jobs, (int)library);
    else if (strncmp(payload, letter, sizeof letter - 1) == 0 && text_to_integer(payload + sizeof letter - 1, 1, INT32_MAX, &library))
        library_jobs_log_letters(api->jobs, (int)library);
    else if ((strcmp(payload, "catalogue") == 0 || strcmp(payload, "library") == 0) && api->service.open && !api->stopping)
        timer_start(api->check_again, 0, 0);
    else if (strcmp(payload, "account") == 0 && api->server != NULL)
        server_forget_peers(api->server);
}

// What rested while a clock was in doubt is done soon.
static void on_time_good(void *context)
{
    struct api *api = context;
    if (!api->stopping)
        key_keeper_start(api->key_keeper);
}

static void on_outbox_changed(void *context, int library)
{
    struct api *api = context;
    library_jobs_wake(api->jobs, library);
}

static bool open_database(struct api *api, struct error *error)
{
    char *conninfo = conninfo_for(api->config, api->options->private_folder, "dsrd_api", error);
    if (conninfo == NULL)
        return false;
    api->service.database = database_new(api->loop, api->config, conninfo, error);
    free(conninfo);
    if (api->service.database == NULL)
        return false;
    database_on_notify(api->service.database, on_notified, api);
    return true;
}

// Before anything that starts a thread, such as a look-up of the database's name.
static bool enter_sandbox(const struct api *api, struct error *error)
{
    char *conninfo = conninfo_for(api->config, api->options->private_folder, "dsrd_api", error);
    const struct sandbox_needs needs = {SANDBOX_API, api->config, api->options->config_path, conninfo};
    bool good = conninfo != NULL && sandbox_enter(&needs, error);
    free(conninfo);
    return good;
}

static void watch_signals(struct api *api)
{
    static const int numbers[SIGNALS] = {SIGTERM, SIGINT, SIGHUP};
    for (size_t i = 0; i < SIGNALS; i++) {
        uv_signal_init(api->loop, &api->signals[i]);
        api->signals[i].data = api;
        uv_signal_start(&api->signals[i], on_signal, numbers[i]);
    }
}

static void close_handle(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        uv_close(handle, NULL);
}

// What is read from files, and the database.
static bool load(struct api *api, struct error *error)
{
    const struct config *config = api->config;
    api->service.catalogue = catalogue_load(config->paths_laws, config->paths_calendars, error);
    if (api->service.catalogue == NULL)
        return false;
    api->service.letters = letters_load(config->paths_letters, error);
    if (api->service.letters == NULL)
        return false;
    api->service.vault = vault_open(config->vault_ring, config->vault_credential, error);
    return api->service.vault != NULL && open_database(api, error);
}

static bool make_parts(struct api *api, struct error *error)
{
    uv_loop_t *loop = api->loop;
    struct service *service = &api->service;
    api->check_again = timer_new(loop, on_check_again, api);
    api->watchdog = timer_new(loop, on_watchdog, api);
    api->drain = timer_new(loop, on_drained, api);
    api->jobs = library_jobs_new(loop, service);
    api->calendar_watch = calendar_watch_new(loop, service);
    api->health_watch = health_watch_new(loop, service);
    api->key_keeper = key_keeper_new(loop, service);
    api->configuration_note = configuration_note_new(loop, service);
    api->time_watch = time_watch_new(loop, service, on_time_good, api);
    bool good = api->check_again != NULL && api->watchdog != NULL && api->drain != NULL && api->jobs != NULL && api->calendar_watch != NULL &&
                api->health_watch != NULL && api->key_keeper != NULL && api->configuration_note != NULL && api->time_watch != NULL;
    return good || memory_error(error);
}

static void release(struct api *api)
{
    server_free(api->server);
    library_jobs_free(api->jobs);
    calendar_watch_free(api->calendar_watch);
    health_watch_free(api->health_watch);
    key_keeper_free(api->key_keeper);
    time_watch_free(api->time_watch);
    configuration_note_free(api->configuration_note);
    timer_free(api->watchdog);
    timer_free(api->drain);
    timer_free(api->check_again);
    database_free(api->service.database);
    vault_close(api->service.vault);
    catalogue_free(api->service.catalogue);
    catalogue_free(api->fresh);
    libraries_free(api->service.libraries);
    letters_free(api->service.letters);
    uv_walk(api->loop, close_handle, NULL);
    uv_run(api->loop, UV_RUN_NOWAIT);
}

int api_run(const struct options *options, struct config *config)
{
    struct error error = {0};
    uv_loop_t loop;
    struct api api = {.loop = &loop, .options = options, .config = config, .status = EXIT_CONFIGURATION};
    uint64_t watchdog_ms = notify_watchdog_ms();
    int code = uv_loop_init(&loop);
    if (code != 0) {
        log_error("no event loop can be made: %s", uv_strerror(code));
        return EXIT_FAILED;
    }
    api.service = (struct service){.config = config, .outbox_changed = on_outbox_changed,
                                   .laws_changed = on_laws_changed, .context = &api};
    if (!load(&api, &error) || !make_parts(&api, &error))
        goto cleanup;
    api.server = server_new(&loop, &api.service, &error);
    if (api.server == NULL)
        goto cleanup;
    watch_signals(&api);
    if (!enter_sandbox(&api, &error))
        goto cleanup;
    database_start(api.service.database, on_database_ready, &api);
    if (watchdog_ms > 0)
        timer_start(api.watchdog, 0, watchdog_ms / 2);
    uv_run(&loop, UV_RUN_DEFAULT);
cleanup:
    if (error.code != ERROR_NONE)
        log_error("%s", error.text);
    if (error.code == ERROR_unavailable)
        api.status = EXIT_FAILED; // another start may have what this one lacked
    release(&api);
    // A name that is still being looked up would hold up the end of the process, which waits for libuv's threads.
    if (uv_loop_close(&loop) != 0)
        _exit(api.status);
    return api.status;
}
