// SPDX-License-Identifier: GPL-3.0-or-later
// The evidence of a request, as dsrd gives it, as a document for people.
#ifndef CLIENT_EVIDENCE_DOCUMENT_H
#define CLIENT_EVIDENCE_DOCUMENT_H

#include <jansson.h>

#include "client/pdf.h"

// `hash`: SHA-256 of the file of the same evidence in JSON, in hex. NULL without memory.
struct pdf *evidence_document(const json_t *evidence, const char *json_name, const char *hash);

#endif
