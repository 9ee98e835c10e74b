// SPDX-License-Identifier: GPL-3.0-or-later
// login, logout, whoami: using a dsrd elsewhere with a token.
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/handlers.h"
#include "client/logins.h"
#include "client/output.h"
#include "client/secret.h"
#include "shared/json.h"

static bool needs_server(const struct client *client, const char *command, struct error *error)
{
    return client->target.server[0] != '\0' ||
           error_set(error, ERROR_malformed, "server", "Say which server: dsr %s --server https://dsr.library.example.", command);
}

// The file must be found from every folder, so its whole path is kept.
static bool take_ca_file(const char *given, struct login *login, struct error *error)
{
    if (given == NULL)
        return true;
    char *whole = realpath(given, NULL);
    if (whole == NULL)
        return error_set(error, ERROR_malformed, "ca-file", "%s cannot be read: %s.", given, strerror(errno));
    bool good = strlen(whole) < sizeof login->ca_file;
    if (good)
        memcpy(login->ca_file, whole, strlen(whole) + 1);
    free(whole);
    return good || error_set(error, ERROR_malformed, "ca-file", "The path of the certificates is too long.");
}

static bool take_token(struct login *login, struct error *error)
{
    char id[TOKEN_ID_SIZE];
    if (!secret_read("Token (it is not shown): ", login->token, sizeof login->token, error))
        return false;
    return token_parse(login->token, id) ||
           error_set(error, ERROR_malformed, "", "That is no token; one begins with dsr_ and has %d characters.", TOKEN_LENGTH);
}

static void print_me(const json_t *me)
{
    const json_t *token = json_object_get(me, "token");
    printf("roles: %s\n", json_text(me, "roles"));
    printf("account: %s\n", json_text(me, "account"));
    if (json_text(me, "library_name") != NULL)
        printf("library: %lld, %s\n", (long long)json_integer_value(json_object_get(me, "library")), json_text(me, "library_name"));
    if (token != NULL)
        printf("token: %s, may %s, until %s\n", json_text(token, "id"),
               strcmp(json_text(token, "scope"), "write") == 0 ? "read and write" : "only read",
               json_text(token, "expires"));
}

int run_login(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct login login = {0};
    json_t *me = NULL;
    if (needs_server(client, "login", &error) && take_ca_file(argument_value(arguments, "ca-file"), &login, &error) &&
        take_token(&login, &error)) {
        client->connection = connection_open_server(client->target.server, login.token, login.ca_file, &error);
        me = client->connection != NULL ? client_call(client, "GET", "/v1/me", NULL, &error) : NULL;
    }
    bool kept = me != NULL && logins_keep(client->target.server, &login, &error);
    sodium_memzero(&login, sizeof login);
    if (!kept) {
        json_decref(me);
        return client_fail(&error);
    }
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON) {
        status = output_json(me);
    } else {
        printf("Logged in to %s.\n", client->target.server);
        print_me(me);
    }
    json_decref(me);
    return status;
}

int run_logout(struct client *client, const struct arguments *arguments)
{
    struct error error, unrevoked = {0};
    struct login login = {0};
    char id[TOKEN_ID_SIZE] = "";
    (void)arguments;
    if (!needs_server(client, "logout", &error) || !logins_find(client->target.server, &login, &error))
        return client_fail(&error);
    bool logged_in = token_parse(login.token, id);
    sodium_memzero(&login, sizeof login);
    if (!logged_in) {
        error_set(&error, ERROR_not_found, "server", "You are not logged in to %s.", client->target.server);
        return client_fail(&error);
    }
    char *path = client_path("/v1/tokens/{}", id);
    json_t *answer = path != NULL ? client_call(client, "DELETE", path, NULL, &unrevoked) : NULL;
    bool revoked = answer != NULL || unrevoked.code == ERROR_unauthenticated; // one that is refused lets nobody in
    free(path);
    json_decref(answer);
    if (!logins_drop(client->target.server, &error))
        return client_fail(&error);
    if (client->format == FORMAT_JSON)
        printf("{\"token\":\"%s\",\"revoked\":%s}\n", id, revoked ? "true" : "false");
    else
        printf(revoked ? "Logged out of %s; the token is of no use any more.\n" : "Logged out of %s.\n", client->target.server);
    if (revoked)
        return EXIT_DONE;
    fprintf(stderr, "dsr: The token %s could not be revoked, so ask the library to (`dsr token revoke %s`): %s\n", id, id, unrevoked.text);
    return error_exit_status(unrevoked.code);
}

int run_whoami(struct client *client, const struct arguments *arguments)
{
    struct error error;
    (void)arguments;
    json_t *me = client_call(client, "GET", "/v1/me", NULL, &error);
    if (me == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON)
        status = output_json(me);
    else
        print_me(me);
    json_decref(me);
    return status;
}
