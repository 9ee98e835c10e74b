// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/conf.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shared/memory.h"
#include "shared/text.h"

enum { FILE_SIZE_MAXIMUM = 1024 * 1024 };

static char *read_file(const char *path, size_t *length, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        error_set(error, memory_error_code(errno, ERROR_invalid), path, "%s cannot be opened: %s.", path, strerror(errno));
        return NULL;
    }
    struct text content = {0};
    char chunk[4096];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0 && content.length <= FILE_SIZE_MAXIMUM)
        text_append_bytes(&content, chunk, got);
    bool bad = ferror(file) != 0;
    fclose(file);
    *length = content.length;
    if (bad || content.length > FILE_SIZE_MAXIMUM) {
        text_release(&content);
        error_set(error, ERROR_invalid, path, "%s cannot be read, or is larger than 1 MiB.", path);
        return NULL;
    }
    char *whole = text_take(&content);
    if (whole == NULL)
        memory_error(error);
    return whole;
}

// libconfig 1.5 leaves out a name or a text that it has no memory for, and says nothing.
static bool is_whole(const config_setting_t *setting)
{
    if (config_setting_type(setting) == CONFIG_TYPE_STRING)
        return config_setting_get_string(setting) != NULL;
    for (int i = 0; i < config_setting_length(setting); i++) {
        const config_setting_t *member = config_setting_get_elem(setting, (unsigned)i);
        if ((config_setting_is_group(setting) && config_setting_name(member) == NULL) || !is_whole(member))
            return false;
    }
    return true;
}

static bool parsed(struct conf *conf, int good)
{
    bool whole = is_whole(config_root_setting(&conf->config));
    if (good == CONFIG_TRUE && whole)
        return true;
    const char *file = config_error_file(&conf->config);
    if (whole)
        error_set(conf->error, ERROR_invalid, "", "%s:%d: %s.", file != NULL ? file : conf->name,
                  config_error_line(&conf->config), config_error_text(&conf->config));
    else
        memory_ran_out(conf->error);
    config_destroy(&conf->config);
    free(conf->content);
    conf->content = NULL;
    return false;
}

// libconfig 1.5 takes a NUL for the end and says nothing; whatever stands behind it would be lost.
static bool text_is_clean(const char *text, size_t length, const char *name, struct error *error)
{
    if (memchr(text, '\0', length) != NULL || !text_is_utf8(text, length))
        return error_set(error, ERROR_invalid, "", "%s: holds a NUL byte or is not UTF-8 text.", name);
    return true;
}

// The end of a comment or text in quotes that begins here; NULL when none does.
static const char *skip(const char *at)
{
    const char *end = NULL;
    if (at[0] == '#' || (at[0] == '/' && at[1] == '/'))
        return at + strcspn(at, "\n");
    if (at[0] == '/' && at[1] == '*') {
        end = strstr(at + 2, "*/");
        return end != NULL ? end + 2 : at + strlen(at);
    }
    if (at[0] != '"')
        return NULL;
    for (end = at + 1; *end != '\0' && *end != '"'; end++)
        end += end[0] == '\\' && end[1] != '\0';
    return *end == '"' ? end + 1 : end;
}

