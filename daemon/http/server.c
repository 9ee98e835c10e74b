// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/server.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/bearer.h"
#include "http/connections.h"
#include "http/handlers.h"
#include "http/intake.h"
#include "http/listen.h"
#include "http/passed.h"
#include "http/peer.h"
#include "http/refusals.h"
#include "http/server_internal.h"
#include "loop/timer.h"
#include "loop/watcher.h"
#include "shared/json.h"
#include "shared/log.h"
#include "shared/memory.h"

enum { LISTENERS = 2, CONNECTION_MEMORY = 24576, STOP_LOOK_MS = 5, STOP_GRACE_MS = 100, RETRY_AFTER_S = 2 };

// Each has connections of its own: who takes them all over TCP takes none from the socket.
struct listener {
    struct server *server;
    bool is_passed; // by the service manager, which goes on listening when we stop
    bool remote; // TCP: who is at the other end is known by a token only
    struct MHD_Daemon *daemon;
    struct watcher *watcher;
    struct connections *connections;
    struct intake *intake;
};

struct server {
    uv_loop_t *loop;
    struct service *service;
    struct listener listeners[LISTENERS];
    size_t count;
    struct timer *timer; // runs microhttpd when it wants to be
    struct timer *stop_timer; // made at the start: a stop must not fail for memory
    struct peer_cache *peers;
    struct bearer *bearer; // NULL without api.listen
    struct refusals *refusals;
    unsigned open; // exchanges under way
    bool stopping;
    uint64_t stop_at;
    uint64_t heard_until; // who has connected just before a stop, and asks a moment later, is heard until then
    void (*closed)(void *context);
    void *closed_context;
};

static void arm(struct server *server)
{
    MHD_UNSIGNED_LONG_LONG wait, least = 0;
    bool wanted = false;
    for (size_t i = 0; i < server->count; i++)
        if (MHD_get_timeout(server->listeners[i].daemon, &wait) == MHD_YES) {
            least = !wanted || wait < least ? wait : least;
            wanted = true;
        }
    if (wanted)
        timer_start(server->timer, least, 0);
    else
        timer_stop(server->timer);
}

static void run(void *context)
{
    struct server *server = context;
    for (size_t i = 0; i < server->count; i++) {
        MHD_run(server->listeners[i].daemon);
        intake_look(server->listeners[i].intake);
    }
    arm(server);
}

static void on_ready(void *context, bool readable, bool writable)
{
    (void)readable;
    (void)writable;
    run(context);
}

void server_resume(struct exchange *exchange)
{
    if (!exchange->suspended || exchange->connection == NULL)
        return;
    exchange->suspended = false;
    MHD_resume_connection(exchange->connection);
    timer_start(exchange->server->timer, 0, 0); // a resumed connection moves only when microhttpd runs
}

void server_refused(struct exchange *exchange, int status)
{
    refusals_note(exchange->server->refusals, &exchange->who, exchange->source[0] != '\0' ? exchange->source : "none",
                  exchange->route != NULL ? exchange->route->operation : "none", status);
}

void exchange_free(struct exchange *exchange)
{
    exchange->server->open -= exchange->begun;
    json_decref(exchange->body);
    text_release(&exchange->body_bytes);
    text_release(&exchange->reply);
    free(exchange->context);
    free(exchange);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **slot, enum MHD_RequestTerminationCode code)
{
    struct exchange *exchange = *slot;
    (void)context;
    (void)code;
    *slot = NULL;
    if (exchange == NULL)
        return;
    connection_waits(connection);
    exchange->connection = NULL;
    exchange->gone = true;
    if (exchange->calls == 0)
        exchange_free(exchange);
}

static void fail(struct exchange *exchange, enum error_code code, const char *field, const char *text)
{
    struct error error;
    error_set(&error, code, field, "%s", text);
    exchange_fail(exchange, &error);
}

// Whether anybody may, wherever it comes from: no token is asked for.
static bool is_public(const struct route *route)
{
    return route->roles != NULL && strcmp(route->roles, "*") == 0;
}

static void refuse_role(struct exchange *exchange)
{
    struct error error;
    struct text names = {0};
    route_role_names(exchange->route, &names);
    error_set(&error, ERROR_forbidden, "", "Your account may not do that; it needs one of the roles: %s.",
              names.text != NULL ? names.text : "");
    text_release(&names);
    exchange_fail(exchange, &error);
}

