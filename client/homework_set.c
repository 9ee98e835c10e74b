// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/homework_set.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "law/words.h"
#include "shared/conf.h"
#include "shared/memory.h"
#include "shared/text.h"

#define THEN_DELETE "access-then-delete"

enum { VENDORS_MAXIMUM = 60 };

bool homework_name_parse(const char *text, char name[HOMEWORK_NAME_SIZE], struct error *error)
{
    size_t length = 0;
    for (const char *at = text; *at != '\0' && length < HOMEWORK_NAME_SIZE; at++) {
        char c = *at >= 'A' && *at <= 'Z' ? (char)(*at - 'A' + 'a') : *at;
        if (c == ' ' || c == '_')
            c = '-';
        if (c == '-' && (length == 0 || name[length - 1] == '-'))
            continue;
        if (c != '-' && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9'))
            return error_set(error, ERROR_malformed, "name", "A homework is named with letters, digits and dashes, such as summer-2026; not \"%s\".", text);
        name[length++] = c;
    }
    while (length > 0 && length < HOMEWORK_NAME_SIZE && name[length - 1] == '-')
        length--;
    if (length == 0 || length == HOMEWORK_NAME_SIZE)
        return error_set(error, ERROR_malformed, "name", "The name of a homework has 1 to %d letters, digits and dashes, such as summer-2026.", HOMEWORK_NAME_SIZE - 1);
    name[length] = '\0';
    return true;
}

bool homework_rights_parse(const char *text, const char *rights[2], size_t *count, struct error *error)
{
    *count = 0;
    if (strcmp(text, THEN_DELETE) == 0 || strcmp(text, "access-then-deletion") == 0) {
        rights[(*count)++] = "access";
        rights[(*count)++] = "deletion";
        return true;
    }
    for (const char *const *word = right_words; *word != NULL; word++)
        if (strcmp(*word, text) == 0)
            rights[(*count)++] = *word;
    return *count > 0 || error_set(error, ERROR_malformed, "right", "There is no right \"%s\"; ask for access, deletion or " THEN_DELETE ".", text);
}

// A member that is an array of strings, each good in itself.
static json_t *read_array(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need)
{
    const config_setting_t *array = conf_array(conf, group, member, need);
    json_t *values = json_array();
    if (conf_count(array) > VENDORS_MAXIMUM)
        conf_fail(conf, array, member, "at most %d.", VENDORS_MAXIMUM);
    for (int i = 0; !conf->failed && i < conf_count(array); i++) {
        const char *value = conf_string_at(conf, array, i);
        if (value != NULL && value[0] == '\0')
            conf_fail(conf, array, member, "an empty name.");
        json_array_append_new(values, json_string(value));
    }
    if (need == CONF_REQUIRED && !conf->failed && json_array_size(values) == 0)
        conf_fail(conf, group, member, "name at least one.");
    return values;
}

// One right, or access and deletion in this order.
static void check_rights(struct conf *conf, const config_setting_t *group, const json_t *rights)
{
    const config_setting_t *at = config_setting_get_member(group, "rights");
    size_t index;
    json_t *right;
    json_array_foreach(rights, index, right)
        if (!conf->failed && !word_is_in(json_string_value(right), right_words))
            conf_fail(conf, at, "rights", "there is no right \"%s\".", json_string_value(right));
    bool both = json_array_size(rights) == 2 && strcmp(json_string_value(json_array_get(rights, 0)), "access") == 0 &&
                strcmp(json_string_value(json_array_get(rights, 1)), "deletion") == 0;
    if (!conf->failed && json_array_size(rights) > 1 && !both)
        conf_fail(conf, at, "rights", "one right, or [ \"access\", \"deletion\" ], which asks for access first.");
}

static json_t *read_group(struct conf *conf, const config_setting_t *group)
{
    static const char *const members[] = {"name", "title", "vendors", "rights", "note", NULL};
    char checked[HOMEWORK_NAME_SIZE];
    struct error problem;
    conf_only(conf, group, members);
    const char *name = conf_string(conf, group, "name", CONF_REQUIRED), *title = conf_string(conf, group, "title", CONF_REQUIRED);
    const char *note = conf_string(conf, group, "note", CONF_OPTIONAL);
    json_t *vendors = read_array(conf, group, "vendors", CONF_REQUIRED), *rights = read_array(conf, group, "rights", CONF_OPTIONAL);
    check_rights(conf, group, rights);
    if (!conf->failed && (!homework_name_parse(name, checked, &problem) || strcmp(name, checked) != 0))
        conf_fail(conf, group, "name", "small letters, digits and dashes, such as summer-2026.");
    json_t *set = conf->failed ? NULL
                               : json_pack("{s:s, s:s, s:O, s:s?}", "name", name, "title", title, "vendors", vendors, "note", note);
    if (set != NULL && json_array_size(rights) > 0)
        json_object_set(set, "rights", rights);
    json_decref(vendors);
    json_decref(rights);
    return set;
}

json_t *homework_set_read(const char *path, struct error *error)
{
    static const char *const top[] = {"homework", NULL};
    struct conf conf;
    if (!conf_open(&conf, path, error))
        return NULL;
    const config_setting_t *root = config_root_setting(&conf.config);
    const config_setting_t *group = conf_only(&conf, root, top) ? conf_group(&conf, root, "homework", CONF_REQUIRED) : NULL;
    json_t *set = group != NULL ? read_group(&conf, group) : NULL;
    if (set == NULL && !conf.failed)
        memory_error(error);
    conf_release(&conf);
    return set;
}

static const char *folder_of_sets(void)
{
    const char *given = getenv("DSR_HOMEWORK");
    return given != NULL ? given : DSRD_SYSCONFDIR "/homework";
}

static void refuse_unknown(const char *given, struct error *error)
{
    struct text known = {0};
    struct error ignored;
    char **paths;
    size_t count;
    if (conf_paths(folder_of_sets(), &paths, &count, &ignored)) {
        for (size_t i = 0; i < count; i++) {
            const char *name = strrchr(paths[i], '/') != NULL ? strrchr(paths[i], '/') + 1 : paths[i];
            text_format(&known, "%s%.*s", i > 0 ? ", " : "", (int)(strlen(name) - strlen(".conf")), name);
        }
        conf_paths_free(paths, count);
    }
    error_set(error, ERROR_not_found, "set", "There is no set \"%s\", and no such file. In %s there are: %s.", given, folder_of_sets(),
              known.length > 0 ? known.text : "none");
    text_release(&known);
}

json_t *homework_set_find(const char *given, struct error *error)
{
    struct stat there;
    struct text path = {0};
    json_t *set = NULL;
    if (strchr(given, '/') == NULL)
        text_format(&path, "%s/%s.conf", folder_of_sets(), given);
    if (stat(given, &there) == 0 && S_ISREG(there.st_mode))
        set = homework_set_read(given, error);
    else if (path.length > 0 && !path.failed && stat(path.text, &there) == 0)
        set = homework_set_read(path.text, error);
    else
        refuse_unknown(given, error);
    text_release(&path);
    return set;
}
