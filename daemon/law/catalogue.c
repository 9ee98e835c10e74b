// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/catalogue.h"

#include <stdlib.h>
#include <string.h>

#include "law/calendar_file.h"
#include "law/hash.h"
#include "law/law.h"
#include "law/law_file.h"
#include "law/local_days.h"
#include "shared/memory.h"
#include "shared/text.h"

static bool base_name_is(const char *path, const char *name)
{
    return strcmp(strrchr(path, '/') + 1, name) == 0; // conf_paths() puts the folder before each
}

static void hash_file(const struct conf *conf, char hex[HASH_TEXT_SIZE])
{
    struct hash_part part = {conf->content, conf->length};
    hash_parts(&part, 1, hex);
}

static bool load_calendar(struct catalogue *catalogue, const char *path, struct error *error)
{
    struct conf conf;
    if (!conf_open(&conf, path, error))
        return false;
    struct calendar *calendar = calendar_file_read(&conf);
    if (calendar != NULL && catalogue_calendar(catalogue, calendar->id) != NULL) {
        error_set(error, ERROR_invalid, "id", "%s: there are two calendars \"%s\".", path, calendar->id);
        calendar_free(calendar);
        calendar = NULL;
    }
    if (calendar != NULL) {
        hash_file(&conf, calendar->hash);
        // NOLINTNEXTLINE(clang-analyzer-core.NullDereference): without an array no calendar is loaded
        catalogue->calendars[catalogue->calendar_count++] = calendar;
    }
    conf_release(&conf);
    return calendar != NULL;
}

static bool load_local_days(struct catalogue *catalogue, const char *path, struct error *error)
{
    struct conf conf;
    if (!conf_open(&conf, path, error))
        return false;
    bool good = local_days_read(&conf, catalogue);
    conf_release(&conf);
    return good;
}

static bool load_calendars(struct catalogue *catalogue, const char *folder, struct error *error)
{
    char **paths;
    size_t count;
    if (!conf_paths(folder, &paths, &count, error))
        return false;
    catalogue->calendars = calloc(count + 1, sizeof *catalogue->calendars);
    bool good = catalogue->calendars != NULL;
    if (!good)
        memory_error(error);
    for (size_t i = 0; good && i < count; i++)
        good = base_name_is(paths[i], "local.conf") || load_calendar(catalogue, paths[i], error);
    for (size_t i = 0; good && i < count; i++)
        good = !base_name_is(paths[i], "local.conf") || load_local_days(catalogue, paths[i], error);
    conf_paths_free(paths, count);
    return good;
}

static bool load_counting(struct catalogue *catalogue, const char *path, struct error *error)
{
    struct conf conf;
    if (!conf_open(&conf, path, error))
        return false;
    hash_file(&conf, catalogue->counting_hash);
    bool good = counting_file_read(&conf, catalogue);
    conf_release(&conf);
    return good;
}

static bool load_law(struct catalogue *catalogue, const char *path, struct error *error)
{
    struct conf conf;
    if (!conf_open(&conf, path, error))
        return false;
    struct law *law = law_file_read(&conf, catalogue);
    if (law != NULL && catalogue_law(catalogue, law->id) != NULL) {
        error_set(error, ERROR_invalid, "id", "%s: there are two laws \"%s\".", path, law->id);
        law_free(law);
        law = NULL;
    }
    if (law != NULL) {
        // Counting rules are part of every law that uses them.
        struct hash_part parts[] = {{conf.content, conf.length},
                                    {catalogue->counting_hash, sizeof catalogue->counting_hash}};
        hash_parts(parts, 2, law->hash);
        law->text = conf.content;
        law->text_length = conf.length;
        conf.content = NULL;
        catalogue->laws[catalogue->law_count++] = law;
    }
    conf_release(&conf);
    return law != NULL;
}

static int compare_laws(const void *a, const void *b)
{
    const struct law *const *first = a, *const *second = b;
    return strcmp((*first)->id, (*second)->id);
}

