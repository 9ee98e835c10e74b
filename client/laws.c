// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/laws.h"

#include <stdlib.h>

static const char *folder(const struct arguments *arguments, const char *option, const char *variable, const char *installed)
{
    const char *given = argument_value(arguments, option);
    if (given == NULL)
        given = getenv(variable);
    return given != NULL ? given : installed;
}

struct catalogue *laws_load(const struct arguments *arguments, struct error *error)
{
    return catalogue_load(folder(arguments, "laws", "DSR_LAWS", DSRD_SYSCONFDIR "/laws"),
                          folder(arguments, "calendars", "DSR_CALENDARS", DSRD_SYSCONFDIR "/calendars"), error);
}
