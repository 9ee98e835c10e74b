// SPDX-License-Identifier: GPL-3.0-or-later
#include "vendor/import.h"

#include <string.h>

#include "shared/invisible.h"
#include "shared/json.h"
#include "shared/text.h"
#include "vendor/company_record.h"
#include "vendor/vendor.h"

enum { NAME_MAXIMUM = 200 };

bool vendor_import_format_check(const char *format, struct error *error)
{
    return strcmp(format, "datenanfragen") == 0 || strcmp(format, "vendorpol") == 0 ||
           error_set(error, ERROR_invalid, "format",
                     "format must be datenanfragen (company records) or vendorpol (product and vendor).");
}

// Why a record is there no more, in words.
static const char *reason_text(const char *reason)
{
    static const char *const reasons[][2] = {{"company-defunct", "the company is gone"},
                                             {"duplicate", "it was there twice"},
                                             {"gdpr-not-applicable", "the GDPR does not bind it"},
                                             {"company-merged", "it was merged"},
                                             {"company-acquired", "it was taken over"},
                                             {"out-of-scope", "it is out of scope there"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (strcmp(reasons[i][0], reason) == 0)
            return reasons[i][1];
    return reason;
}

static json_t *merge_of(const json_t *record, const char *seen, struct error *error)
{
    const char *slug = company_record_text(record, "slug", "", error),
               *name = company_record_text(record, "name", "", error);
    const char *into = company_record_text(record, "redirect-to", "", error),
               *reason = company_record_text(record, "reason", "", error);
    if (slug == NULL || name == NULL || into == NULL || reason == NULL)
        return NULL;
    if (into[0] == '\0') {
        error_set(error, ERROR_invalid, "redirect-to",
                  "It is obsolete at the source without a successor: %s.", reason_text(reason));
        return NULL;
    }
    if (!vendor_is_slug(slug) || !vendor_is_slug(into) || name[0] == '\0') {
        error_set(error, ERROR_invalid, "slug",
                  "slug and redirect-to must be of a-z, 0-9 and dashes, and name a text.");
        return NULL;
    }
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "slug", slug, "name", name, "into", into, "origin",
                     "datenanfragen", "seen", seen);
}

static json_t *product_of(const json_t *record, struct error *error)
{
    char invisible[INVISIBLE_NAME_SIZE];
    const char *product = json_text(record, "product"), *vendor = json_text(record, "vendor");
    if (product == NULL || vendor == NULL || product[0] == '\0' || vendor[0] == '\0' ||
        strlen(product) > NAME_MAXIMUM || strlen(vendor) > NAME_MAXIMUM) {
        error_set(error, ERROR_invalid, "product", "product and vendor must be texts of 1 to %d bytes.",
                  NAME_MAXIMUM);
        return NULL;
    }
    if (invisible_find(product, invisible) || invisible_find(vendor, invisible)) {
        error_set(error, ERROR_invalid, "product",
                  "product or vendor holds a character that nobody sees (%s).", invisible);
        return NULL;
    }
    return json_pack("{s:s, s:s, s:s}", "product", product, "vendor", vendor, "origin", "vendorpol");
}

json_t *vendor_import_item(const char *format, const json_t *record, json_int_t n, const char *seen)
{
    struct error error = {0};
    const char *member = "product", *slug = json_text(record, "slug");
    json_t *content = NULL;
    if (!json_is_object(record)) {
        error_set(&error, ERROR_invalid, "records", "It is no object.");
    } else if (strcmp(format, "vendorpol") == 0) {
        content = product_of(record, &error);
        slug = json_text(record, "product");
    } else if (json_object_get(record, "reason") != NULL || json_object_get(record, "redirect-to") != NULL) {
        member = "merge";
        content = merge_of(record, seen, &error);
    } else {
        member = "document";
        content = company_record_document(record, seen, &error);
    }
    if (content == NULL)
        return json_pack("{s:I, s:s?, s:s}", "n", n, "slug", slug, "refused",
                         error.text[0] != '\0' ? error.text : "It cannot be read.");
    return json_pack("{s:I, s:s?, s:o}", "n", n, "slug", slug, member, content);
}
