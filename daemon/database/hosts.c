// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/hosts.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "database/conninfo.h"
#include "shared/text.h"

enum { CHOICES_MAXIMUM = 4 * HOSTS_MAXIMUM };

struct host {
    char *name;      // "" when only an address was given
    char *port;      // "" for the standard one
    char *addresses; // comma-separated; "" for a socket; NULL: none was found yet
    bool fixed;      // there is nothing to look up
};

struct hosts {
    char *rest; // of the connection string
    struct host list[HOSTS_MAXIMUM];
    size_t count; // 0: none is named, and the connection string is used as it is
};

// Part number `index` of a comma-separated list, not ended by a NUL; NULL when there is none.
static const char *part_at(const char *list, size_t index, size_t *length)
{
    const char *at = list;
    for (; at != NULL && index > 0; index--) {
        at = strchr(at, ',');
        at = at != NULL ? at + 1 : NULL;
    }
    *length = at != NULL ? strcspn(at, ",") : 0;
    return at;
}

// A copy of it, "" when there is none.
static char *part(const char *list, size_t index)
{
    size_t length;
    const char *at = part_at(list, index, &length);
    return strndup(at != NULL ? at : "", length);
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

static bool read_options(struct hosts *hosts, const PQconninfoOption *options, const PQconninfoOption *effect)
{
    struct text rest = {0};
    const char *names = conninfo_value(effect, "host"), *addresses = conninfo_value(effect, "hostaddr"), *ports = conninfo_value(effect, "port");
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
    PQconninfoOption *effect = options != NULL ? conninfo_in_effect(conninfo) : NULL;
    bool good = hosts != NULL && effect != NULL && read_options(hosts, options, effect);
    if (!good)
        error_set(error, ERROR_invalid, "database.conninfo", "database.conninfo cannot be read: %s", message != NULL ? message : "no memory.");
    PQconninfoFree(effect);
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

struct choice {
    const struct host *host;
    const char *address;
    size_t length;
};

// The addresses of all hosts: the first of each host, then the second of each, and so on.
static size_t list_choices(const struct hosts *hosts, struct choice choices[CHOICES_MAXIMUM])
{
    size_t count = 0, before = SIZE_MAX;
    for (size_t round = 0; count != before; round++) {
        before = count;
        for (size_t i = 0; i < hosts->count && count < CHOICES_MAXIMUM; i++) {
            struct choice choice = {.host = &hosts->list[i]};
            choice.address = part_at(choice.host->addresses, round, &choice.length);
            if (choice.address != NULL)
                choices[count++] = choice;
        }
    }
    return count;
}

size_t hosts_choices(const struct hosts *hosts)
{
    struct choice choices[CHOICES_MAXIMUM];
    return list_choices(hosts, choices);
}

char *hosts_conninfo(const struct hosts *hosts, size_t attempt)
{
    struct text names = {0}, addresses = {0}, ports = {0}, text = {0};
    struct choice choices[CHOICES_MAXIMUM];
    size_t count = list_choices(hosts, choices);
    if (hosts->count == 0)
        return strdup(hosts->rest);
    for (size_t i = 0; i < count; i++) {
        const struct choice *choice = &choices[(attempt + i) % count];
        const char *comma = i > 0 ? "," : "";
        text_format(&names, "%s%s", comma, choice->host->name);
        text_format(&addresses, "%s%.*s", comma, (int)choice->length, choice->address);
        text_format(&ports, "%s%s", comma, choice->host->port);
    }
    text_append(&text, hosts->rest);
    bool good = count > 0 && !names.failed && !addresses.failed && !ports.failed;
    if (good) {
        conninfo_append(&text, "host", names.text);
        conninfo_append(&text, "hostaddr", addresses.text);
        conninfo_append(&text, "port", ports.text);
    }
    text.failed = text.failed || !good;
    text_release(&names);
    text_release(&addresses);
    text_release(&ports);
    return text_take(&text);
}