// A token of the scope read may read, and give itself up.
static bool token_allows(const struct exchange *exchange)
{
    const struct bearer_token *token = exchange_token(exchange);
    return token == NULL || token->may_write || strcmp(exchange->route->method, "GET") == 0 ||
           (exchange->route->handle == handle_token_revoke && strcmp(exchange->path_value, token->id) == 0);
}

// Days are counted by the clock of this machine, reminders go out by the database's.
static bool time_allows_writing(const struct service *service, struct error *error)
{
    return service->time.doubt != TIME_APART ||
           error_set(error, ERROR_unavailable, "", "The clock of this machine and that of its database differ by more than an hour, so nothing is "
                                                   "written: an operator sets the wrong one right.");
}

static bool keys_allow_writing(const struct service *service, struct error *error)
{
    if (service->keys.conflict)
        return error_set(error, ERROR_unavailable, "vault.ring",
                         "The key ring of this dsrd is not the one its database knows, so nothing is written: an operator copies the "
                         "ring from the host that makes the keys.");
    return vault_can_seal(service->vault, error);
}

// The caller is known: check what it may do, and do it.
static void handle(struct exchange *exchange)
{
    struct error error;
    const struct route *route = exchange->route;
    exchange->who.reach = route_reach(route, exchange->who.roles);
    if (!is_public(route) && !token_allows(exchange)) {
        fail(exchange, ERROR_forbidden, "", "This token may only read; make one with the scope write, or use another.");
    } else if (exchange->who.reach == NULL) {
        refuse_role(exchange);
    } else if (route->writes && exchange->service->read_only) {
        fail(exchange, ERROR_conflict, "", "The laws in the files differ from those in force, so nothing is written. An operator "
                                           "looks at the difference with `dsr law diff` and applies it with `dsr law apply`.");
    } else if (route->writes && (!time_allows_writing(exchange->service, &error) || !keys_allow_writing(exchange->service, &error))) {
        exchange_fail(exchange, &error);
    } else if (route->takes_body) {
        exchange->body = json_parse_object(exchange->body_bytes.text != NULL ? exchange->body_bytes.text : "",
                                           exchange->body_bytes.length, &error);
        if (exchange->body == NULL)
            exchange_fail(exchange, &error);
        text_release(&exchange->body_bytes); // what waits for the database holds it once
        if (exchange->body != NULL)
            route->handle(exchange);
    } else {
        route->handle(exchange);
    }
}

static void on_peer(void *context, const struct principal *who, const struct error *error)
{
    struct exchange *exchange = context;
    if (who == NULL) {
        exchange_fail(exchange, error);
        return;
    }
    exchange->who = *who;
    handle(exchange);
}

struct query_check {
    const char *allowed;
    const char *name; // the first that is refused
    const char *why;
};

static enum MHD_Result check_parameter(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    struct query_check *check = context;
    (void)kind;
    size_t length = strlen(name);
    const char *found = length > 0 ? strstr(check->allowed, name) : NULL;
    while (found != NULL && !((found == check->allowed || found[-1] == ',') && (found[length] == ',' || found[length] == '\0')))
        found = strstr(found + 1, name);
    if (found == NULL)
        check->why = "is not known here";
    else if (value == NULL)
        check->why = "has no value";
    else if (text_has_controls(value, strlen(value), false))
        check->why = "holds control characters, or is not UTF-8";
    if (check->why != NULL)
        check->name = name;
    return check->why == NULL ? MHD_YES : MHD_NO;
}

static void refuse_parameter(struct exchange *exchange, const struct query_check *check)
{
    enum { NAME_SHOWN = 40 };
    struct error error;
    size_t length = strlen(check->name);
    bool show = length > 0 && length <= NAME_SHOWN && !text_has_controls(check->name, length, false);
    error_set(&error, ERROR_invalid, "query", "The query parameter%s%s %s; allowed are: %s.", show ? " " : "", show ? check->name : "",
              check->why, check->allowed[0] != '\0' ? check->allowed : "none");
    exchange_fail(exchange, &error);
}

