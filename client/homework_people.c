// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/homework_people.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/body.h"
#include "client/csv.h"
#include "law/places.h"
#include "request/residence.h"
#include "shared/json.h"

enum { CLASS_MAXIMUM = 200, PLACE_SIZE = 64 };

static bool add_class(const char *path, json_t *aliases, struct error *error)
{
    static const char *const columns[] = {"alias", "subject", "for", NULL};
    size_t index;
    json_t *row, *table = csv_read(path, error);
    if (table == NULL)
        return false;
    json_array_foreach(json_object_get(table, "rows"), index, row)
        for (const char *const *column = columns; *column != NULL; column++)
            if (json_text(row, *column) != NULL)
                json_array_append(aliases, json_object_get(row, *column));
    json_decref(table);
    return json_array_size(aliases) > 0 || error_set(error, ERROR_malformed, "class", "%s has no column alias with aliases in it; `dsr subject list --csv` makes such a file.", path);
}

static json_t *residence_of(const json_t *subjects, const char *alias)
{
    size_t index;
    json_t *subject;
    json_array_foreach(subjects, index, subject)
        if (strcmp(json_text(subject, "alias"), alias) == 0)
            return json_object_get(subject, "residence");
    return NULL;
}

static bool is_there(const json_t *people, const char *alias)
{
    size_t index;
    json_t *person;
    json_array_foreach(people, index, person)
        if (strcmp(json_text(person, "alias"), alias) == 0)
            return true;
    return false;
}

static bool add_others(struct homework *homework, const json_t *aliases, const char *place, struct error *error)
{
    size_t index;
    json_t *alias, *subjects = client_pages(homework->client, "/v1/subjects", "subjects", 0, error);
    if (subjects == NULL)
        return false;
    json_array_foreach(aliases, index, alias) {
        const char *name = json_string_value(alias);
        json_t *known = residence_of(subjects, name);
        if (is_there(homework->people, name))
            continue;
        json_t *person = json_pack("{s:s, s:O?, s:o?}", "alias", name, "residence", known, "reason",
                                   known == NULL ? json_sprintf("There is no subject %s; `dsr subject list` shows the aliases.", name) : NULL);
        if (known != NULL && json_is_null(known))
            body_set_text(person, "residence", place);
        json_array_append_new(homework->people, person);
    }
    json_decref(subjects);
    return true;
}

// The caller. What is recorded goes before what is typed, since laws look at where one lives.
static bool add_me(struct homework *homework, const json_t *me, const char *place, struct error *error)
{
    char answer[PLACE_SIZE], residence[RESIDENCE_SIZE];
    const char *recorded = json_text(me, "residence");
    if (recorded == NULL && place == NULL && isatty(STDIN_FILENO) == 1) {
        if (!homework_ask_line("Where do you live? A country (NL), or a state or province (US-CA, CA-QC): ", NULL, answer, sizeof answer, error))
            return false;
        place = answer;
    }
    if (recorded == NULL && place == NULL)
        return error_set(error, ERROR_malformed, "residence", "Say where you live, for laws ask for it: --residence US-CA, or --residence NL.");
    if (place != NULL && (!residence_parse(place, residence, error) || !place_check(residence, error)))
        return false;
    if (recorded != NULL && place != NULL && strcmp(recorded, residence) != 0)
        fprintf(stderr, "dsr: note: you are recorded as living in %s, which counts here; staff can correct it.\n", recorded);
    json_t *alias = json_object_get(me, "alias");
    json_array_append_new(homework->people, json_pack("{s:O?, s:s}", "alias", alias, "residence", recorded != NULL ? recorded : residence));
    return true;
}

bool homework_people(struct homework *homework, const struct arguments *arguments, const json_t *me, struct error *error)
{
    const char *file = argument_value(arguments, "class"), *mine = json_text(me, "alias"), *place = argument_value(arguments, "residence");
    json_t *aliases = body_values(arguments, "for");
    bool good = file == NULL || add_class(file, aliases, error);
    bool only_me = json_array_size(aliases) == 0 ||
                   (json_array_size(aliases) == 1 && mine != NULL && strcmp(json_string_value(json_array_get(aliases, 0)), mine) == 0);
    if (good && json_array_size(aliases) > CLASS_MAXIMUM)
        good = error_set(error, ERROR_malformed, "class", "A class has at most %d people.", CLASS_MAXIMUM);
    homework->for_others = !only_me;
    if (good)
        good = only_me ? add_me(homework, me, place, error) : add_others(homework, aliases, place, error);
    json_decref(aliases);
    return good;
}
