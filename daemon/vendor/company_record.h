// SPDX-License-Identifier: GPL-3.0-or-later
// Company records of datenanfragen.de: a directory for requests under the GDPR, so its contacts serve that
// law's family and no other. Pure.
#ifndef VENDOR_COMPANY_RECORD_H
#define VENDOR_COMPANY_RECORD_H

#include <jansson.h>

#include "shared/error.h"

// The record as a checked vendor document (new reference), or NULL and what is wrong with it. Nothing is
// cleaned on the way: an address with a character that nobody sees is refused.
json_t *company_record_document(const json_t *record, const char *seen, struct error *error);

// The text member, or `fallback` when it is absent; NULL and an error when it is no text.
const char *company_record_text(const json_t *record, const char *name, const char *fallback,
                                struct error *error);

#endif
