// SPDX-License-Identifier: GPL-3.0-or-later
// Places as residences and laws name them: a country of ISO 3166-1 (NL), or a part of one as in ISO 3166-2 (US-VA, CA-QC).
#ifndef LAW_PLACES_H
#define LAW_PLACES_H

#include <stdbool.h>

#include "shared/error.h"

// Whether there is such a place, in capitals. The United States and Canada must name the state or province, for their laws differ by it;
// parts of other countries are not looked up. The error says what is allowed.
bool place_check(const char *place, struct error *error);

// Whether the place lies where a law holds: the `jurisdiction` of a law file (US-VA, US, EU/EEA, GB, * for everywhere).
bool place_is_in(const char *place, const char *jurisdiction);

#endif
