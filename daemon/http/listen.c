// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/listen.h"

#include <errno.h>
#include <grp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "http/passed.h"
#include "shared/memory.h"
#include "shared/network.h"

enum { BACKLOG = SOMAXCONN, IPV4_AT = 12 };

// A socket file left by a crash is replaced; one that answers belongs to a living dsrd.
static bool clear_stale(const char *path, const struct sockaddr_un *address, struct error *error)
{
    int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (probe < 0)
        return error_set(error, memory_error_code(errno, ERROR_internal), "api.socket", "No socket can be made: %s.", strerror(errno));
    int connected = connect(probe, (const struct sockaddr *)address, sizeof *address);
    close(probe);
    if (connected == 0)
        return error_set(error, ERROR_conflict, "api.socket", "Another dsrd answers on %s.", path);
    if (unlink(path) != 0 && errno != ENOENT)
        return error_set(error, ERROR_invalid, "api.socket", "%s cannot be replaced: %s.", path, strerror(errno));
    return true;
}

static bool set_owner(const char *path, const struct config *config, struct error *error)
{
    if (config->api_socket_group[0] != '\0') {
        struct group *group = getgrnam(config->api_socket_group);
        if (group == NULL || chown(path, (uid_t)-1, group->gr_gid) != 0)
            return error_set(error, ERROR_invalid, "api.socket_group", "The socket cannot be given to the group %s.",
                             config->api_socket_group);
    }
    return chmod(path, (mode_t)config->api_socket_mode) == 0 ||
           error_set(error, ERROR_invalid, "api.socket_mode", "The mode of %s cannot be set: %s.", path, strerror(errno));
}

int listen_on_socket(const struct config *config, bool *is_passed, struct error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = config->api_socket;
    int passed = passed_find(false);
    *is_passed = passed >= 0;
    if (*is_passed)
        return passed;
    if (strlen(path) >= sizeof address.sun_path) {
        error_set(error, ERROR_invalid, "api.socket", "api.socket: %s is longer than the %zu bytes a socket's path may have.", path,
                  sizeof address.sun_path - 1);
        return -1;
    }
    memcpy(address.sun_path, path, strlen(path) + 1);
    if (!clear_stale(path, &address, error))
        return -1;
    int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // The mode is narrow until it has been set on purpose.
    mode_t before = umask(0177);
    bool good = listener >= 0 && bind(listener, (const struct sockaddr *)&address, sizeof address) == 0;
    umask(before);
    if (!good || listen(listener, BACKLOG) != 0)
        error_set(error, memory_error_code(errno, ERROR_invalid), "api.socket", "%s cannot be listened on: %s.", path, strerror(errno));
    else if (set_owner(path, config, error))
        return listener;
    if (listener >= 0)
        close(listener);
    return -1;
}

int listen_on_loopback(const struct config *config, bool *is_passed, struct error *error)
{
    struct sockaddr_in ipv4 = {.sin_family = AF_INET};
    struct sockaddr_in6 ipv6 = {.sin6_family = AF_INET6};
    struct network_address address;
    int port, one = 1, passed = passed_find(true);
    *is_passed = passed >= 0;
    if (*is_passed)
        return passed;
    if (!network_loopback_parse(config->api_listen, "api.listen", &address, &port, error))
        return -1;
    bool is_ipv4 = network_address_is_ipv4(&address);
    memcpy(&ipv4.sin_addr, address.bytes + IPV4_AT, sizeof ipv4.sin_addr);
    memcpy(&ipv6.sin6_addr, address.bytes, sizeof ipv6.sin6_addr);
    ipv4.sin_port = ipv6.sin6_port = htons((uint16_t)port);
    int listener = socket(is_ipv4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    // A restart need not wait for the connections of the one before; two that listen are refused all the same.
    if (listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        bind(listener, is_ipv4 ? (const struct sockaddr *)&ipv4 : (const struct sockaddr *)&ipv6,
             is_ipv4 ? sizeof ipv4 : sizeof ipv6) == 0 &&
        listen(listener, BACKLOG) == 0)
        return listener;
    error_set(error, memory_error_code(errno, ERROR_invalid), "api.listen", "api.listen: %s cannot be listened on: %s.", config->api_listen, strerror(errno));
    if (listener >= 0)
        close(listener);
    return -1;
}
