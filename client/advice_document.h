// SPDX-License-Identifier: GPL-3.0-or-later
// From a vendor's document and a question to the advice as JSON.
#ifndef CLIENT_ADVICE_DOCUMENT_H
#define CLIENT_ADVICE_DOCUMENT_H

#include <jansson.h>

#include "law/catalogue.h"
#include "shared/date.h"
#include "shared/error.h"

// {vendor, name, right, residence, on, laws, without, suggested, vendor_note}: `laws` strongest first, each with its reasons.
// `residence` is one that place_check() took, `right` one of right_words. New reference, or NULL and an error.
json_t *advice_document(const struct catalogue *catalogue, const json_t *vendor, const char *right, const char *residence, date on,
                        struct error *error);

#endif