// libconfig 1.5 cuts 4294967300 to 4 and says nothing.
static bool numbers_fit(const char *text, const char *name, struct error *error)
{
    static const char word[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_*.-";
    int line = 1;
    for (const char *at = text; *at != '\0';) {
        const char *end = skip(at);
        size_t length = end != NULL ? (size_t)(end - at) : strspn(at, word);
        bool whole = end == NULL && length > 0 && strspn(at + (*at == '-'), "0123456789") + (*at == '-') == length;
        if (whole && (strtoll(at, NULL, 10) > INT32_MAX || strtoll(at, NULL, 10) < INT32_MIN))
            return error_set(error, ERROR_invalid, "", "%s:%d: %.*s is too large a number.", name, line, length < 40 ? (int)length : 40, at);
        for (length = length > 0 ? length : 1; length > 0 && *at != '\0'; length--)
            line += *at++ == '\n';
    }
    return true;
}

bool conf_open(struct conf *conf, const char *path, struct error *error)
{
    *conf = (struct conf){.name = path, .error = error};
    conf->content = read_file(path, &conf->length, error);
    if (conf->content == NULL)
        return false;
    if (!text_is_clean(conf->content, conf->length, path, error) || !numbers_fit(conf->content, path, error)) {
        free(conf->content);
        conf->content = NULL;
        return false;
    }
    config_init(&conf->config);
    return parsed(conf, config_read_file(&conf->config, path));
}

bool conf_open_text(struct conf *conf, const char *text, size_t length, const char *name, struct error *error)
{
    *conf = (struct conf){.name = name, .error = error};
    if (!text_is_clean(text, length, name, error))
        return false;
    char *copy = strndup(text, length);
    if (copy == NULL)
        return memory_ran_out(error);
    if (!numbers_fit(copy, name, error)) {
        free(copy);
        return false;
    }
    config_init(&conf->config);
    int good = config_read_string(&conf->config, copy);
    free(copy);
    return parsed(conf, good);
}

void conf_release(struct conf *conf)
{
    config_destroy(&conf->config);
    free(conf->content);
    conf->content = NULL;
}

bool conf_fail(struct conf *conf, const config_setting_t *at, const char *member, const char *format, ...)
{
    if (conf->failed)
        return false;
    conf->failed = true;
    char what[ERROR_TEXT_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    const char *file = at != NULL ? config_setting_source_file(at) : NULL;
    int line = at != NULL ? config_setting_source_line(at) : 0;
    return error_set(conf->error, ERROR_invalid, member, "%s:%d: %s%s%s", file != NULL ? file : conf->name, line,
                     member != NULL ? member : "", member != NULL ? ": " : "", what);
}

bool conf_only(struct conf *conf, const config_setting_t *group, const char *const *allowed)
{
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
        const char *name = config_setting_name(member);
        bool known = false;
        for (size_t j = 0; !known && name != NULL && allowed[j] != NULL; j++)
            known = strcmp(allowed[j], name) == 0;
        if (known)
            continue;
        struct text list = {0};
        for (size_t j = 0; allowed[j] != NULL; j++)
            text_format(&list, "%s%s", j > 0 ? ", " : "", allowed[j]);
        conf_fail(conf, member, name, "there is no such member here; allowed are: %s.", list.text != NULL ? list.text : "");
        text_release(&list);
        return false;
    }
    return true;
}

static const config_setting_t *fetch(struct conf *conf, const config_setting_t *group, const char *member,
                                     enum conf_need need)
{
    const config_setting_t *found = group != NULL ? config_setting_get_member(group, member) : NULL;
    if (found == NULL && need == CONF_REQUIRED)
        conf_fail(conf, group, member, "is missing.");
    return found;
}

const char *conf_string(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need)
{
    const config_setting_t *found = fetch(conf, group, member, need);
    if (found == NULL)
        return NULL;
    if (config_setting_type(found) != CONFIG_TYPE_STRING) {
        conf_fail(conf, found, member, "must be text in double quotes.");
        return NULL;
    }
    return config_setting_get_string(found);
}

int conf_int(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need, int minimum,
             int maximum, int fallback)
{
    const config_setting_t *found = fetch(conf, group, member, need);
    if (found == NULL)
        return fallback;
    if (config_setting_type(found) != CONFIG_TYPE_INT) {
        conf_fail(conf, found, member, "must be a whole number from %d to %d.", minimum, maximum);
        return fallback;
    }
    int value = config_setting_get_int(found);
    if (value < minimum || value > maximum) {
        conf_fail(conf, found, member, "%d is not allowed; it must be from %d to %d.", value, minimum, maximum);
        return fallback;
    }
    return value;
}

bool conf_bool(struct conf *conf, const config_setting_t *group, const char *member, bool fallback)
{
    const config_setting_t *found = fetch(conf, group, member, CONF_OPTIONAL);
    if (found == NULL)
        return fallback;
    if (config_setting_type(found) != CONFIG_TYPE_BOOL) {
        conf_fail(conf, found, member, "must be true or false.");
        return fallback;
    }
    return config_setting_get_bool(found) == CONFIG_TRUE;
}

date conf_date(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need)
{
    date day;
    const char *text = conf_string(conf, group, member, need);
    if (text == NULL)
        return DATE_NONE;
    if (date_parse(text, &day))
        return day;
    conf_fail(conf, config_setting_get_member(group, member), member,
              "\"%s\" is no day; write it as \"2026-11-23\".", text);
    return DATE_NONE;
}

int conf_word(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need,
              const char *const *words)
{
    const char *text = conf_string(conf, group, member, need);
    if (text == NULL)
        return -1;
    struct text list = {0};
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], text) == 0) {
            text_release(&list);
            return i;
        }
        text_format(&list, "%s%s", i > 0 ? ", " : "", words[i]);
    }
    conf_fail(conf, config_setting_get_member(group, member), member, "\"%s\" is not known; allowed are: %s.", text,
              list.text != NULL ? list.text : "");
    text_release(&list);
    return -1;
}

