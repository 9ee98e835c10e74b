// SPDX-License-Identifier: GPL-3.0-or-later
// Records of open directories as vendors. Pure: what is written, and what is left as it is, is decided by the
// SQL.
#ifndef VENDOR_IMPORT_H
#define VENDOR_IMPORT_H

#include <jansson.h>
#include <stdbool.h>

#include "shared/error.h"

// Whether there is a format of that name: "datenanfragen" (company records, obsolete ones too), "vendorpol"
// (product, vendor). The error names them.
bool vendor_import_format_check(const char *format, struct error *error);

// The record as an item of api.vendor_import(): {n, slug} with `document`, `merge`, `product` or `refused`
// (why, one sentence). `seen` is the day its facts count as seen. New reference; NULL only without memory.
json_t *vendor_import_item(const char *format, const json_t *record, json_int_t n, const char *seen);

#endif
