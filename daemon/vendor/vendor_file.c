// SPDX-License-Identifier: GPL-3.0-or-later
#include "vendor/vendor_file.h"

#include <stdlib.h>
#include <string.h>

#include "shared/conf.h"
#include "shared/json.h"
#include "vendor/vendor.h"

static json_t *to_json(const config_setting_t *setting);

static json_t *group_to_json(const config_setting_t *group)
{
    json_t *object = json_object();
    for (int i = 0; i < config_setting_length(group); i++) {
        const config_setting_t *member = config_setting_get_elem(group, (unsigned)i);
        if (json_object_set_new(object, config_setting_name(member), to_json(member)) != 0) {
            json_decref(object);
            return NULL;
        }
    }
    return object;
}

static json_t *list_to_json(const config_setting_t *list)
{
    json_t *array = json_array();
    for (int i = 0; i < config_setting_length(list); i++)
        if (json_array_append_new(array, to_json(config_setting_get_elem(list, (unsigned)i))) != 0) {
            json_decref(array);
            return NULL;
        }
    return array;
}

static json_t *to_json(const config_setting_t *setting)
{
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_GROUP: return group_to_json(setting);
    case CONFIG_TYPE_ARRAY:
    case CONFIG_TYPE_LIST: return list_to_json(setting);
    case CONFIG_TYPE_STRING: return json_string(config_setting_get_string(setting)); // NULL when it is not UTF-8
    case CONFIG_TYPE_INT: return json_integer(config_setting_get_int(setting));
    case CONFIG_TYPE_BOOL: return json_boolean(config_setting_get_bool(setting) == CONFIG_TRUE);
    default: return json_real(config_setting_get_float(setting)); // refused by the check
    }
}

json_t *vendor_file_read(const char *path, struct error *error)
{
    static const char *const top[] = {"vendor", NULL};
    struct conf conf;
    if (!conf_open(&conf, path, error))
        return NULL;
    const config_setting_t *root = config_root_setting(&conf.config);
    const config_setting_t *group = conf_only(&conf, root, top) ? conf_group(&conf, root, "vendor", CONF_REQUIRED) : NULL;
    json_t *document = group != NULL ? group_to_json(group) : NULL;
    if (group != NULL && document == NULL)
        conf_fail(&conf, group, "vendor", "holds text that is not UTF-8.");
    if (document != NULL && !vendor_check(document, error)) {
        error_wrap(error, "%s", path);
        json_decref(document);
        document = NULL;
    }
    conf_release(&conf);
    return document;
}

static json_t *read_file(const char *path, struct error *error)
{
    json_t *document = vendor_file_read(path, error);
    const char *slug = json_text(document, "slug"), *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    if (document != NULL && (strncmp(name, slug, strlen(slug)) != 0 || strcmp(name + strlen(slug), ".conf") != 0)) {
        error_set(error, ERROR_invalid, "slug", "%s: slug: the file of the vendor \"%s\" must be called %s.conf.", path, slug, slug);
        json_decref(document);
        document = NULL;
    }
    return document;
}

bool vendor_folder_read(const char *folder, json_t **vendors, struct error *error)
{
    char **paths;
    size_t count;
    if (!conf_paths(folder, &paths, &count, error))
        return false;
    *vendors = json_array();
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        json_t *document = read_file(paths[i], error);
        good = document != NULL && json_array_append_new(*vendors, document) == 0;
    }
    conf_paths_free(paths, count);
    if (!good) {
        json_decref(*vendors);
        *vendors = NULL;
    }
    return good;
}
