// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/sources.h"

#include <string.h>

void sources_check(struct conf *conf, const config_setting_t *group)
{
    static const char *const members[] = {"where", "seen", "what", NULL};
    const config_setting_t *list = conf_list(conf, group, "sources", CONF_OPTIONAL);
    for (int i = 0; i < conf_count(list) && !conf->failed; i++) {
        const config_setting_t *source = conf_group_at(conf, list, i);
        if (source == NULL || !conf_only(conf, source, members))
            return;
        conf_string(conf, source, "where", CONF_REQUIRED);
        conf_string(conf, source, "what", CONF_OPTIONAL);
        if (!conf->failed && config_setting_get_member(source, "seen") == NULL)
            conf_fail(conf, source, "seen", "must say whether the text itself was read: true or false.");
        conf_bool(conf, source, "seen", false);
    }
}

void sources_check_confidence(struct conf *conf, const config_setting_t *group)
{
    sources_check(conf, group);
    const config_setting_t *list = config_setting_get_member(group, "sources");
    const char *confidence = conf_string(conf, group, "confidence", CONF_REQUIRED);
    int seen = 0;
    for (int i = 0; i < conf_count(list) && !conf->failed; i++)
        seen += conf_bool(conf, conf_group_at(conf, list, i), "seen", false);
    if (!conf->failed && conf_count(list) > 0 && seen == 0 && strcmp(confidence, "sure") == 0)
        conf_fail(conf, group, "confidence", "none of the sources was seen; what nobody has read cannot be sure, but \"likely\".");
}
