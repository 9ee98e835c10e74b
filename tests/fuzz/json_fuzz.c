// SPDX-License-Identifier: GPL-3.0-or-later
// A body from hostile bytes, as the API takes it: parsed, checked by a table, and as a vendor's document, and as a record
// of an open directory.
#include <stdint.h>

#include "shared/json.h"
#include "vendor/import.h"
#include "vendor/vendor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct json_member members[] = {
        {"vendor", JSON_STRING, JSON_NEEDED, 200}, {"remind", JSON_ARRAY, JSON_OPTIONAL, 20}, {"anyway", JSON_TRUE, JSON_OPTIONAL, 0},
        {"days", JSON_INTEGER, JSON_OPTIONAL, 0},  {NULL, JSON_NULL, JSON_OPTIONAL, 0},
    };
    struct error error;
    json_t *json = json_parse_object((const char *)data, size, &error);
    if (json != NULL) {
        json_check(json, members, &error);
        vendor_check(json, &error);
        json_decref(vendor_import_item("datenanfragen", json, 1, "2026-11-23"));
        json_decref(vendor_import_item("vendorpol", json, 1, "2026-11-23"));
    }
    json_decref(json);
    return 0;
}
