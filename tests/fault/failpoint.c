// SPDX-License-Identifier: GPL-3.0-or-later
// What happens at the places of daemon/shared/failpoint.h; linked into build/failpoints/dsrd alone.
#include "shared/failpoint.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#define ROW(name, role, mail) {#name, #role, #mail},
static const struct {
    const char *name, *role, *mail;
} places[] = {FAILPOINT_TABLE(ROW)};
#undef ROW

static unsigned passed[FAILPOINT_COUNT];

// NAME:ACTION:N; the action, when this is the place and the time.
static const char *chosen(enum failpoint place, const char *choice)
{
    size_t length = strlen(places[place].name);
    if (choice == NULL || strncmp(choice, places[place].name, length) != 0 || choice[length] != ':')
        return NULL;
    const char *action = choice + length + 1;
    const char *number = strchr(action, ':');
    return number != NULL && strtoul(number + 1, NULL, 10) == ++passed[place] ? action : NULL;
}

bool failpoint_passed(enum failpoint place)
{
    const char *action = chosen(place, getenv("DSRD_FAILPOINT"));
    if (action == NULL)
        return false;
    if (action[0] == 'k')
        raise(SIGKILL);
    if (action[0] == 's')
        raise(SIGSTOP);
    if (action[0] == 'h')
        prctl(PR_SET_NAME, "hanging"); // so that the test can see it
    while (action[0] == 'h')
        poll(NULL, 0, -1);
    return action[0] == 'e';
}

void failpoints_print(FILE *file)
{
    for (size_t i = 0; i < FAILPOINT_COUNT; i++)
        fprintf(file, "%s %s %s\n", places[i].name, places[i].role, places[i].mail);
}