static bool load_laws(struct catalogue *catalogue, const char *folder, struct error *error)
{
    char **paths;
    size_t count;
    if (!conf_paths(folder, &paths, &count, error))
        return false;
    catalogue->laws = calloc(count + 1, sizeof *catalogue->laws);
    bool good = catalogue->laws != NULL;
    if (!good)
        memory_error(error);
    for (size_t i = 0; good && i < count; i++)
        if (base_name_is(paths[i], "counting.conf"))
            good = load_counting(catalogue, paths[i], error);
    if (good && catalogue->countings == NULL)
        good = error_set(error, ERROR_invalid, folder, "%s holds no counting.conf.", folder);
    for (size_t i = 0; good && i < count; i++)
        if (!base_name_is(paths[i], "counting.conf"))
            good = load_law(catalogue, paths[i], error);
    conf_paths_free(paths, count);
    if (good && catalogue->law_count == 0)
        good = error_set(error, ERROR_invalid, folder, "%s holds no law.", folder);
    if (good)
        // NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): without an array no law was loaded
        qsort(catalogue->laws, catalogue->law_count, sizeof *catalogue->laws, compare_laws);
    return good;
}

static bool hash_all(struct catalogue *catalogue, struct error *error)
{
    size_t count = catalogue->law_count + catalogue->calendar_count;
    struct hash_part *parts = calloc(count + 1, sizeof *parts);
    if (parts == NULL)
        return memory_error(error);
    size_t at = 0;
    for (size_t i = 0; i < catalogue->law_count; i++)
        parts[at++] = (struct hash_part){catalogue->laws[i]->hash, HASH_TEXT_SIZE};
    for (size_t i = 0; i < catalogue->calendar_count; i++)
        parts[at++] = (struct hash_part){catalogue->calendars[i]->hash, HASH_TEXT_SIZE};
    hash_parts(parts, count, catalogue->hash);
    free(parts);
    return true;
}

struct catalogue *catalogue_load(const char *laws_folder, const char *calendars_folder, struct error *error)
{
    struct catalogue *catalogue = calloc(1, sizeof *catalogue);
    if (catalogue == NULL) {
        memory_error(error);
        return NULL;
    }
    if (load_calendars(catalogue, calendars_folder, error) && load_laws(catalogue, laws_folder, error) &&
        hash_all(catalogue, error))
        return catalogue;
    catalogue_free(catalogue);
    return NULL;
}

void catalogue_free(struct catalogue *catalogue)
{
    if (catalogue == NULL)
        return;
    for (size_t i = 0; i < catalogue->law_count; i++)
        law_free(catalogue->laws[i]);
    for (size_t i = 0; i < catalogue->counting_count; i++)
        counting_release(&catalogue->countings[i]);
    for (size_t i = 0; i < catalogue->calendar_count; i++)
        calendar_free(catalogue->calendars[i]);
    free(catalogue->laws);
    free(catalogue->countings);
    free(catalogue->calendars);
    free(catalogue);
}

const char *catalogue_hash(const struct catalogue *catalogue)
{
    return catalogue->hash;
}

const struct law *catalogue_law(const struct catalogue *catalogue, const char *id)
{
    for (size_t i = 0; i < catalogue->law_count; i++)
        if (strcmp(catalogue->laws[i]->id, id) == 0)
            return catalogue->laws[i];
    return NULL;
}

const struct calendar *catalogue_calendar(const struct catalogue *catalogue, const char *id)
{
    for (size_t i = 0; i < catalogue->calendar_count; i++)
        if (strcmp(catalogue->calendars[i]->id, id) == 0)
            return catalogue->calendars[i];
    return NULL;
}

const struct counting *catalogue_counting(const struct catalogue *catalogue, const char *id)
{
    for (size_t i = 0; i < catalogue->counting_count; i++)
        if (strcmp(catalogue->countings[i].id, id) == 0)
            return &catalogue->countings[i];
    return NULL;
}

