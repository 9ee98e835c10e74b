// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/passed.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared/text.h"

enum kind { KIND_UNIX, KIND_LOOPBACK, KIND_OTHER };

int passed_count(void)
{
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    int64_t process = 0, sockets = 0;
    if (count == NULL || !text_to_integer(count, 0, PASSED_MAXIMUM, &sockets))
        return 0;
    if (pid == NULL ? getenv("DSRD_SUPERVISED") == NULL
                    : !text_to_integer(pid, 1, INT32_MAX, &process) || process != getpid())
        return 0;
    for (int i = PASSED_FIRST; i < PASSED_FIRST + (int)sockets; i++)
        if (fcntl(i, F_SETFD, FD_CLOEXEC) != 0)
            return 0;
    return (int)sockets;
}

static bool is_loopback(const struct sockaddr_storage *address)
{
    if (address->ss_family == AF_INET)
        return ntohl(((const struct sockaddr_in *)address)->sin_addr.s_addr) >> 24 == IN_LOOPBACKNET;
    return address->ss_family == AF_INET6 &&
           IN6_IS_ADDR_LOOPBACK(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

static enum kind kind_of(int descriptor)
{
    struct sockaddr_storage address = {0};
    socklen_t length = sizeof address, size = sizeof(int);
    int type = 0, listens = 0;
    if (getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &size) != 0 || type != SOCK_STREAM ||
        getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || listens == 0 ||
        getsockname(descriptor, (struct sockaddr *)&address, &length) != 0)
        return KIND_OTHER;
    if (address.ss_family == AF_UNIX)
        return KIND_UNIX;
    return is_loopback(&address) ? KIND_LOOPBACK : KIND_OTHER;
}

int passed_find(bool remote)
{
    int count = passed_count();
    for (int i = PASSED_FIRST; i < PASSED_FIRST + count; i++)
        if (kind_of(i) == (remote ? KIND_LOOPBACK : KIND_UNIX) && fcntl(i, F_SETFL, O_NONBLOCK) == 0)
            return i;
    return -1;
}

bool passed_check(bool remote, struct error *error)
{
    int seen[] = {[KIND_UNIX] = 0, [KIND_LOOPBACK] = 0, [KIND_OTHER] = 0};
    int count = passed_count();
    for (int i = PASSED_FIRST; i < PASSED_FIRST + count; i++) {
        enum kind kind = kind_of(i);
        seen[kind]++;
        if (kind == KIND_OTHER)
            return error_set(error, ERROR_invalid, "api.socket",
                             "Socket %d that the service manager passes does not listen on a Unix socket nor "
                             "on a loopback address.",
                             i);
        if (kind == KIND_LOOPBACK && !remote)
            return error_set(
                error, ERROR_invalid, "api.listen",
                "The service manager passes a socket on a loopback address, but api.listen is empty.");
        if (seen[kind] > 1)
            return error_set(
                error, ERROR_invalid, "api.socket",
                "The service manager passes two sockets of one kind; dsrd listens on one of each.");
    }
    // Where only the service manager has a network, nobody would reach a socket of our own.
    if (remote && count > 0 && seen[KIND_LOOPBACK] == 0)
        return error_set(error, ERROR_invalid, "api.listen",
                         "The service manager passes the API's socket, but none for api.listen; give both, as dsrd-api.socket shows.");
    return true;
}