const config_setting_t *conf_group(struct conf *conf, const config_setting_t *group, const char *member,
                                   enum conf_need need)
{
    const config_setting_t *found = fetch(conf, group, member, need);
    if (found == NULL || config_setting_type(found) == CONFIG_TYPE_GROUP)
        return found;
    conf_fail(conf, found, member, "must be a group: { ... }.");
    return NULL;
}

const config_setting_t *conf_list(struct conf *conf, const config_setting_t *group, const char *member,
                                  enum conf_need need)
{
    const config_setting_t *found = fetch(conf, group, member, need);
    if (found == NULL || config_setting_type(found) == CONFIG_TYPE_LIST)
        return found;
    conf_fail(conf, found, member, "must be a list of groups: ( { ... }, { ... } ).");
    return NULL;
}

const config_setting_t *conf_array(struct conf *conf, const config_setting_t *group, const char *member,
                                   enum conf_need need)
{
    const config_setting_t *found = fetch(conf, group, member, need);
    if (found == NULL || config_setting_type(found) == CONFIG_TYPE_ARRAY)
        return found;
    conf_fail(conf, found, member, "must be an array: [ ... ].");
    return NULL;
}

int conf_count(const config_setting_t *list)
{
    return list != NULL ? config_setting_length(list) : 0;
}

const config_setting_t *conf_group_at(struct conf *conf, const config_setting_t *list, int index)
{
    const config_setting_t *found = config_setting_get_elem(list, (unsigned)index);
    if (found != NULL && config_setting_type(found) == CONFIG_TYPE_GROUP)
        return found;
    conf_fail(conf, list, config_setting_name(list), "item %d must be a group: { ... }.", index + 1);
    return NULL;
}

const char *conf_string_at(struct conf *conf, const config_setting_t *array, int index)
{
    const config_setting_t *found = config_setting_get_elem(array, (unsigned)index);
    if (found != NULL && config_setting_type(found) == CONFIG_TYPE_STRING)
        return config_setting_get_string(found);
    conf_fail(conf, array, config_setting_name(array), "item %d must be text in double quotes.", index + 1);
    return NULL;
}

static void lacks_memory(struct conf *conf)
{
    if (!conf->failed)
        memory_error(conf->error);
    conf->failed = true;
}

char *conf_keep(struct conf *conf, const char *text)
{
    char *copy = text != NULL ? strdup(text) : NULL;
    if (copy == NULL && text != NULL)
        lacks_memory(conf);
    return copy;
}

char *conf_copy(struct conf *conf, const config_setting_t *group, const char *member, enum conf_need need)
{
    return conf_keep(conf, conf_string(conf, group, member, need));
}

void *conf_new(struct conf *conf, size_t count, size_t size)
{
    void *made = calloc(count + 1, size);
    if (made == NULL)
        lacks_memory(conf);
    return made;
}

static int compare_paths(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool append_path(char ***paths, size_t *count, const char *folder, const char *name)
{
    size_t length = strlen(name);
    if (name[0] == '.' || length < 6 || strcmp(name + length - 5, ".conf") != 0)
        return true;
    char **grown = realloc(*paths, (*count + 1) * sizeof *grown);
    if (grown == NULL)
        return false;
    *paths = grown;
    if (asprintf(&grown[*count], "%s/%s", folder, name) < 0)
        return false;
    (*count)++;
    return true;
}

bool conf_paths(const char *folder, char ***paths, size_t *count, struct error *error)
{
    *paths = NULL;
    *count = 0;
    DIR *directory = opendir(folder);
    if (directory == NULL)
        return error_set(error, memory_error_code(errno, ERROR_invalid), folder, "The folder %s cannot be read: %s.", folder, strerror(errno));
    bool good = true;
    for (struct dirent *entry; good && (entry = readdir(directory)) != NULL;)
        good = append_path(paths, count, folder, entry->d_name);
    closedir(directory);
    if (!good) {
        conf_paths_free(*paths, *count);
        return memory_error(error);
    }
    if (*count > 0)
        qsort(*paths, *count, sizeof **paths, compare_paths);
    return true;
}

void conf_paths_free(char **paths, size_t count)
{
    for (size_t i = 0; i < count; i++)
        free(paths[i]);
    free(paths);
}
