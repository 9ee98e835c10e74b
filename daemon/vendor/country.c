// SPDX-License-Identifier: GPL-3.0-or-later
#include "vendor/country.h"

#include <string.h>

#include "shared/text.h"

// Names in English and in the country's own languages, as they stand at the end of addresses.
static const struct country countries[] = {
    {"AD", "Europe/Andorra", false, "Andorra"},
    {"AE", "Asia/Dubai", false, "United Arab Emirates"},
    {"AR", "America/Argentina/Buenos_Aires", false, "Argentina"},
    {"AT", "Europe/Vienna", false, "Austria|Österreich"},
    {"AU", "Australia/Sydney", true, "Australia"},
    {"BE", "Europe/Brussels", false, "Belgium|Belgique|België|Belgien"},
    {"BG", "Europe/Sofia", false, "Bulgaria|България"},
    {"BR", "America/Sao_Paulo", true, "Brazil|Brasil"},
    {"CA", "America/Toronto", true, "Canada"},
    {"CH", "Europe/Zurich", false, "Switzerland|Schweiz|Suisse|Svizzera"},
    {"CL", "America/Santiago", true, "Chile"},
    {"CN", "Asia/Shanghai", false, "China|People's Republic of China|中国"},
    {"CO", "America/Bogota", false, "Colombia"},
    {"CY", "Asia/Nicosia", false, "Cyprus|Κύπρος"},
    {"CZ", "Europe/Prague", false, "Czech Republic|Czechia|Česko|Česká republika"},
    {"DE", "Europe/Berlin", false, "Germany|Deutschland"},
    {"DK", "Europe/Copenhagen", false, "Denmark|Danmark"},
    {"EE", "Europe/Tallinn", false, "Estonia|Eesti"},
    {"EG", "Africa/Cairo", false, "Egypt"},
    {"ES", "Europe/Madrid", false, "Spain|España"},
    {"FI", "Europe/Helsinki", false, "Finland|Suomi"},
    {"FR", "Europe/Paris", false, "France"},
    {"GB", "Europe/London", false, "United Kingdom|Great Britain|UK|England|Scotland|Wales|Northern Ireland"},
    {"GG", "Europe/Guernsey", false, "Guernsey"},
    {"GI", "Europe/Gibraltar", false, "Gibraltar"},
    {"GR", "Europe/Athens", false, "Greece|Ελλάδα"},
    {"HK", "Asia/Hong_Kong", false, "Hong Kong"},
    {"HR", "Europe/Zagreb", false, "Croatia|Hrvatska"},
    {"HU", "Europe/Budapest", false, "Hungary|Magyarország"},
    {"ID", "Asia/Jakarta", true, "Indonesia"},
    {"IE", "Europe/Dublin", false, "Ireland|Éire"},
    {"IL", "Asia/Jerusalem", false, "Israel"},
    {"IM", "Europe/Isle_of_Man", false, "Isle of Man"},
    {"IN", "Asia/Kolkata", false, "India"},
    {"IS", "Atlantic/Reykjavik", false, "Iceland|Ísland"},
    {"IT", "Europe/Rome", false, "Italy|Italia"},
    {"JE", "Europe/Jersey", false, "Jersey"},
    {"JP", "Asia/Tokyo", false, "Japan|日本"},
    {"KR", "Asia/Seoul", false, "South Korea|Republic of Korea|Korea"},
    {"LI", "Europe/Vaduz", false, "Liechtenstein"},
    {"LT", "Europe/Vilnius", false, "Lithuania|Lietuva"},
    {"LU", "Europe/Luxembourg", false, "Luxembourg|Luxemburg|Lëtzebuerg"},
    {"LV", "Europe/Riga", false, "Latvia|Latvija"},
    {"MA", "Africa/Casablanca", false, "Morocco|Maroc"},
    {"MC", "Europe/Monaco", false, "Monaco"},
    {"MH", "Pacific/Majuro", false, "Marshall Islands"},
    {"MT", "Europe/Malta", false, "Malta"},
    {"MX", "America/Mexico_City", true, "Mexico|México"},
    {"MY", "Asia/Kuala_Lumpur", false, "Malaysia"},
    {"NL", "Europe/Amsterdam", false, "Netherlands|The Netherlands|Nederland"},
    {"NO", "Europe/Oslo", false, "Norway|Norge|Noreg"},
    {"NZ", "Pacific/Auckland", false, "New Zealand"},
    {"PA", "America/Panama", false, "Panama"},
    {"PH", "Asia/Manila", false, "Philippines"},
    {"PK", "Asia/Karachi", false, "Pakistan"},
    {"PL", "Europe/Warsaw", false, "Poland|Polska"},
    {"PT", "Europe/Lisbon", false, "Portugal"},
    {"QA", "Asia/Qatar", false, "Qatar"},
    {"RO", "Europe/Bucharest", false, "Romania|România"},
    {"RS", "Europe/Belgrade", false, "Serbia|Srbija"},
    {"RU", "Europe/Moscow", true, "Russia|Russian Federation"},
    {"SC", "Indian/Mahe", false, "Seychelles"},
    {"SE", "Europe/Stockholm", false, "Sweden|Sverige"},
    {"SG", "Asia/Singapore", false, "Singapore|Republic of Singapore"},
    {"SI", "Europe/Ljubljana", false, "Slovenia|Slovenija"},
    {"SK", "Europe/Bratislava", false, "Slovakia|Slovensko"},
    {"SM", "Europe/San_Marino", false, "San Marino"},
    {"TH", "Asia/Bangkok", false, "Thailand"},
    {"TR", "Europe/Istanbul", false, "Turkey|Türkiye"},
    {"TW", "Asia/Taipei", false, "Taiwan"},
    {"UA", "Europe/Kyiv", false, "Ukraine|Україна"},
    {"US", "America/New_York", true, "United States of America|United States|USA"},
    {"VG", "America/Tortola", false, "British Virgin Islands"},
    {"ZA", "Africa/Johannesburg", false, "South Africa"},
};

// Where most of a state's people live; the few with two zones are counted whole.
static const struct {
    const char *zone, *states;
} state_zones[] = {
    {"America/New_York", "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV"},
    {"America/Chicago", "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI"},
    {"America/Denver", "CO ID MT NM UT WY"},
    {"America/Los_Angeles", "CA NV OR WA"},
    {"America/Phoenix", "AZ"},
    {"America/Anchorage", "AK"},
    {"Pacific/Honolulu", "HI"},
};

static bool is_named(const struct country *country, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = country->names; *at != '\0';) {
        size_t part = strcspn(at, "|");
        if (part == length && strncasecmp(at, name, length) == 0)
            return true;
        at += part + (at[part] == '|');
    }
    return false;
}

const struct country *country_find(const char *text)
{
    for (size_t i = 0; i < sizeof countries / sizeof countries[0]; i++)
        if (text_equal_ignoring_case(countries[i].code, text) || is_named(&countries[i], text))
            return &countries[i];
    return NULL;
}

const char *country_state_zone(const char *state)
{
    for (size_t i = 0; strlen(state) == 2 && i < sizeof state_zones / sizeof state_zones[0]; i++)
        for (const char *at = state_zones[i].states; *at != '\0'; at += at[2] == ' ' ? 3 : 2)
            if (strncmp(at, state, 2) == 0)
                return state_zones[i].zone;
    return NULL;
}
