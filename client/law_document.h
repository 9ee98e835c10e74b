// SPDX-License-Identifier: GPL-3.0-or-later
// A law file as JSON, member by member, so that nothing in it is lost on the way to a screen or a program.
#ifndef CLIENT_LAW_DOCUMENT_H
#define CLIENT_LAW_DOCUMENT_H

#include <jansson.h>

#include "law/catalogue.h"
#include "shared/error.h"

// What the file of the law holds below `law`. New reference, or NULL and an error.
json_t *law_document(const struct law *law, struct error *error);

#endif
