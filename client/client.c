// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/client.h"

#include <curl/curl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/logins.h"
#include "shared/json.h"
#include "shared/memory.h"

enum { TRIES = 3, PAUSE_US = 300000, KEY_SIZE = 33, PAGE = 200 };

int client_fail(const struct error *error)
{
    fflush(stdout); // through a pipe, what was shown before still comes first; whether it could be written is asked at the end
    fprintf(stderr, "dsr: %s\n", error->text);
    return error_exit_status(error->code);
}

static struct connection *connect_once(struct client *client, struct error *error)
{
    struct login login;
    const char *server = client->target.server;
    if (client->connection != NULL)
        return client->connection;
    if (server[0] == '\0') {
        client->connection = connection_open(client->target.socket_path, error);
        if (client->connection != NULL)
            connection_set_library(client->connection, client->target.library);
        return client->connection;
    }
    if (!logins_find(server, &login, error))
        return NULL;
    if (login.token[0] == '\0')
        error_set(error, ERROR_unauthenticated, "server",
                  "You are not logged in to %s; `dsr login --server %s` asks for the token that the library gave you.", server, server);
    else
        client->connection = connection_open_server(server, login.token, login.ca_file, error);
    if (client->connection != NULL)
        connection_set_library(client->connection, client->target.library);
    sodium_memzero(&login, sizeof login);
    return client->connection;
}

// dsrd, or the web server before it, has said so.
static bool refused_for_now(const struct error *error)
{
    return error->code == ERROR_unavailable && strcmp(error->field, "socket") != 0 && strcmp(error->field, "server") != 0;
}

// What only reads, or has a key under which it is done once, is sent again when it was not answered, since dsrd or its database may be coming back.
// For what reads, where nobody listens there is nothing to wait for.
static json_t *call(struct client *client, const char *method, const char *path, const json_t *body, const char *key, struct error *error)
{
    struct connection *connection = connect_once(client, error);
    if (connection == NULL)
        return NULL;
    int tries = key != NULL || strcmp(method, "GET") == 0 ? TRIES : 1;
    for (int i = 1;; i++) {
        bool unanswered;
        json_t *answer = connection_call(connection, method, path, body, key, &unanswered, error);
        bool passing = unanswered || (key != NULL ? error->code == ERROR_unavailable : refused_for_now(error));
        if (answer != NULL || i == tries || !passing)
            return answer;
        usleep(PAUSE_US);
    }
}

json_t *client_call(struct client *client, const char *method, const char *path, const json_t *body, struct error *error)
{
    return call(client, method, path, body, NULL, error);
}

json_t *client_write_keyed(struct client *client, const char *method, const char *path, const json_t *body, const char *key, struct error *error)
{
    return call(client, method, path, body, key, error);
}

json_t *client_write(struct client *client, const char *method, const char *path, const json_t *body, struct error *error)
{
    unsigned char random[KEY_SIZE / 2];
    char key[KEY_SIZE];
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(key, sizeof key, random, sizeof random);
    return client_write_keyed(client, method, path, body, key, error);
}

static void append_encoded(struct text *out, const char *value)
{
    static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";
    for (; *value != '\0'; value++) {
        if (strchr(safe, *value) != NULL)
            text_append_char(out, *value);
        else
            text_format(out, "%%%02X", (unsigned char)*value);
    }
}

char *client_path(const char *format, const char *value)
{
    struct text path = {0};
    const char *hole = strstr(format, "{}");
    text_append_bytes(&path, format, hole != NULL ? (size_t)(hole - format) : strlen(format));
    append_encoded(&path, value);
    if (hole != NULL)
        text_append(&path, hole + 2);
    return text_take(&path);
}

void client_query(struct text *path, const char *name, const char *value)
{
    if (value == NULL)
        return;
    text_format(path, "%c%s=", path->text != NULL && strchr(path->text, '?') != NULL ? '&' : '?', name);
    append_encoded(path, value);
}

json_t *client_pages(struct client *client, const char *path, const char *member, json_int_t limit, struct error *error)
{
    json_t *all = json_array(), *answer = NULL;
    bool good = memory_sufficed(0, error), more = true; // else the path may lack a part
    while (good && more && (limit == 0 || (json_int_t)json_array_size(all) < limit)) {
        struct text page = {0};
        char size[16];
        json_int_t left = limit == 0 ? PAGE : limit - (json_int_t)json_array_size(all);
        snprintf(size, sizeof size, "%d", (int)(left < PAGE ? left : PAGE));
        text_append(&page, path);
        client_query(&page, "limit", size);
        client_query(&page, "cursor", json_text(answer, "next"));
        json_decref(answer);
        answer = client_call(client, "GET", page.text, NULL, error);
        text_release(&page);
        good = answer != NULL && json_array_extend(all, json_object_get(answer, member)) == 0;
        more = json_text(answer, "next") != NULL;
    }
    json_decref(answer);
    if (good)
        return all;
    json_decref(all);
    return NULL;
}
