// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/law_moves.h"

#include <string.h>

#include "shared/json.h"

static const char *const dates[] = {"state", "due", "earliest", "latest", NULL};

static const json_t *find_clock(const json_t *clocks, const char *name)
{
    size_t index;
    json_t *clock;
    json_array_foreach(clocks, index, clock)
        if (strcmp(json_text(clock, "clock"), name) == 0)
            return clock;
    return NULL;
}

static bool same_dates(const json_t *before, const json_t *after)
{
    for (const char *const *member = dates; *member != NULL; member++)
        if (!json_equal(json_object_get(before, *member), json_object_get(after, *member)))
            return false;
    return true;
}

static json_t *dates_of(const json_t *clock)
{
    if (clock == NULL)
        return json_null();
    json_t *some = json_object();
    for (const char *const *member = dates; *member != NULL; member++)
        json_object_set(some, *member, json_object_get(clock, *member));
    return some;
}

static void add_move(struct law_move *move, const char *name, const json_t *before, const json_t *after)
{
    json_array_append_new(move->moves, json_pack("{s:s, s:o, s:o}", "clock", name, "was", dates_of(before), "becomes", dates_of(after)));
}

struct law_move law_move_find(const json_t *recorded, const json_t *computed)
{
    struct law_move move = {false, json_array()};
    size_t index;
    json_t *clock;
    json_array_foreach(computed, index, clock) {
        const json_t *before = find_clock(recorded, json_text(clock, "clock"));
        if (before == NULL || !same_dates(before, clock))
            add_move(&move, json_text(clock, "clock"), before, clock);
        if (before == NULL || strcmp(json_text(before, "law_hash"), json_text(clock, "law_hash")) != 0)
            move.counted_anew = true;
    }
    json_array_foreach(recorded, index, clock)
        if (find_clock(computed, json_text(clock, "clock")) == NULL)
            add_move(&move, json_text(clock, "clock"), clock, NULL);
    move.counted_anew = move.counted_anew || json_array_size(move.moves) > 0;
    return move;
}

static void add_change(json_t *changes, const char *what, const char *id, const char *change)
{
    json_array_append_new(changes, json_pack("{s:s, s:s}", what, id, "change", change));
}

static void add_calendar_changes(json_t *changes, const struct catalogue *before, const struct catalogue *after)
{
    for (size_t i = 0; i < catalogue_calendar_count(after); i++) {
        const struct calendar *calendar = catalogue_calendar_at(after, i);
        const struct calendar *old = catalogue_calendar(before, calendar_id(calendar));
        if (old == NULL || strcmp(calendar_hash(old), calendar_hash(calendar)) != 0)
            add_change(changes, "calendar", calendar_id(calendar), old == NULL ? "new" : "changed");
    }
    for (size_t i = 0; i < catalogue_calendar_count(before); i++)
        if (catalogue_calendar(after, calendar_id(catalogue_calendar_at(before, i))) == NULL)
            add_change(changes, "calendar", calendar_id(catalogue_calendar_at(before, i)), "gone");
}

json_t *law_changes(const struct catalogue *before, const struct catalogue *after)
{
    json_t *changes = json_array();
    for (size_t i = 0; i < catalogue_law_count(after); i++) {
        const struct law *law = catalogue_law_at(after, i);
        const struct law *old = catalogue_law(before, law_id(law));
        if (old == NULL)
            add_change(changes, "law", law_id(law), "new");
        else if (strcmp(law_hash(old), law_hash(law)) != 0)
            add_change(changes, "law", law_id(law), "changed");
    }
    for (size_t i = 0; i < catalogue_law_count(before); i++)
        if (catalogue_law(after, law_id(catalogue_law_at(before, i))) == NULL)
            add_change(changes, "law", law_id(catalogue_law_at(before, i)), "gone");
    add_calendar_changes(changes, before, after);
    return changes;
}
