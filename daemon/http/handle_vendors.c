// SPDX-License-Identifier: GPL-3.0-or-later
// Writes of the directory of vendors: documents, confirmations, take-overs, imports.
#include <string.h>
#include <time.h>

#include "http/handlers.h"
#include "shared/date.h"
#include "shared/json.h"
#include "shared/zone.h"
#include "vendor/import.h"
#include "vendor/vendor.h"

enum { RECORDS_MAXIMUM = 500, SOURCE_MAXIMUM = 500, NAME_MAXIMUM = 200 };

// A law that nobody knows would hide the channel for ever.
static bool laws_are_known(struct exchange *exchange, const json_t *document, struct error *error)
{
    for (const char *const *list = (const char *const[]){"channels", "establishments", NULL}; *list != NULL;
         list++) {
        size_t index, position;
        json_t *item, *law;
        json_array_foreach(json_object_get(document, *list), index, item)
            json_array_foreach(json_object_get(item, "laws"), position,
                               law) if (catalogue_find_law(exchange_service(exchange)->catalogue,
                                                           json_string_value(law), error) == NULL)
        {
            error->code = ERROR_invalid;
            return false;
        }
    }
    return true;
}

// The document as it was read may come back: what stands beside its facts is taken off, and says whether it
// changed meanwhile.
static json_t *document_row(struct exchange *exchange, json_t *body, struct error *error)
{
    json_t *version = json_incref(json_object_get(json_object_get(body, "directory"), "version"));
    json_object_del(body, "directory");
    json_object_del(body, "edited");
    bool good = version == NULL || json_is_null(version) || json_is_string(version) ||
                error_set(error, ERROR_invalid, "directory.version", "directory.version must be a string.");
    json_t *row = good && vendor_check(body, error) && laws_are_known(exchange, body, error)
                      ? json_pack("{s:O, s:O?}", "doc", body, "version", version)
                      : NULL;
    json_decref(version);
    return row;
}

void handle_vendor_put(struct exchange *exchange)
{
    struct error error = {0};
    json_t *body = exchange_body(exchange), *row = document_row(exchange, body, &error);
    if (row != NULL && strcmp(json_text(body, "slug"), exchange_path_value(exchange)) != 0) {
        error_set(&error, ERROR_invalid, "slug", "slug is \"%s\" but the address says %s.",
                  json_text(body, "slug"), exchange_path_value(exchange));
        json_decref(row);
        row = NULL;
    }
    exchange_call_row(exchange, STATEMENT_vendor_put, row, &error, NULL, NULL);
}

static void on_added(void *context, const char *json, size_t length, bool retry, const struct error *error)
{
    struct exchange *exchange = context;
    (void)retry;
    if (error->code == ERROR_NONE)
        exchange_reply_text(exchange, 201, json, length, 0);
    else
        exchange_fail(exchange, error);
}

void handle_vendor_add(struct exchange *exchange)
{
    struct error error = {0};
    json_t *body = exchange_body(exchange);
    json_t *row = vendor_check(body, &error) && laws_are_known(exchange, body, &error) ? json_incref(body) : NULL;
    exchange_call_row(exchange, STATEMENT_vendor_add, row, &error, on_added, exchange);
}

void handle_vendor_confirm(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"channel", JSON_STRING, JSON_OPTIONAL, NAME_MAXIMUM},
        {"source", JSON_STRING, JSON_OPTIONAL, SOURCE_MAXIMUM},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    const json_t *body = exchange_body(exchange);
    json_t *row = json_check(body, members, &error)
                      ? json_pack("{s:s, s:s?, s:s?}", "vendor", exchange_path_value(exchange), "channel",
                                  json_text(body, "channel"), "source", json_text(body, "source"))
                      : NULL;
    exchange_call_row(exchange, STATEMENT_vendor_confirm, row, &error, NULL, NULL);
}

void handle_vendor_merge(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"vendor", JSON_STRING, JSON_OPTIONAL, NAME_MAXIMUM}, // none: takes it back
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    const json_t *body = exchange_body(exchange);
    json_t *row = json_check(body, members, &error)
                      ? json_pack("{s:s, s:s?}", "name", exchange_path_value(exchange), "vendor",
                                  json_text(body, "vendor"))
                      : NULL;
    exchange_call_row(exchange, STATEMENT_vendor_merge, row, &error, NULL, NULL);
}

// The day on which the facts of an import count as seen: `seen`, not after today, or today.
static bool seen_day(const json_t *body, const struct service *service, char day[DATE_TEXT_SIZE],
                     struct error *error)
{
    const char *seen = json_text(body, "seen");
    date today = zone_date(time(NULL), service->config->library_zone), wanted = today;
    if (seen != NULL && (!date_parse(seen, &wanted) || wanted > today))
        return error_set(error, ERROR_invalid, "seen",
                         "seen: %s is no day up to today; write it as 2026-11-23.", seen);
    date_format(wanted, day);
    return true;
}

static bool first_fits(const json_t *body, struct error *error)
{
    json_int_t first = json_integer_value(json_object_get(body, "first"));
    return (first >= 0 && first <= INT32_MAX) ||
           error_set(error, ERROR_invalid, "first", "first must be from 0 to %d.", INT32_MAX);
}

static json_t *import_row(const json_t *body, const char *day)
{
    const char *format = json_text(body, "format");
    json_t *items = json_array(), *record;
    json_int_t first = json_integer_value(json_object_get(body, "first"));
    size_t index;
    json_array_foreach(
        json_object_get(body, "records"), index,
        record) if (json_array_append_new(items, vendor_import_item(format, record, first + (json_int_t)index,
                                                                    day)) != 0)
    {
        json_decref(items);
        return NULL;
    }
    return json_pack("{s:s, s:o}", "origin", format, "items", items);
}

void handle_vendor_import(struct exchange *exchange)
{
    static const struct json_member members[] = {
        {"format", JSON_STRING, JSON_NEEDED, 20},
        {"seen", JSON_STRING, JSON_OPTIONAL, 10},
        {"first", JSON_INTEGER, JSON_OPTIONAL, 0}, // number of the first record in the answer
        {"records", JSON_ARRAY, JSON_NEEDED | JSON_NESTED, RECORDS_MAXIMUM},
        {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error = {0};
    char day[DATE_TEXT_SIZE];
    const json_t *body = exchange_body(exchange);
    json_t *row = json_check(body, members, &error) &&
                          first_fits(body, &error) && vendor_import_format_check(json_text(body, "format"), &error) &&
                          seen_day(body, exchange_service(exchange), day, &error)
                      ? import_row(body, day)
                      : NULL;
    exchange_call_row(exchange, STATEMENT_vendor_import, row, &error, NULL, NULL);
}
