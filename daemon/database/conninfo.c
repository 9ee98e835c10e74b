// SPDX-License-Identifier: GPL-3.0-or-later
#include "database/conninfo.h"

#include <libpq-fe.h>
#include <string.h>

#include "shared/text.h"

static void append(struct text *text, const char *keyword, const char *value)
{
    text_format(text, "%s%s='", text->length > 0 ? " " : "", keyword);
    for (; *value != '\0'; value++) {
        if (*value == '\'' || *value == '\\')
            text_append_char(text, '\\');
        text_append_char(text, *value);
    }
    text_append_char(text, '\'');
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
            append(text, option->keyword, option->val);
    PQconninfoFree(options);
    return true;
}

char *conninfo_for(const struct config *config, const char *private_folder, const char *user, struct error *error)
{
    struct text text = {0};
    bool admin = user == NULL && config->database_admin_conninfo[0] != '\0';
    if (private_folder != NULL) {
        struct text socket_folder = {0};
        text_format(&socket_folder, "%s/run", private_folder);
        append(&text, "host", socket_folder.text != NULL ? socket_folder.text : "");
        append(&text, "dbname", "dsrd");
        text_release(&socket_folder);
        if (user == NULL)
            user = "dsrd_admin";
    } else if (config->database_conninfo[0] == '\0' && !admin) {
        error_set(error, ERROR_invalid, "database.conninfo", "database.conninfo is empty: say where PostgreSQL is, or run with --private FOLDER.");
        return NULL;
    } else if (!copy_setting(admin ? config->database_admin_conninfo : config->database_conninfo,
                             admin ? "database.admin_conninfo" : "database.conninfo", user != NULL, &text, error)) {
        text_release(&text);
        return NULL;
    }
    if (user != NULL)
        append(&text, "user", user);
    append(&text, "application_name", user != NULL ? user : "dsrd migrate");
    append(&text, "target_session_attrs", "read-write");
    char *taken = text_take(&text);
    if (taken == NULL)
        error_set(error, ERROR_internal, "", "No memory for the connection string.");
    return taken;
}