static bool see_peer(struct exchange *exchange, uid_t *uid)
{
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct ucred credentials;
    char text[16];
    socklen_t size = sizeof credentials;
    if (info == NULL || getsockopt(info->connect_fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
        return false;
    *uid = credentials.uid;
    snprintf(text, sizeof text, "%u", (unsigned)*uid);
    exchange_set_source(exchange, "uid", text);
    return true;
}

static void refuse_address(struct exchange *exchange, const char *url, bool path_known)
{
    if (!path_known) {
        fail(exchange, ERROR_not_found, "", "There is no such address.");
        return;
    }
    route_methods(url, exchange->allow, sizeof exchange->allow);
    fail(exchange, ERROR_method_not_allowed, "", "This address does not take that method.");
}

// Which library the caller means, if it says so.
static bool read_library(struct exchange *exchange)
{
    const char *header = exchange_header(exchange, "Dsrd-Library");
    int64_t id = 0;
    if (header != NULL && !text_to_integer(header, 1, INT32_MAX, &id)) {
        fail(exchange, ERROR_malformed, "library", "Dsrd-Library must be the number of a library.");
        return false;
    }
    exchange->wanted_library = (int)id;
    return true;
}

// The path of "http://library.example/v1/me", which means the same as "/v1/me" (RFC 9112 3.2.2).
static const char *without_origin(const char *url)
{
    size_t scheme = strncasecmp(url, "http://", 7) == 0 ? 7 : strncasecmp(url, "https://", 8) == 0 ? 8 : 0;
    const char *path = scheme > 0 ? strchr(url + scheme, '/') : NULL;
    return path != NULL ? path : url;
}

static void dispatch(struct exchange *exchange, const char *method, const char *given_url)
{
    const char *url = without_origin(given_url);
    bool path_known;
    char text[80];
    uid_t uid;
    // HEAD is GET; libmicrohttpd leaves the body out.
    exchange->route = route_find(strcmp(method, "HEAD") == 0 ? "GET" : method, url, exchange->path_value, sizeof exchange->path_value, &path_known);
    if (exchange->too_large) {
        snprintf(text, sizeof text, "The body is larger than %d bytes.", exchange->service->config->api_body_limit_bytes);
        fail(exchange, ERROR_too_large, "", text);
        return;
    }
    if (text_has_controls(url, strlen(url), false))
        path_known = false;
    if (exchange->route == NULL || !path_known) {
        refuse_address(exchange, url, path_known);
        return;
    }
    struct query_check check = {.allowed = exchange->route->query};
    MHD_get_connection_values(exchange->connection, MHD_GET_ARGUMENT_KIND, check_parameter, &check);
    if (check.why != NULL) {
        refuse_parameter(exchange, &check);
        return;
    }
    if (!read_library(exchange))
        return;
    if (!exchange->service->open) {
        fail(exchange, ERROR_unavailable, "", "dsrd is starting, or cannot reach its database; try again.");
        return;
    }
    if (is_public(exchange->route) || (!exchange->remote && exchange->route->roles == NULL))
        handle(exchange);
    else if (exchange->remote)
        bearer_find(exchange->server->bearer, exchange, on_peer);
    else if (!see_peer(exchange, &uid))
        fail(exchange, ERROR_unauthenticated, "", "It cannot be seen who you are.");
    else
        peer_find(exchange->server->peers, uid, exchange->wanted_library, exchange, on_peer);
}

static bool add_headers(const struct exchange *exchange, struct MHD_Response *response)
{
    char version[32], retry_after[32];
    unsigned retry_after_s = exchange->status == 503 ? RETRY_AFTER_S : exchange->retry_after_s;
    snprintf(version, sizeof version, "\"%ld\"", exchange->version);
    snprintf(retry_after, sizeof retry_after, "%u", retry_after_s);
    const struct {
        bool wanted;
        const char *name, *value;
    } headers[] = {
        {true, "Content-Type", exchange->content_type != NULL ? exchange->content_type : "application/json"},
        {true, "Cache-Control", "no-store"},
        // Nothing is loaded by a page, and the address, which holds a token, is told to nobody.
        {exchange->is_page, "Content-Security-Policy", "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"},
        {exchange->is_page, "Referrer-Policy", "no-referrer"},
        {exchange->is_page, "X-Content-Type-Options", "nosniff"},
        {exchange->version > 0, "ETag", version},
        {retry_after_s > 0, "Retry-After", retry_after},
        {exchange->status == 401 && exchange->remote, "WWW-Authenticate", "Bearer realm=\"dsrd\""},
        {exchange->allow[0] != '\0', "Allow", exchange->allow},
        {exchange->server->stopping || exchange->too_large || exchange->is_last, "Connection", "close"},
    };
    for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
        if (headers[i].wanted && MHD_add_response_header(response, headers[i].name, headers[i].value) != MHD_YES)
            return false;
    return true;
}

// MHD_NO closes the connection: an answer that cannot be whole is none.
static enum MHD_Result send_reply(struct exchange *exchange)
{
    static char bare[] = "{\"type\":\"urn:dsrd:error:unavailable\",\"title\":\"Not available now, try again\",\"status\":503,"
                         "\"code\":\"unavailable\",\"detail\":\"Out of memory; try again.\"}\n";
    struct MHD_Response *response = exchange->is_bare
                                        ? MHD_create_response_from_buffer(sizeof bare - 1, bare, MHD_RESPMEM_PERSISTENT)
                                        : MHD_create_response_from_buffer(exchange->reply.length, exchange->reply.text, MHD_RESPMEM_MUST_FREE);
    enum MHD_Result queued = MHD_NO;
    if (response == NULL)
        return MHD_NO;
    if (!exchange->is_bare)
        exchange->reply = (struct text){0}; // it is the response's
    if (add_headers(exchange, response))
        queued = MHD_queue_response(exchange->connection, (unsigned)exchange->status, response);
    MHD_destroy_response(response);
    connection_transfers(exchange->connection);
    return queued;
}

static struct exchange *exchange_new(const struct listener *listener, struct MHD_Connection *connection)
{
    struct exchange *exchange = calloc(1, sizeof *exchange);
    if (exchange == NULL)
        return NULL;
    exchange->server = listener->server;
    exchange->service = listener->server->service;
    exchange->connection = connection;
    exchange->remote = listener->remote;
    exchange->memory = memory_failures();
    return exchange;
}

// The first line of a request has come: from now on it is one. What is returned here, on_request finds in its slot.
static void *on_first_line(void *context, const char *uri, struct MHD_Connection *connection)
{
    struct exchange *exchange = exchange_new(context, connection);
    connection_transfers(connection);
    if (exchange != NULL)
        exchange->address = head_address(uri);
    return exchange;
}

static enum MHD_Result begin(struct exchange *exchange, const char *method, const char *version)
{
    exchange->begun = true;
    exchange->server->open++;
    const char *fault = head_fault(exchange->connection, &exchange->address, method, version, &exchange->is_last);
    if (fault == NULL)
        return MHD_YES;
    exchange->is_last = true;
    fail(exchange, ERROR_malformed, "", fault);
    return send_reply(exchange);
}

static enum MHD_Result on_request(void *context, struct MHD_Connection *connection, const char *url, const char *method,
                                  const char *version, const char *data, size_t *size, void **slot)
{
    struct exchange *exchange = *slot;
    (void)context;
    if (exchange == NULL)
        return MHD_NO;
    if (!exchange->begun)
        return begin(exchange, method, version);
    if (*size > 0) {
        size_t limit = (size_t)exchange->service->config->api_body_limit_bytes;
        if (exchange->body_bytes.length + *size > limit)
            exchange->too_large = true;
        else
            text_append_bytes(&exchange->body_bytes, data, *size);
        *size = 0;
        return MHD_YES;
    }
    if (!exchange->dispatched) {
        exchange->dispatched = true;
        dispatch(exchange, method, url);
    }
    if (exchange->answered)
        return send_reply(exchange);
    exchange->suspended = true;
    connection_rests(connection);
    MHD_suspend_connection(connection);
    return MHD_YES;
}

// It is never the configuration: another start may have what this one lacked.
static bool lacks_means(struct error *error)
{
    return error_set(error, ERROR_unavailable, "api", "The HTTP server cannot start: memory or descriptors are lacking.");
}

static bool start_daemon(struct listener *listener, struct error *error)
{
    const struct config *config = listener->server->service->config;
    listener->daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL, on_request, listener,
        MHD_OPTION_URI_LOG_CALLBACK, on_first_line, listener, MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL,
        MHD_OPTION_NOTIFY_CONNECTION, connections_notify, listener->connections, MHD_OPTION_CONNECTION_LIMIT, (unsigned)config->api_connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)(config->api_idle_timeout_ms + 999) / 1000, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_MEMORY,
#if MHD_VERSION >= HEAD_STRICT_SINCE
        MHD_OPTION_CLIENT_DISCIPLINE_LVL, HEAD_DISCIPLINE,
#endif
        MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        listener->daemon != NULL ? MHD_get_daemon_info(listener->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    listener->watcher = info != NULL ? watcher_new(listener->server->loop, info->epoll_fd, false, on_ready, listener->server) : NULL;
    return listener->watcher != NULL || lacks_means(error);
}

// Makes the next listener; what it has begun, dismantle() takes down.
static bool add_listener(struct server *server, bool remote, size_t most, struct error *error)
{
    const struct config *config = server->service->config;
    struct listener *listener = &server->listeners[server->count];
    *listener = (struct listener){.server = server, .remote = remote, .connections = connections_new(server->loop, config, most)};
    if (listener->connections == NULL)
        return memory_error(error);
    server->count++;
    int descriptor = remote ? listen_on_loopback(config, &listener->is_passed, error) : listen_on_socket(config, &listener->is_passed, error);
    if (descriptor < 0)
        return false;
    if (!start_daemon(listener, error)) {
        close(descriptor);
        return false;
    }
    listener->intake = intake_new(server->loop, descriptor, listener->daemon, listener->connections, run, server);
    return listener->intake != NULL || lacks_means(error);
}

static void dismantle(struct server *server)
{
    for (size_t i = 0; i < server->count; i++) {
        intake_free(server->listeners[i].intake);
        watcher_free(server->listeners[i].watcher);
    }
    timer_free(server->timer);
    timer_free(server->stop_timer);
    for (size_t i = 0; i < server->count; i++) {
        if (server->listeners[i].daemon != NULL)
            MHD_stop_daemon(server->listeners[i].daemon);
        connections_free(server->listeners[i].connections);
    }
    bearer_free(server->bearer);
    refusals_free(server->refusals);
    peer_cache_free(server->peers);
    free(server);
}

static void on_stop_timer(void *context);

struct server *server_new(uv_loop_t *loop, struct service *service, struct error *error)
{
    struct server *server = calloc(1, sizeof *server);
    if (server == NULL) {
        memory_error(error);
        return NULL;
    }
    server->loop = loop;
    server->service = service;
    server->timer = timer_new(loop, run, server);
    server->stop_timer = timer_new(loop, on_stop_timer, server);
    server->peers = peer_cache_new(service);
    server->refusals = refusals_new(loop, service);
    bool remote = service->config->api_listen[0] != '\0';
    size_t most = intake_most(service->config, remote ? 2 : 1);
    if (server->timer == NULL || server->stop_timer == NULL || server->peers == NULL || server->refusals == NULL)
        memory_error(error);
    else if (passed_check(remote, error) && (!remote || (server->bearer = bearer_new(service, error)) != NULL) && add_listener(server, false, most, error) &&
             (!remote || add_listener(server, true, most, error))) {
        arm(server);
        return server;
    }
    dismantle(server);
    return NULL;
}

void server_forget_peers(struct server *server)
{
    peer_cache_clear(server->peers);
}

static void on_stop_timer(void *context)
{
    struct server *server = context;
    uint64_t now = uv_now(server->loop);
    if (now < server->heard_until || (server->open > 0 && now < server->stop_at))
        return;
    timer_stop(server->stop_timer);
    refusals_flush(server->refusals);
    server->closed(server->closed_context);
}

// Who has connected before this moment is still heard. Where the service manager goes on listening, the next dsrd accepts.
static void stop_listening(const struct listener *listener)
{
    intake_stop(listener->intake, !listener->is_passed);
    MHD_run(listener->daemon);
    if (!listener->is_passed && !listener->remote)
        unlink(listener->server->service->config->api_socket);
}

void server_stop(struct server *server, int timeout_ms, void (*closed)(void *context), void *context)
{
    server->stopping = true;
    server->closed = closed;
    server->closed_context = context;
    server->stop_at = uv_now(server->loop) + (uint64_t)timeout_ms;
    server->heard_until = uv_now(server->loop) + (uint64_t)(timeout_ms < STOP_GRACE_MS ? timeout_ms : STOP_GRACE_MS);
    for (size_t i = 0; i < server->count; i++)
        stop_listening(&server->listeners[i]);
    timer_start(server->stop_timer, 0, STOP_LOOK_MS);
}

void server_free(struct server *server)
{
    if (server == NULL)
        return;
    // What the database has refused since `closed` still gets its answer: one round resumes, the next one sends.
    for (size_t i = 0; i < server->count; i++) {
        MHD_run(server->listeners[i].daemon);
        MHD_run(server->listeners[i].daemon);
    }
    dismantle(server);
}