const char *catalogue_law_near(const struct catalogue *catalogue, const char *id)
{
    const char *best = NULL;
    unsigned best_distance = 4; // farther is no misspelling but another word
    for (size_t i = 0; i < catalogue->law_count; i++) {
        const struct law *law = catalogue->laws[i];
        unsigned distance = text_distance(law->id, id);
        unsigned by_name = text_distance(law->short_name, id);
        if (by_name < distance)
            distance = by_name;
        const char *tail = strrchr(law->id, '-');
        if (tail != NULL && text_distance(tail + 1, id) < distance)
            distance = text_distance(tail + 1, id);
        if (distance < best_distance) {
            best_distance = distance;
            best = law->id;
        }
    }
    return best;
}

const struct law *catalogue_find_law(const struct catalogue *catalogue, const char *id, struct error *error)
{
    const struct law *law = catalogue_law(catalogue, id);
    const char *near = law == NULL ? catalogue_law_near(catalogue, id) : NULL;
    if (law == NULL)
        error_set(error, ERROR_not_found, "law", "There is no law %s.%s%s%s `dsr law list` shows them.", id, near != NULL ? " Did you mean " : "",
                  near != NULL ? near : "", near != NULL ? "?" : "");
    return law;
}

bool catalogue_check_calendar(const struct catalogue *catalogue, const char *id, struct error *error)
{
    struct text known = {0};
    if (catalogue_calendar(catalogue, id) != NULL)
        return true;
    for (size_t i = 0; i < catalogue->calendar_count; i++)
        text_format(&known, "%s%s", i > 0 ? ", " : "", calendar_id(catalogue->calendars[i]));
    error_set(error, ERROR_not_found, "calendar", "There is no calendar %s; there are %s.", id, known.text != NULL ? known.text : "others");
    text_release(&known);
    return false;
}

size_t catalogue_law_count(const struct catalogue *catalogue)
{
    return catalogue->law_count;
}

const struct law *catalogue_law_at(const struct catalogue *catalogue, size_t index)
{
    return catalogue->laws[index];
}

size_t catalogue_calendar_count(const struct catalogue *catalogue)
{
    return catalogue->calendar_count;
}

const struct calendar *catalogue_calendar_at(const struct catalogue *catalogue, size_t index)
{
    return catalogue->calendars[index];
}

static bool check_law(struct conf *conf, const struct catalogue *catalogue)
{
    struct law *law = law_file_read(conf, catalogue);
    law_free(law);
    return law != NULL;
}

static bool check_calendar(struct conf *conf)
{
    struct calendar *calendar = calendar_file_read(conf);
    calendar_free(calendar);
    return calendar != NULL;
}

// Rules are read into a catalogue of their own that only borrows the calendars.
static bool check_counting(struct conf *conf, const struct catalogue *catalogue)
{
    struct catalogue other = {.calendars = catalogue->calendars, .calendar_count = catalogue->calendar_count};
    bool good = counting_file_read(conf, &other);
    for (size_t i = 0; i < other.counting_count; i++)
        counting_release(&other.countings[i]);
    free(other.countings);
    return good;
}

bool catalogue_check_file(const struct catalogue *catalogue, const char *path, const char **kind, struct error *error)
{
    struct conf conf;
    if (!conf_open(&conf, path, error))
        return false;
    bool good;
    if (config_lookup(&conf.config, "law") != NULL) {
        *kind = "a law";
        good = check_law(&conf, catalogue);
    } else if (config_lookup(&conf.config, "calendar") != NULL) {
        *kind = "a calendar";
        good = check_calendar(&conf);
    } else if (config_lookup(&conf.config, "counting") != NULL) {
        *kind = "counting rules";
        good = check_counting(&conf, catalogue);
    } else {
        good = error_set(error, ERROR_invalid, "file", "%s holds neither `law`, `calendar` nor `counting`; local days are checked with all the files, by `dsr law check` alone.", path);
    }
    conf_release(&conf);
    return good;
}
