// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/law_document.h"

#include <string.h>

#include "shared/conf.h"
#include "shared/memory.h"

static json_t *to_json(const config_setting_t *setting)
{
    json_t *json;
    switch (config_setting_type(setting)) {
    case CONFIG_TYPE_STRING: return json_string(config_setting_get_string(setting));
    case CONFIG_TYPE_INT: return json_integer(config_setting_get_int(setting));
    case CONFIG_TYPE_BOOL: return json_boolean(config_setting_get_bool(setting));
    case CONFIG_TYPE_GROUP:
        json = json_object();
        for (int i = 0; i < config_setting_length(setting); i++) {
            const config_setting_t *member = config_setting_get_elem(setting, (unsigned)i);
            json_object_set_new(json, config_setting_name(member), to_json(member));
        }
        return json;
    case CONFIG_TYPE_ARRAY:
    case CONFIG_TYPE_LIST:
        json = json_array();
        for (int i = 0; i < config_setting_length(setting); i++)
            json_array_append_new(json, to_json(config_setting_get_elem(setting, (unsigned)i)));
        return json;
    default: return json_null();
    }
}

json_t *law_document(const struct law *law, struct error *error)
{
    struct conf conf;
    if (!conf_open_text(&conf, law_text(law), strlen(law_text(law)), law_id(law), error))
        return NULL;
    json_t *json = to_json(config_lookup(&conf.config, "law"));
    conf_release(&conf);
    if (json == NULL)
        memory_error(error);
    return json;
}
