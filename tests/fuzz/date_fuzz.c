// SPDX-License-Identifier: GPL-3.0-or-later
// Days, instants and references from hostile bytes; what is taken is written and read back.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "request/reference.h"
#include "shared/date.h"
#include "shared/zone.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char text[128], again[DATE_TEXT_SIZE], reference[REFERENCE_SIZE], same[REFERENCE_SIZE];
    date day, read;
    time_t instant;
    size_t length = size < sizeof text - 1 ? size : sizeof text - 1;
    memcpy(text, data, length);
    text[length] = '\0';
    if (date_parse(text, &day) && (!date_parse(date_format(day, again), &read) || read != day || strcmp(again, text) != 0))
        abort();
    if (date_parse_human(text, 20000, &day) && (!date_parse(date_format(day, again), &read) || read != day))
        abort();
    if (zone_parse_instant(text, &instant))
        (void)zone_date(instant, "Europe/Amsterdam");
    if (reference_parse(text, reference) && (!reference_parse(reference, same) || strcmp(reference, same) != 0))
        abort();
    return 0;
}
