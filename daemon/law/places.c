// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/places.h"

#include <stddef.h>
#include <string.h>

static const char countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ "
    "CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO "
    "FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE "
    "JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO "
    "MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW "
    "PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM "
    "TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

// The Union, the three EEA states, and the parts of the Union that have codes of their own (TFEU art. 355(1)).
static const char eea[] =
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK IS LI NO AX GF GP MF MQ RE YT";

static const char states[] =
    "AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR "
    "PA RI SC SD TN TX UT VT VA WA WV WI WY DC AS GU MP PR UM VI";

static const char provinces[] = "AB BC MB NB NL NS NT NU ON PE QC SK YT";

// Whether the first two letters of `code` are one of the list.
static bool is_listed(const char *list, const char *code)
{
    for (const char *at = list;; at += 3) {
        if (strncmp(at, code, 2) == 0)
            return true;
        if (at[2] == '\0')
            return false;
    }
}

static bool check_part(const char *place, const char *list, const char *what, const char *example, struct error *error)
{
    if (place[2] == '\0')
        return error_set(error, ERROR_invalid, "residence", "residence: \"%s\" is too wide, for its laws differ by %s: write %s.", place,
                         what, example);
    if (strlen(place) == 5 && is_listed(list, place + 3))
        return true;
    return error_set(error, ERROR_invalid, "residence", "residence: \"%s\" is no %s of %.2s: write one such as %s.", place, what, place, example);
}

bool place_check(const char *place, struct error *error)
{
    if (strlen(place) < 2 || !is_listed(countries, place))
        return error_set(error, ERROR_invalid, "residence", "residence: \"%s\" is in no country of ISO 3166: write a country (NL, GB), or "
                         "a state or province of the United States or Canada (US-VA, CA-QC).%s",
                         place, strncmp(place, "UK", 2) == 0 ? " The United Kingdom is GB." : "");
    if (strncmp(place, "US", 2) == 0)
        return check_part(place, states, "state", "US-VA", error);
    return strncmp(place, "CA", 2) != 0 || check_part(place, provinces, "province", "CA-QC", error);
}

bool place_is_in(const char *place, const char *jurisdiction)
{
    size_t length = strlen(jurisdiction);
    if (strcmp(jurisdiction, "*") == 0)
        return true;
    if (strcmp(jurisdiction, "EU/EEA") == 0)
        return strlen(place) >= 2 && is_listed(eea, place);
    return strncmp(place, jurisdiction, length) == 0 && (place[length] == '\0' || place[length] == '-');
}
