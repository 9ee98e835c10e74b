// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/advice_document.h"

#include <stdlib.h>
#include <string.h>

#include "law/advice.h"
#include "law/words.h"
#include "shared/json.h"
#include "shared/memory.h"

// As many as vendor_check() allows.
enum { ESTABLISHMENTS_MAXIMUM = 20, EXTENSIONS_MAXIMUM = 20, LAWS_MAXIMUM = 60 };

// What a question points at.
struct facts {
    struct advice_establishment establishments[ESTABLISHMENTS_MAXIMUM];
    const char *laws[ESTABLISHMENTS_MAXIMUM][LAWS_MAXIMUM];
    struct advice_extension extensions[EXTENSIONS_MAXIMUM];
};

static void read_establishments(const json_t *vendor, struct facts *facts, struct advice_question *question)
{
    size_t index, position;
    json_t *item, *law;
    json_array_foreach(json_object_get(vendor, "establishments"), index, item) {
        if (index == ESTABLISHMENTS_MAXIMUM)
            return;
        struct advice_establishment *establishment = &facts->establishments[question->establishment_count++];
        *establishment = (struct advice_establishment){json_text(item, "country"), json_text(item, "name"), facts->laws[index], 0};
        json_array_foreach(json_object_get(item, "laws"), position, law)
            if (position < LAWS_MAXIMUM)
                facts->laws[index][establishment->law_count++] = json_string_value(law);
    }
}

static void read_extensions(const json_t *vendor, struct facts *facts, struct advice_question *question)
{
    size_t index, position;
    json_t *item, *right;
    json_array_foreach(json_object_get(vendor, "extends_rights"), index, item)
        json_array_foreach(json_object_get(item, "rights"), position, right)
            if (strcmp(json_string_value(right), question->right) == 0 && question->extension_count < EXTENSIONS_MAXIMUM)
                facts->extensions[question->extension_count++] =
                    (struct advice_extension){json_text(item, "people"), json_text(item, "source"), json_text(item, "date_seen"),
                                              (int)json_integer_value(json_object_get(item, "days"))};
}

static json_t *reasons_to_json(const struct advice_row *row)
{
    json_t *reasons = json_array();
    for (size_t i = 0; i < row->reason_count; i++) {
        const struct advice_reason *reason = &row->reasons[i];
        json_array_append_new(reasons, json_pack("{s:s, s:s, s:s, s:s?}", "word", reason->word,
                                                 "weight", advice_weight_name(reason->weight), "text", reason->text, "cite", reason->cite));
    }
    return reasons;
}

static json_t *row_to_json(const struct advice_row *row)
{
    char text[DATE_TEXT_SIZE];
    json_t *from = row->from == DATE_NONE ? json_null() : json_string(date_format(row->from, text));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:s, s:s, s:s, s:o, s:o}", "law", law_id(row->law), "strength",
                     advice_strength_name(row->strength), "confidence", row->confidence, "short", law_short_name(row->law), "name",
                     law_name(row->law), "from", from, "cite", row->cite, "reach", row->reach, "who", row->who, "clocks", row->clocks,
                     "days", row->days > 0 ? json_integer(row->days) : json_null(), "reasons", reasons_to_json(row));
}

static json_t *advice_to_json(const struct advice_question *question, const struct advice *advice, const json_t *vendor)
{
    char text[DATE_TEXT_SIZE];
    json_t *laws = json_array(), *without = json_array();
    for (size_t i = 0; i < advice->row_count; i++)
        json_array_append_new(laws, row_to_json(&advice->rows[i]));
    for (size_t i = 0; i < advice->without_count; i++)
        json_array_append_new(without, json_string(law_id(advice->without[i])));
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:s?, s:s?}", "vendor", json_text(vendor, "slug"), "name", question->vendor,
                     "right", question->right, "residence", question->residence, "on", date_format(question->on, text),
                     "laws", laws, "without", without, "suggested", advice->suggested != NULL ? law_id(advice->suggested->law) : NULL,
                     "vendor_note", json_text(vendor, "note"));
}

json_t *advice_document(const struct catalogue *catalogue, const json_t *vendor, const char *right, const char *residence, date on,
                        struct error *error)
{
    struct advice advice;
    json_t *document = NULL;
    struct facts *facts = calloc(1, sizeof *facts);
    struct advice_question question = {
        .catalogue = catalogue, .residence = residence, .right = right, .on = on, .vendor = json_text(vendor, "name"),
        .nonprofit = json_is_true(json_object_get(vendor, "nonprofit")), .processor = json_is_true(json_object_get(vendor, "processor")),
    };
    if (facts == NULL) {
        memory_error(error);
        return NULL;
    }
    question.establishments = facts->establishments;
    question.extensions = facts->extensions;
    read_establishments(vendor, facts, &question);
    read_extensions(vendor, facts, &question);
    if (advice_give(&question, &advice, error)) {
        document = advice_to_json(&question, &advice, vendor);
        advice_release(&advice);
        if (document == NULL)
            memory_error(error);
    }
    free(facts);
    return document;
}
