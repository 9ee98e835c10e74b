// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/letter_called_for.h"

#include <string.h>

#include "law/law.h"
#include "letter/letter.h"
#include "shared/json.h"
#include "shared/text.h"

static bool has_appeal(const struct law *law)
{
    for (size_t i = 0; i < law->clock_count; i++)
        if (strncmp(law->clocks[i].id, "appeal", 6) == 0)
            return true;
    return false;
}

enum letter_kind letter_called_for(const struct law *law, const char *status, const json_t *next)
{
    const char *said = json_text(next, "said");
    if (text_is(status, "draft"))
        return LETTER_REQUEST;
    if (text_is(json_text(next, "asked_for"), "identity_provided"))
        return LETTER_IDENTITY;
    if (text_is(said, "refused") || text_is(said, "deemed_refused"))
        return has_appeal(law) && !json_is_true(json_object_get(next, "appealed")) ? LETTER_APPEAL : LETTER_COMPLAINT;
    if (text_is(said, "appeal_answered"))
        return LETTER_COMPLAINT;
    if (json_is_true(json_object_get(next, "extension_void")) && !text_is(status, "closed") && said == NULL)
        return LETTER_EXTENSION_CHALLENGE;
    return text_is(status, "overdue") || text_is(status, "ack_overdue") ? LETTER_OVERDUE : LETTER_REQUEST;
}

void letter_called_for_add(const struct catalogue *catalogue, json_t *answer)
{
    json_t *next = json_object_get(answer, "next");
    const json_t *request = json_object_get(answer, "request");
    const char *id = json_text(request, "law");
    const struct law *law = id != NULL ? catalogue_law(catalogue, id) : NULL;
    if (next == NULL || law == NULL) // whose file is gone: nothing can be written
        return;
    enum letter_kind kind = letter_called_for(law, json_text(request, "status"), next);
    bool may_complain = letter_names_authority(law);
    json_object_set_new(next, "letter", kind == LETTER_COMPLAINT && !may_complain ? json_null() : json_string(letter_kind_names[kind]));
    json_object_set_new(next, "may_complain", json_boolean(may_complain));
}
