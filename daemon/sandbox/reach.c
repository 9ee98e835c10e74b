// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/reach.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "database/conninfo.h"
#include "shared/text.h"

enum {
    PORT_POSTGRESQL = 5432,
    PORT_NAMES = 53,
    PORT_KERBEROS = 88,
    PORT_SMTP = 25,
    PORT_SMTPS = 465,
    PORT_IMAP = 143,
    PORT_IMAPS = 993,
    PORT_MAXIMUM = 65535
};

static void add_port(struct reach *reach, uint64_t port)
{
    for (size_t i = 0; i < reach->port_count; i++)
        if (reach->ports[i] == port)
            return;
    if (reach->port_count == REACH_MAXIMUM)
        reach->any_port = true;
    else
        reach->ports[reach->port_count++] = port;
}

static bool has_file(const struct reach *reach, const char *path)
{
    for (size_t i = 0; i < reach->file_count; i++)
        if (strcmp(reach->files[i], path) == 0)
            return true;
    return false;
}

static void add_file(struct reach *reach, char *path)
{
    if (path != NULL && path[0] != '\0' && reach->file_count < REACH_MAXIMUM && !has_file(reach, path))
        reach->files[reach->file_count++] = path;
    else
        free(path);
}

static void add_host(struct reach *reach, const char *host, size_t length)
{
    unsigned char address[sizeof(struct in6_addr)];
    char *name = strndup(host, length);
    if (name == NULL || (name[0] != '/' && name[0] != '@' && name[0] != '\0' &&
                         inet_pton(AF_INET, name, address) != 1 && inet_pton(AF_INET6, name, address) != 1))
        reach->names = true;
    reach->abstract = reach->abstract || (name != NULL && name[0] == '@');
    free(name);
}

static void add_hosts(struct reach *reach, const char *list)
{
    for (size_t length; *list != '\0'; list += length + (list[length] == ',')) {
        length = strcspn(list, ",");
        add_host(reach, list, length);
    }
}

// A list with an empty part, also behind the last comma, means the standard port there.
static void add_ports(struct reach *reach, const char *list)
{
    for (bool more = true; more;) {
        int64_t port = 0;
        size_t length = strcspn(list, ",");
        char *number = strndup(list, length);
        if (length == 0)
            add_port(reach, PORT_POSTGRESQL);
        else if (number != NULL && text_to_integer(number, 1, PORT_MAXIMUM, &port))
            add_port(reach, (uint64_t)port);
        free(number);
        more = list[length] == ',';
        list += length + more;
    }
}

static bool is_file(const char *keyword)
{
    static const char *const names[] = {"sslcert", "sslkey",    "sslrootcert",
                                        "sslcrl",  "sslcrldir", "passfile"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(keyword, names[i]) == 0)
            return true;
    return false;
}

static void add_service_file(struct reach *reach)
{
    const char *file = getenv("PGSERVICEFILE"), *home = getenv("HOME");
    struct text path = {0};
    if (file != NULL)
        text_append(&path, file);
    else if (home != NULL)
        text_format(&path, "%s/.pg_service.conf", home);
    add_file(reach, text_take(&path)); // that of the system is in /etc, where names are looked up
}

static void add_option(struct reach *reach, const char *keyword, const char *value)
{
    if (strcmp(keyword, "host") == 0)
        add_hosts(reach, value);
    else if (strcmp(keyword, "port") == 0)
        add_ports(reach, value);
    else if (is_file(keyword) && strcmp(value, "system") != 0)
        add_file(reach, strdup(value));
    else if (strcmp(keyword, "service") == 0) {
        reach->names = reach->any_port = true; // its file may name other hosts tomorrow
        add_service_file(reach);
    }
}

static void add_options(struct reach *reach, const PQconninfoOption *option)
{
    for (; option != NULL && option->keyword != NULL; option++)
        if (option->val != NULL && option->val[0] != '\0')
            add_option(reach, option->keyword, option->val);
}

static void add_database(struct reach *reach, const char *conninfo)
{
    const char *home = getenv("HOME"), *service = getenv("PGSERVICE");
    PQconninfoOption *given = PQconninfoParse(conninfo, NULL), *effect = conninfo_in_effect(conninfo);
    add_options(reach, effect);
    add_options(reach, given); // a service that no file has yet leaves nothing in effect
    if (service != NULL)
        add_option(reach, "service", service);
    PQconninfoFree(effect);
    PQconninfoFree(given);
    if (home == NULL || home[0] != '/')
        return;
    struct text certificates = {0}, passwords = {0};
    text_format(&certificates, "%s/.postgresql/root.crt", home);
    add_file(reach, text_take(&certificates));
    text_format(&passwords, "%s/.pgpass", home);
    reach->passwords = text_take(&passwords);
}

// Of smtp://HOST, imaps://HOST:PORT/FOLDER and the like; `secure` is the scheme that has its own standard port.
static void add_server(struct reach *reach, const char *url, const char *secure, uint64_t secure_port, uint64_t plain_port)
{
    int64_t port = 0;
    const char *host = strstr(url, "://");
    if (host == NULL)
        return;
    host += strlen("://");
    size_t length = host[0] == '[' ? strcspn(host, "]") : strcspn(host, ":/");
    add_host(reach, host + (host[0] == '['), length - (host[0] == '['));
    host += length + (host[length] == ']');
    char *number = host[0] == ':' ? strndup(host + 1, strcspn(host + 1, "/")) : NULL;
    if (number != NULL && text_to_integer(number, 1, PORT_MAXIMUM, &port))
        add_port(reach, (uint64_t)port);
    else
        add_port(reach, strncmp(url, secure, strlen(secure)) == 0 ? secure_port : plain_port);
    free(number);
}

struct reach *reach_new(const struct sandbox_needs *needs)
{
    static const char *const proxies[] = {"ALL_PROXY", "all_proxy"};
    const char *notify = getenv("NOTIFY_SOCKET");
    struct reach *reach = calloc(1, sizeof *reach);
    if (reach == NULL)
        return NULL;
    reach->abstract = notify != NULL && notify[0] == '@';
    add_database(reach, needs->conninfo);
    bool relays = needs->role == SANDBOX_MAILER && needs->config->mail_transport == TRANSPORT_SMTP;
    bool fetches = needs->role == SANDBOX_INBOX && needs->config->inbox_source == INBOX_IMAP;
    if (relays)
        add_server(reach, needs->config->mail_relay, "smtps", PORT_SMTPS, PORT_SMTP);
    if (fetches)
        add_server(reach, needs->config->inbox_url, "imaps", PORT_IMAPS, PORT_IMAP);
    for (size_t i = 0; (relays || fetches) && i < 2; i++)
        reach->any_port = reach->any_port || getenv(proxies[i]) != NULL; // libcurl heeds them
    add_port(reach, PORT_KERBEROS);
    if (reach->names)
        add_port(reach, PORT_NAMES);
    return reach;
}

void reach_free(struct reach *reach)
{
    if (reach == NULL)
        return;
    for (size_t i = 0; i < reach->file_count; i++)
        free(reach->files[i]);
    free(reach->passwords);
    free(reach);
}
