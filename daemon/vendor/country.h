// SPDX-License-Identifier: GPL-3.0-or-later
// Countries as addresses name them, and the time zone of a vendor there. Pure.
#ifndef VENDOR_COUNTRY_H
#define VENDOR_COUNTRY_H

#include <stdbool.h>

struct country {
    const char *code;  // of ISO 3166-1
    const char *zone;  // the one zone, or that of its largest or capital city
    bool several;      // whether it has more than one zone
    const char *names; // "Germany|Deutschland"
};

// By code or name, in English or a language of the country, whatever the case of ASCII letters. NULL: not
// known.
const struct country *country_find(const char *text);

// The zone of a state of the United States ("CA"), in capitals; NULL: there is no such state.
const char *country_state_zone(const char *state);

#endif
