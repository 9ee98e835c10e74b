// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/target.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/logins.h"
#include "shared/network.h"
#include "shared/text.h"

enum { HOST_SIZE = 192, PATH_MAXIMUM = sizeof((struct sockaddr_un *)NULL)->sun_path - 1 };

static bool host_is_loopback(const char *host)
{
    struct network_address address;
    size_t length = strlen(host);
    bool bracketed = host[0] == '[' && length > 2;
    return strcmp(host, "localhost") == 0 ||
           (network_address_parse(host + bracketed, length - (bracketed ? 2 : 0), &address) && network_address_is_loopback(&address));
}

static void lower(char *text)
{
    for (; *text != '\0'; text++)
        *text = (char)tolower((unsigned char)*text);
}

static bool has_part(CURLU *url, CURLUPart part)
{
    char *value = NULL;
    bool there = curl_url_get(url, part, &value, 0) == CURLUE_OK;
    curl_free(value);
    return there;
}

// Scheme, host, port and path of the URL, as one text.
static bool compose(CURLU *url, char server[TARGET_SIZE], bool *encrypted, bool *local)
{
    char *scheme = NULL, *host = NULL, *port = NULL, *path = NULL, name[HOST_SIZE];
    bool good = curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK && curl_url_get(url, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                curl_url_get(url, CURLUPART_PATH, &path, 0) == CURLUE_OK && strlen(host) < sizeof name;
    curl_url_get(url, CURLUPART_PORT, &port, CURLU_NO_DEFAULT_PORT);
    if (good) {
        snprintf(name, sizeof name, "%s", host);
        lower(name);
        int length = snprintf(server, TARGET_SIZE, "%s://%s%s%s%s", scheme, name, port != NULL ? ":" : "", port != NULL ? port : "", path);
        good = length > 0 && length < TARGET_SIZE;
        while (good && length > 0 && server[length - 1] == '/')
            server[--length] = '\0';
        *encrypted = strcmp(scheme, "https") == 0;
        *local = strcmp(scheme, "http") == 0 && host_is_loopback(name);
    }
    curl_free(scheme);
    curl_free(host);
    curl_free(port);
    curl_free(path);
    return good;
}

bool target_read_server(const char *text, char server[TARGET_SIZE], struct error *error)
{
    bool encrypted = false, local = false;
    CURLU *url = curl_url();
    bool good = url != NULL && curl_url_set(url, CURLUPART_URL, text, CURLU_DISALLOW_USER | CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK &&
                !has_part(url, CURLUPART_QUERY) && !has_part(url, CURLUPART_FRAGMENT) && compose(url, server, &encrypted, &local);
    curl_url_cleanup(url);
    if (!good)
        return error_set(error, ERROR_malformed, "server",
                         "\"%s\" is not the address of a server; one looks like https://dsr.library.example.", text);
    return encrypted || local ||
           error_set(error, ERROR_malformed, "server",
                     "The server must be reached by https://, lest the token be read on the way; http:// is for this machine itself only.");
}

static bool take_socket(const char *path, struct target *target, struct error *error)
{
    int length = snprintf(target->socket_path, sizeof target->socket_path, "%s", path);
    return (length > 0 && length <= (int)PATH_MAXIMUM) ||
           error_set(error, ERROR_malformed, "socket", "The path of the socket must have 1 to %d bytes, as the system allows.",
                     (int)PATH_MAXIMUM);
}

static bool choose_library(const struct arguments *arguments, struct target *target, struct error *error)
{
    int64_t number = 0;
    const char *given = argument_value(arguments, "library");
    if (given == NULL)
        given = getenv("DSR_LIBRARY");
    if (given != NULL && given[0] != '\0' && !text_to_integer(given, 1, INT32_MAX, &number))
        return error_set(error, ERROR_malformed, "library", "A library is named by its number, such as 2; `dsr whoami` says which one you are in.");
    target->library = (int)number;
    return true;
}

static bool choose_place(const struct arguments *arguments, struct target *target, struct error *error)
{
    static const char service[] = "/run/dsrd/dsrd.sock";
    const char *socket_path = argument_value(arguments, "socket"), *server = argument_value(arguments, "server"), *home = getenv("HOME");
    char private[TARGET_SIZE] = "";
    if (socket_path != NULL && server != NULL)
        return error_set(error, ERROR_malformed, "server", "Give --socket or --server, not both.");
    if (socket_path == NULL && server == NULL) {
        socket_path = getenv("DSR_SOCKET");
        server = socket_path == NULL ? getenv("DSR_SERVER") : NULL;
    }
    if (socket_path != NULL)
        return take_socket(socket_path, target, error);
    if (server != NULL)
        return target_read_server(server, target->server, error);
    if (home != NULL)
        snprintf(private, sizeof private, "%s/.local/state/dsrd/dsrd.sock", home);
    if (access(service, F_OK) == 0 || home == NULL)
        return take_socket(service, target, error);
    if (access(private, F_OK) != 0 && logins_only(target->server))
        return true;
    return take_socket(private, target, error);
}

bool target_choose(const struct arguments *arguments, struct target *target, struct error *error)
{
    return choose_library(arguments, target, error) && choose_place(arguments, target, error);
}
