// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/hosts.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

#include "database/conninfo.h"
#include "shared/text.h"

struct host {
    char *name;      // "" when only an address was given
    char *port;      // "" for the standard one
    char *addresses; // comma-separated; "" for a socket; NULL: none was found yet
    bool fixed;      // there is nothing to look up
};

struct hosts {
    char *rest; // of the connection string
    struct host list[HOSTS_MAXIMUM];
    size_t count; // 0: the connection string names none, and is used as it is
};

// Part number `index` of a comma-separated list (a copy), "" when there is none.
static char *part(const char *list, size_t index)
{
    const char *at = list != NULL ? list : "";
    for (; index > 0 && *at != '\0'; index--) {
        at += strcspn(at, ",");
        at += *at == ',';
    }
    return strndup(at, strcspn(at, ","));
}

static size_t parts(const char *list)
{
    size_t count = list != NULL && list[0] != '\0';
    for (const char *at = list; count > 0 && *at != '\0'; at++)
        count += *at == ',';
    return count;
}

static bool is_number(const char *name)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1;
}

static bool read_host(struct host *host, size_t index, const char *names, const char *addresses, const char *ports)
{
    host->name = part(names, index);
    host->port = part(ports, parts(ports) == 1 ? 0 : index); // one port is that of all hosts
    char *address = part(addresses, index);
    if (host->name == NULL || host->port == NULL || address == NULL) {
        free(address);
        return false;
    }
    host->fixed = address[0] != '\0' || host->name[0] == '\0' || host->name[0] == '/' || host->name[0] == '@' || is_number(host->name);
    if (host->fixed)
        host->addresses = address;
    else
        free(address);
    return true;
}

static const char *value_of(const PQconninfoOption *options, const char *keyword)
{
    for (; options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

static bool read_options(struct hosts *hosts, const PQconninfoOption *options)
{
    struct text rest = {0};
    const char *names = value_of(options, "host"), *addresses = value_of(options, "hostaddr"), *ports = value_of(options, "port");
    size_t count = parts(names) > parts(addresses) ? parts(names) : parts(addresses);
    bool listed = count >= 1 && count <= HOSTS_MAXIMUM && (parts(ports) <= 1 || parts(ports) == count) &&
                  (parts(names) == 0 || parts(addresses) == 0 || parts(names) == parts(addresses));
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++) {
        bool is_list = strcmp(option->keyword, "host") == 0 || strcmp(option->keyword, "hostaddr") == 0 || strcmp(option->keyword, "port") == 0;
        if (option->val != NULL && !(listed && is_list)) // lists that do not fit together are for libpq to refuse
            conninfo_append(&rest, option->keyword, option->val);
    }
    for (; listed && hosts->count < count; hosts->count++)
        if (!read_host(&hosts->list[hosts->count], hosts->count, names, addresses, ports))
            break;
    hosts->rest = text_take(&rest);
    return hosts->rest != NULL && (!listed || hosts->count == count);
}

struct hosts *hosts_new(const char *conninfo, struct error *error)
{
    char *message = NULL;
    struct hosts *hosts = calloc(1, sizeof *hosts);
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);
    bool good = hosts != NULL && options != NULL && read_options(hosts, options);
    if (!good)
        error_set(error, ERROR_invalid, "database.conninfo", "database.conninfo cannot be read: %s", message != NULL ? message : "no memory.");
    PQconninfoFree(options);
    PQfreemem(message);
    if (good)
        return hosts;
    hosts_free(hosts);
    return NULL;
}

void hosts_free(struct hosts *hosts)
{
    if (hosts == NULL)
        return;
    for (size_t i = 0; i < HOSTS_MAXIMUM; i++) {
        free(hosts->list[i].name);
        free(hosts->list[i].port);
        free(hosts->list[i].addresses);
    }
    free(hosts->rest);
    free(hosts);
}

size_t hosts_count(const struct hosts *hosts)
{
    return hosts->count;
}

const char *hosts_name(const struct hosts *hosts, size_t index)
{
    return index < hosts->count && !hosts->list[index].fixed ? hosts->list[index].name : NULL;
}

void hosts_found(struct hosts *hosts, size_t index, const char *addresses)
{
    char *copy = strdup(addresses);
    if (copy == NULL)
        return;
    free(hosts->list[index].addresses);
    hosts->list[index].addresses = copy;
}

struct lists {
    struct text names, addresses, ports;
    size_t count;
};

static void add(struct lists *lists, const struct host *host, const char *address, size_t length)
{
    const char *comma = lists->count > 0 ? "," : "";
    text_format(&lists->names, "%s%s", comma, host->name);
    text_format(&lists->addresses, "%s%.*s", comma, (int)length, address);
    text_format(&lists->ports, "%s%s", comma, host->port);
    lists->count++;
}

static void add_host(struct lists *lists, const struct host *host)
{
    const char *at = host->addresses;
    if (at == NULL)
        return; // its name was not found
    do {
        size_t length = strcspn(at, ",");
        add(lists, host, at, length);
        at += length + (at[length] == ',');
    } while (*at != '\0');
}

char *hosts_conninfo(const struct hosts *hosts, size_t attempt)
{
    struct lists lists = {0};
    struct text text = {0};
    if (hosts->count == 0)
        return strdup(hosts->rest);
    for (size_t i = 0; i < hosts->count; i++)
        add_host(&lists, &hosts->list[(attempt + i) % hosts->count]);
    text_append(&text, hosts->rest);
    bool good = lists.count > 0 && !lists.names.failed && !lists.addresses.failed && !lists.ports.failed;
    if (good) {
        conninfo_append(&text, "host", lists.names.text);
        conninfo_append(&text, "hostaddr", lists.addresses.text);
        conninfo_append(&text, "port", lists.ports.text);
    }
    text.failed = text.failed || !good;
    text_release(&lists.names);
    text_release(&lists.addresses);
    text_release(&lists.ports);
    return text_take(&text);
}
