// SPDX-License-Identifier: GPL-3.0-or-later
// What a homework would file: for each person, vendor and right a law, a channel, the day on which an answer would be due, and whether there
// is something in the way. dsrd works it out as if it were sent today, and records nothing.
#include "client/homework.h"

#include <stdlib.h>
#include <string.h>

#include "client/body.h"
#include "law/words.h"
#include "shared/json.h"
#include "shared/memory.h"

bool item_is(const json_t *item, const char *result)
{
    return strcmp(json_text(item, "result"), result) == 0;
}

size_t homework_count(const json_t *items, const char *result)
{
    size_t index, count = 0;
    json_t *item;
    json_array_foreach(items, index, item)
        count += item_is(item, result);
    return count;
}

void item_end(json_t *item, const char *result, const char *reason)
{
    json_object_set_new(item, "result", json_string(result));
    if (reason != NULL)
        json_object_set_new(item, "reason", json_string(reason));
}

void item_set_request(json_t *item, const json_t *answer)
{
    json_t *request = json_object_get(answer, "request");
    json_object_set(item, "ref", json_object_get(request, "ref"));
    json_object_set(item, "request", request);
}

static bool is_final(const struct error *error)
{
    return error->code == ERROR_unavailable || error->code == ERROR_unauthenticated || error->code == ERROR_forbidden;
}

// The vendor's document under the name that was given, fetched once; null when there is none.
static const json_t *document_of(struct homework *homework, const char *name, struct error *error)
{
    const json_t *known = json_object_get(homework->documents, name);
    if (known == NULL) {
        char *path = client_path("/v1/vendors/{}", name);
        json_t *document = path != NULL ? client_call(homework->client, "GET", path, NULL, error) : NULL;
        free(path);
        if (document == NULL && is_final(error))
            return NULL;
        if (document == NULL)
            document = json_pack("{s:s}", "reason", error->text);
        json_object_set_new(homework->documents, name, document);
        known = document;
    }
    return known;
}

static json_t *item_body(const json_t *item)
{
    json_t *body = json_pack("{s:s, s:s, s:s}", "vendor", json_text(item, "vendor"), "right", json_text(item, "right"), "law", json_text(item, "law"));
    body_set_text(body, "subject", json_text(item, "subject"));
    if (json_text(item, "subject") == NULL)
        body_set_text(body, "residence", json_text(item, "residence"));
    body_set_text(body, "homework", json_text(item, "homework"));
    if (json_object_get(item, "courtesy_days") != NULL)
        json_object_set(body, "courtesy_days", json_object_get(item, "courtesy_days"));
    return body;
}

// The vendor's clock that decides: the first of the running ones, acknowledgements apart.
static void set_due(json_t *item, const json_t *answer)
{
    const json_t *first = NULL;
    size_t index;
    json_t *clock;
    json_array_foreach(json_object_get(answer, "clocks"), index, clock) {
        bool decides = strcmp(json_text(clock, "party"), "vendor") == 0 && strcmp(json_text(clock, "state"), "running") == 0 &&
                       strcmp(json_text(clock, "clock"), "ack") != 0 && !clock_is_shown_only(json_text(clock, "clock")) && json_text(clock, "latest") != NULL;
        if (decides && (first == NULL || strcmp(json_text(clock, "latest"), json_text(first, "latest")) < 0))
            first = clock;
    }
    for (const char *const *member = (const char *const[]){"due", "earliest", "latest", "legal", "confidence", NULL}; first != NULL && *member != NULL; member++)
        json_object_set(item, *member, json_object_get(first, *member));
}

// What speaks against it. That an access request is open first is no obstacle to a draft: it says after which one it comes.
static void check_warnings(const struct homework *homework, json_t *item, const json_t *answer)
{
    static const char *const weighs[] = {"frequency_law", "frequency_vendor", "asked_already", "no_agent", "no_authority", NULL};
    struct text all = {0};
    size_t index;
    json_t *warning;
    json_array_foreach(json_object_get(answer, "warnings"), index, warning)
        for (const char *const *code = weighs; *code != NULL; code++)
            if (strcmp(*code, json_text(warning, "code")) == 0)
                text_format(&all, "%s%s", all.length > 0 ? " " : "", json_text(warning, "text"));
    if (all.length > 0 && !homework->anyway)
        item_end(item, ITEM_SKIPPED, all.text);
    text_release(&all);
}

static bool try_item(struct homework *homework, json_t *item, struct error *error)
{
    json_t *body = item_body(item);
    json_t *answer = client_call(homework->client, "POST", "/v1/requests?dry_run=true", body, error);
    json_decref(body);
    if (answer == NULL) {
        item_end(item, ITEM_FAILED, error->text);
        return !is_final(error);
    }
    if (json_object_get(answer, "request") != NULL) {
        item_set_request(item, answer);
        item_end(item, ITEM_KNOWN, NULL);
    } else {
        json_object_set(item, "channel_id", json_object_get(answer, "channel_id"));
        json_object_set(item, "channel_kind", json_object_get(answer, "channel_kind"));
        set_due(item, answer);
        check_warnings(homework, item, answer);
    }
    json_decref(answer);
    return true;
}

static bool is_listed(const json_t *items, const json_t *item)
{
    size_t index;
    json_t *other;
    json_array_foreach(items, index, other)
        if (json_equal(json_object_get(other, "subject"), json_object_get(item, "subject")) &&
            strcmp(json_text(other, "vendor"), json_text(item, "vendor")) == 0 && strcmp(json_text(other, "right"), json_text(item, "right")) == 0)
            return true;
    return false;
}

// One item; a vendor named twice, by two of its brands, is one.
static bool plan_item(struct homework *homework, const json_t *person, const char *name, size_t right, struct error *error)
{
    const json_t *document = document_of(homework, name, error);
    if (document == NULL)
        return false;
    const char *slug = json_text(document, "slug"), *problem = json_text(person, "reason");
    json_t *item = json_pack("{s:O, s:O, s:s, s:s, s:s, s:s, s:s, s:b}", "subject", json_object_get(person, "alias"), "residence",
                             json_object_get(person, "residence"), "homework", homework->name, "vendor", slug != NULL ? slug : name,
                             "vendor_name", slug != NULL ? json_text(document, "name") : name, "right", homework->rights[right],
                             "result", ITEM_NEW, "after_access", right > 0);
    if (item == NULL)
        return memory_error(error);
    if (is_listed(homework->items, item)) {
        json_decref(item);
        return true;
    }
    json_array_append_new(homework->items, item);
    if (slug == NULL || problem != NULL) {
        item_end(item, ITEM_FAILED, slug == NULL ? json_text(document, "reason") : problem);
        return true;
    }
    if (!homework_choose_law(homework, document, item, error)) {
        item_end(item, ITEM_FAILED, error->text);
        return error->code != ERROR_internal;
    }
    return try_item(homework, item, error);
}

bool homework_plan(struct homework *homework, struct error *error)
{
    size_t who, which;
    json_t *person, *vendor;
    json_array_foreach(homework->people, who, person)
        json_array_foreach(homework->vendors, which, vendor)
            for (size_t right = 0; right < homework->right_count; right++)
                if (!plan_item(homework, person, json_string_value(vendor), right, error))
                    return false;
    return true;
}
