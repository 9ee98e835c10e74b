// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/request_authority.h"

#include <stdio.h>
#include <string.h>

#include "law/law.h"
#include "shared/json.h"

bool request_authority_names(const json_t *array, const char *word)
{
    size_t index;
    json_t *item;
    if (json_array_size(array) == 0)
        return true;
    json_array_foreach(array, index, item) if (json_is_string(item) &&
                                               strcmp(json_string_value(item), word) == 0) return true;
    return false;
}

static struct warning *add(struct request_work *work, const char *code)
{
    if (work->warnings.count == WARNINGS_MAXIMUM)
        return NULL;
    struct warning *warning = &work->warnings.list[work->warnings.count++];
    *warning = (struct warning){.code = code, .must_confirm = true, .free_from = DATE_NONE};
    return warning;
}

// Whether the law takes no agent for the right. What it says of agents in general may be about some rights
// only.
static bool refuses_agents(const struct law *law, const char *right)
{
    return law->agent == AGENT_NO ||
           (law->agent == AGENT_YES && (law->agent_rights & (1u << right_index(right))) == 0);
}

static void check_law(struct request_work *work)
{
    const struct law *law = work->law;
    if (!refuses_agents(law, work->right))
        return;
    struct warning *warning = add(work, "no_agent");
    if (warning == NULL)
        return;
    bool sure = law->agent_confidence != NULL && strcmp(law->agent_confidence, "sure") == 0;
    snprintf(warning->text, sizeof warning->text,
             "The %s takes no agent for this right (%s%s): the patron must ask, not staff.",
             law_short_name(law), law->agent_cite != NULL ? law->agent_cite : "its file names no section",
             sure ? "" : "; this has not been verified");
}

// An authority holds from its day to its last one, and not on the day it was withdrawn. ISO days sort as they
// stand.
static bool holds(const json_t *authority, const char *vendor, const char *right, const char *on)
{
    const char *until = json_text(authority, "until"), *withdrawn = json_text(authority, "withdrawn");
    return request_authority_names(json_object_get(authority, "vendors"), vendor) &&
           request_authority_names(json_object_get(authority, "rights"), right) &&
           strcmp(json_text(authority, "on"), on) <= 0 && (until == NULL || strcmp(on, until) <= 0) &&
           (withdrawn == NULL || strcmp(on, withdrawn) < 0);
}

const char *request_authority_given(const struct request_work *work, date on)
{
    char day[DATE_TEXT_SIZE];
    const char *vendor = json_text(work->vendor, "slug");
    size_t index;
    json_t *authority;
    date_format(on, day);
    json_array_foreach(work->authorities, index, authority)
        if (vendor != NULL && holds(authority, vendor, work->right, day))
            return json_text(authority, "on");
    return NULL;
}

void request_authority_check(struct request_work *work, date sent)
{
    char day[DATE_TEXT_SIZE];
    const char *vendor = json_text(work->vendor, "slug");
    size_t index;
    json_t *authority;
    if (!work->another)
        return;
    check_law(work);
    if (work->config->authority_required == AUTHORITY_NO || vendor == NULL)
        return;
    date_format(sent, day);
    json_array_foreach(work->authorities, index,
                       authority) if (holds(authority, vendor, work->right, day)) return;
    struct warning *warning = add(work, "no_authority");
    if (warning == NULL)
        return;
    warning->refused = work->config->authority_required == AUTHORITY_ALWAYS;
    snprintf(warning->text, sizeof warning->text,
             "No authority of the patron on record covers this right at this vendor on %s; `dsr authority "
             "add ALIAS --form signed "
             "--on DATE` records one.",
             day);
}
