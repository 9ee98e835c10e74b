// SPDX-License-Identifier: GPL-3.0-or-later
// Whether a request may be made for somebody else: by the law, and by what that person has authorised. No
// I/O.
#ifndef HTTP_REQUEST_AUTHORITY_H
#define HTTP_REQUEST_AUTHORITY_H

#include "http/request_work.h"

// Adds the warnings no_agent and no_authority to a request sent on that day of the library's calendar, by which authorities are dated, for
// another than its filer; none for one's own.
void request_authority_check(struct request_work *work, date sent);

// The day on which the authority was given that covers the request on that day of the library's, as it stands in the record; NULL: there is none.
const char *request_authority_given(const struct request_work *work, date on);

// Whether `array` names the word; an empty or absent one names all.
bool request_authority_names(const json_t *array, const char *word);

#endif
