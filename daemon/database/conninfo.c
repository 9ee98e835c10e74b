// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/conninfo.h"

#include "shared/memory.h"

#include <stdio.h>
#include <string.h>

enum { KEEPALIVES = 3 }; // that get no answer, and the connection is dead

void conninfo_append(struct text *text, const char *keyword, const char *value)
{
    text_format(text, "%s%s='", text->length > 0 ? " " : "", keyword);
    for (; *value != '\0'; value++) {
        if (*value == '\'' || *value == '\\')
            text_append_char(text, '\\');
        text_append_char(text, *value);
    }
    text_append_char(text, '\'');
}

PQconninfoOption *conninfo_in_effect(const char *conninfo)
{
    // An attempt that libpq refuses before it begins, but not before it has put together what it would use.
    const char *const keywords[] = {"dbname", "target_session_attrs", NULL}, *const values[] = {conninfo, "refuse", NULL};
    PGconn *refused = PQconnectStartParams(keywords, values, 1);
    PQconninfoOption *options = PQconninfo(refused);
    PQfinish(refused);
    return options;
}

const char *conninfo_value(const PQconninfoOption *options, const char *keyword)
{
    for (; options != NULL && options->keyword != NULL; options++)
        if (strcmp(options->keyword, keyword) == 0)
            return options->val;
    return NULL;
}

static bool copy_setting(const char *conninfo, const char *name, bool drop_user, struct text *text, struct error *error)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(conninfo, &message);
    if (options == NULL) {
        error_set(error, ERROR_invalid, name, "%s cannot be read: %s", name, message != NULL ? message : "no memory.");
        PQfreemem(message);
        return false;
    }
    for (const PQconninfoOption *option = options; option->keyword != NULL; option++)
        if (option->val != NULL && !(drop_user && strcmp(option->keyword, "user") == 0))
            conninfo_append(text, option->keyword, option->val);
    PQconninfoFree(options);
    return true;
}

// What the connection string may say otherwise: when a host that does not answer is given up. libpq itself heeds it where it blocks
// (mailer, migrate); the pool has timers of its own beside.
static void add_timeouts(const struct config *config, struct text *text)
{
    char number[16];
    snprintf(number, sizeof number, "%d", (config->database_connect_timeout_ms + 999) / 1000);
    conninfo_append(text, "connect_timeout", number);
    // A peer that has vanished is noticed in two heartbeats, by the kernel too.
    int64_t heartbeat_s = (config->database_heartbeat_ms + 999) / 1000;
    snprintf(number, sizeof number, "%lld", (long long)config->database_heartbeat_ms * 2);
    conninfo_append(text, "tcp_user_timeout", number);
    snprintf(number, sizeof number, "%lld", (long long)heartbeat_s);
    conninfo_append(text, "keepalives_idle", number);
    snprintf(number, sizeof number, "%lld", (long long)(heartbeat_s + KEEPALIVES - 1) / KEEPALIVES);
    conninfo_append(text, "keepalives_interval", number);
    snprintf(number, sizeof number, "%d", KEEPALIVES);
    conninfo_append(text, "keepalives_count", number);
}

char *conninfo_for(const struct config *config, const char *private_folder, const char *user, struct error *error)
{
    struct text text = {0};
    add_timeouts(config, &text);
    bool admin = user == NULL && config->database_admin_conninfo[0] != '\0';
    if (private_folder != NULL) {
        struct text socket_folder = {0};
        text_format(&socket_folder, "%s/run", private_folder);
        conninfo_append(&text, "host", socket_folder.text != NULL ? socket_folder.text : "");
        conninfo_append(&text, "dbname", "dsrd");
        text_release(&socket_folder);
        if (user == NULL)
            user = "dsrd_admin";
    } else if (config->database_conninfo[0] == '\0' && !admin) {
        text_release(&text);
        error_set(error, ERROR_invalid, "database.conninfo", "database.conninfo is empty: say where PostgreSQL is, or run with --private FOLDER.");
        return NULL;
    } else if (!copy_setting(admin ? config->database_admin_conninfo : config->database_conninfo,
                             admin ? "database.admin_conninfo" : "database.conninfo", user != NULL, &text, error)) {
        text_release(&text);
        return NULL;
    }
    if (user != NULL)
        conninfo_append(&text, "user", user);
    conninfo_append(&text, "application_name", user != NULL ? user : "dsrd migrate");
    conninfo_append(&text, "target_session_attrs", "read-write");
    char *taken = text_take(&text);
    if (taken == NULL)
        memory_error(error);
    return taken;
}

void conninfo_session_settings(const struct config *config, char sql[SESSION_SETTINGS_SIZE])
{
    int heartbeat_s = (config->database_heartbeat_ms + 999) / 1000;
    snprintf(sql, SESSION_SETTINGS_SIZE,
             "select set_config('statement_timeout', '%d', false), set_config('lock_timeout', '%d', false), "
             "set_config('idle_in_transaction_session_timeout', '60000', false), set_config('tcp_keepalives_idle', '%d', false), "
             "set_config('tcp_keepalives_interval', '%d', false), set_config('tcp_keepalives_count', '%d', false)",
             config->database_statement_timeout_ms, config->database_lock_timeout_ms, heartbeat_s, (heartbeat_s + KEEPALIVES - 1) / KEEPALIVES,
             KEEPALIVES);
}
