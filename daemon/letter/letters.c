// SPDX-License-Identifier: GPL-3.0-or-later
#include "letter/letters.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "law/law.h"
#include "shared/conf.h"
#include "shared/memory.h"

enum { LANGUAGES_MAXIMUM = 20, MONTHS = 12, FILE_MAXIMUM = 32768, CODE_SIZE = 3 };

struct pair {
    char *id, *name;
};

struct letter_language {
    char code[CODE_SIZE];
    struct letter_template *requests[RIGHTS_MAXIMUM];
    struct letter_template *kinds[LETTER_KIND_COUNT]; // but LETTER_REQUEST
    struct letter_template *frame, *basis, *item; // item: a line of a chaser
    char *rights[RIGHTS_MAXIMUM], *months[MONTHS];
    char *date, *own_policy;
    struct pair *places;
    size_t place_count;
    struct law_words *laws;
    size_t law_count;
};

struct family_law {
    char *law;
    enum letter_family family;
};

struct letters {
    struct letter_language *languages[LANGUAGES_MAXIMUM];
    size_t count;
    struct family_law *families;
    size_t family_count;
};

// Never empty in any letter.
#define ALWAYS                                                                                               \
    (LETTER_BIT(name) | LETTER_BIT(library) | LETTER_BIT(vendor) | LETTER_BIT(recipient) |                   \
     LETTER_BIT(date) | LETTER_BIT(ref) | LETTER_BIT(right) | LETTER_BIT(law) | LETTER_BIT(law_short) |      \
     LETTER_BIT(cite) | LETTER_BIT(basis))
// May be asked for in any.
#define MAYBE                                                                                                \
    (LETTER_BIT(email) | LETTER_BIT(products) | LETTER_BIT(resident) | LETTER_BIT(residence) |               \
     LETTER_BIT(details) | LETTER_BIT(family) | LETTER_BIT(kind) | LETTER_BIT(agent) |                       \
     LETTER_BIT(authorised) | LETTER_BIT(post) | LETTER_BIT(mail) | LETTER_BIT(to_authority) |               \
     LETTER_BIT(authority) | LETTER_BIT(authority_url) | LETTER_BIT(sent))
#define HISTORY                                                                                              \
    (LETTER_BIT(received) | LETTER_BIT(due) | LETTER_BIT(due_cite) | LETTER_BIT(refused) |                   \
     LETTER_BIT(appeal_sent) | LETTER_BIT(appeal_cite) | LETTER_BIT(extension_notice) |                      \
     LETTER_BIT(identity_requested) | LETTER_BIT(acknowledgement_due) | LETTER_BIT(appeal_due))

// What each kind of letter knows beyond that, and what of it is never empty.
static const struct {
    letter_word_set known, always;
} words_of_kind[LETTER_KIND_COUNT] = {
    [LETTER_REQUEST] = {0, 0},
    [LETTER_OVERDUE] = {HISTORY, LETTER_BIT(sent) | LETTER_BIT(due)},
    [LETTER_EXTENSION_CHALLENGE] = {HISTORY | LETTER_BIT(extension_late) | LETTER_BIT(extension_none) |
                                        LETTER_BIT(extension_cite),
                                    LETTER_BIT(sent) | LETTER_BIT(extension_notice)},
    [LETTER_IDENTITY] = {HISTORY | LETTER_BIT(identity_cite),
                         LETTER_BIT(sent) | LETTER_BIT(identity_requested)},
    [LETTER_APPEAL] = {HISTORY, LETTER_BIT(sent)},
    [LETTER_COMPLAINT] = {HISTORY, LETTER_BIT(sent) | LETTER_BIT(authority)},
    [LETTER_CHASER] = {0, LETTER_BIT(items)},
};

static struct letter_template *read_template(const char *folder, const char *code, const char *name,
                                      letter_word_set known, letter_word_set always, bool has_subject,
                                      struct error *error)
{
    char *content = malloc(FILE_MAXIMUM);
    struct text path = {0};
    struct letter_template *template = NULL;
    text_format(&path, "%s/%s/%s.txt", folder, code, name);
    FILE *file = content != NULL ? fopen(path.text, "re") : NULL;
    size_t length = file != NULL ? fread(content, 1, FILE_MAXIMUM - 1, file) : 0;
    if (content == NULL)
        memory_error(error);
    else if (file == NULL || ferror(file) != 0 || length == FILE_MAXIMUM - 1)
        error_set(error, file == NULL ? memory_error_code(errno, ERROR_invalid) : ERROR_invalid, "paths.letters", "%s cannot be read: %s.", path.text,
                  file == NULL ? strerror(errno) : "it is too long");
    else if (memchr(content, '\0', length) != NULL)
        error_set(error, ERROR_invalid, "paths.letters", "%s holds a NUL character.", path.text);
    else {
        content[length] = '\0';
        template = template_parse(content, path.text, known | always, always, has_subject, error);
    }
    if (file != NULL)
        fclose(file);
    text_release(&path);
    free(content);
    return template;
}

static bool read_templates(struct letter_language *language, const char *folder, struct error *error)
{
    char name[64];
    for (int i = 0; i < RIGHTS_MAXIMUM; i++) {
        bool corrects =
            strcmp(right_words[i], "correction") == 0; // nothing can be corrected that is not said
        snprintf(name, sizeof name, "request_%s", right_words[i]);
        language->requests[i] = read_template(folder, language->code, name, MAYBE,
                                              ALWAYS | (corrects ? LETTER_BIT(details) : 0), true, error);
        if (language->requests[i] == NULL)
            return false;
    }
    for (int i = LETTER_REQUEST + 1; i < LETTER_KIND_COUNT; i++) {
        language->kinds[i] =
            read_template(folder, language->code, letter_kind_names[i], MAYBE | words_of_kind[i].known,
                          ALWAYS | words_of_kind[i].always, true, error);
        if (language->kinds[i] == NULL)
            return false;
    }
    language->item = read_template(folder, language->code, "chaser_item", MAYBE | HISTORY,
                                   ALWAYS | LETTER_BIT(sent) | LETTER_BIT(due), false, error);
    if (language->item == NULL)
        return false;
    language->frame = read_template(folder, language->code, "frame", MAYBE,
                                    ALWAYS | LETTER_BIT(title) | LETTER_BIT(body), false, error);
    return language->frame != NULL;
}

static char *copy_required(struct conf *conf, const char *member)
{
    const char *text = conf_string(conf, config_root_setting(&conf->config), member, CONF_REQUIRED);
    if (text != NULL && (text[0] == '\0' || text_has_controls(text, strlen(text), false)))
        conf_fail(conf, config_root_setting(&conf->config), member,
                  "must be UTF-8 without control characters, and not empty.");
    return conf_keep(conf, text);
}

static void read_months(struct conf *conf, struct letter_language *language)
{
    const config_setting_t *months =
        conf_array(conf, config_root_setting(&conf->config), "months", CONF_REQUIRED);
    if (months != NULL && conf_count(months) != MONTHS)
        conf_fail(conf, months, "months", "must hold the twelve names.");
    for (int i = 0; i < MONTHS && months != NULL && !conf->failed; i++)
        language->months[i] = conf_keep(conf, conf_string_at(conf, months, i));
    if (language->date != NULL &&
        (strstr(language->date, "{day}") == NULL || strstr(language->date, "{month}") == NULL ||
         strstr(language->date, "{year}") == NULL))
        conf_fail(conf, config_root_setting(&conf->config), "date", "must hold {day}, {month} and {year}.");
}

static void read_places(struct conf *conf, struct letter_language *language)
{
    static const char *const members[] = {"id", "name", NULL};
    const config_setting_t *list =
        conf_list(conf, config_root_setting(&conf->config), "places", CONF_REQUIRED);
    language->places = conf_new(conf, (size_t)conf_count(list), sizeof *language->places);
    for (int i = 0; i < conf_count(list) && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group == NULL || !conf_only(conf, group, members))
            return;
        struct pair *place = &language->places[language->place_count++];
        place->id = conf_copy(conf, group, "id", CONF_REQUIRED);
        place->name = conf_copy(conf, group, "name", CONF_REQUIRED);
    }
}

static void read_laws(struct conf *conf, struct letter_language *language)
{
    static const char *const members[] = {"id", "name", "short", "authority", NULL};
    const config_setting_t *list = conf_list(conf, config_root_setting(&conf->config), "laws", CONF_OPTIONAL);
    language->laws = conf_new(conf, (size_t)conf_count(list), sizeof *language->laws);
    for (int i = 0; i < conf_count(list) && !conf->failed; i++) {
        const config_setting_t *group = conf_group_at(conf, list, i);
        if (group == NULL || !conf_only(conf, group, members))
            return;
        struct law_words *law = &language->laws[language->law_count++];
        law->id = conf_copy(conf, group, "id", CONF_REQUIRED);
        law->name = conf_copy(conf, group, "name", CONF_OPTIONAL);
        law->short_name = conf_copy(conf, group, "short", CONF_OPTIONAL);
        law->authority = conf_copy(conf, group, "authority", CONF_OPTIONAL);
    }
}

static bool read_words(struct letter_language *language, const char *folder, struct error *error)
{
    const char *members[RIGHTS_MAXIMUM + 8] = {"basis", "own_policy", "date", "months", "places", "laws"};
    char names[RIGHTS_MAXIMUM][40];
    struct conf conf;
    struct text path = {0};
    text_format(&path, "%s/%s/words.conf", folder, language->code);
    bool good = conf_open(&conf, path.text, error);
    if (good) {
        size_t count = 6;
        for (int i = 0; i < RIGHTS_MAXIMUM; i++) {
            snprintf(names[i], sizeof names[i], "right_%s", right_words[i]);
            members[count++] = names[i];
        }
        members[count] = NULL;
        conf_only(&conf, config_root_setting(&conf.config), members);
        for (int i = 0; i < RIGHTS_MAXIMUM && !conf.failed; i++)
            language->rights[i] = copy_required(&conf, names[i]);
        char *basis = copy_required(&conf, "basis");
        language->own_policy = copy_required(&conf, "own_policy");
        language->date = copy_required(&conf, "date");
        read_months(&conf, language);
        read_places(&conf, language);
        read_laws(&conf, language);
        good = !conf.failed;
        if (good)
            language->basis = template_parse(basis, path.text, LETTER_BIT(law) | LETTER_BIT(cite),
                                             LETTER_BIT(law) | LETTER_BIT(cite), false, error);
        good = good && language->basis != NULL;
        free(basis);
        conf_release(&conf);
    }
    text_release(&path);
    return good;
}

static void language_free(struct letter_language *language)
{
    if (language == NULL)
        return;
    for (int i = 0; i < RIGHTS_MAXIMUM; i++) {
        template_free(language->requests[i]);
        free(language->rights[i]);
    }
    for (int i = 0; i < LETTER_KIND_COUNT; i++)
        template_free(language->kinds[i]);
    for (int i = 0; i < MONTHS; i++)
        free(language->months[i]);
    for (size_t i = 0; i < language->place_count; i++) {
        free(language->places[i].id);
        free(language->places[i].name);
    }
    for (size_t i = 0; i < language->law_count; i++) {
        char *const owned[] = {
            (char *)(uintptr_t)language->laws[i].id, (char *)(uintptr_t)language->laws[i].name,
            (char *)(uintptr_t)language->laws[i].short_name, (char *)(uintptr_t)language->laws[i].authority};
        for (size_t j = 0; j < sizeof owned / sizeof owned[0]; j++)
            free(owned[j]);
    }
    template_free(language->frame);
    template_free(language->basis);
    template_free(language->item);
    free(language->places);
    free(language->laws);
    free(language->date);
    free(language->own_policy);
    free(language);
}

static bool read_family(struct letters *letters, struct conf *conf, const config_setting_t *root, int family)
{
    const config_setting_t *laws = conf_array(conf, root, letter_family_names[family], CONF_OPTIONAL);
    for (int i = 0; i < conf_count(laws); i++) {
        const char *law = conf_string_at(conf, laws, i);
        struct family_law *families =
            law != NULL ? realloc(letters->families, (letters->family_count + 1) * sizeof *families) : NULL;
        if (families == NULL)
            return conf->failed
                       ? false
                       : conf_fail(conf, laws, letter_family_names[family], "must hold ids of laws.");
        letters->families = families;
        letters->families[letters->family_count++] =
            (struct family_law){conf_keep(conf, law), (enum letter_family)family};
    }
    return true;
}

static bool read_families(struct letters *letters, const char *folder, struct error *error)
{
    struct conf conf;
    struct text path = {0};
    text_format(&path, "%s/families.conf", folder);
    bool good = conf_open(&conf, path.text, error);
    if (good) {
        const config_setting_t *root = config_root_setting(&conf.config);
        conf_only(&conf, root, letter_family_names);
        for (int i = 0; letter_family_names[i] != NULL && !conf.failed; i++)
            read_family(letters, &conf, root, i);
        good = !conf.failed;
        conf_release(&conf);
    }
    text_release(&path);
    return good;
}

static bool add_language(struct letters *letters, const char *folder, const char *code, struct error *error)
{
    if (letters->count == LANGUAGES_MAXIMUM)
        return error_set(error, ERROR_invalid, "paths.letters", "%s holds more than %d languages.", folder,
                         LANGUAGES_MAXIMUM);
    struct letter_language *language = calloc(1, sizeof *language);
    if (language == NULL)
        return memory_error(error);
    letters->languages[letters->count++] = language;
    memcpy(language->code, code, CODE_SIZE - 1);
    return read_words(language, folder, error) && read_templates(language, folder, error);
}

static int is_language(const struct dirent *entry)
{
    return strlen(entry->d_name) == 2 && islower((unsigned char)entry->d_name[0]) &&
           islower((unsigned char)entry->d_name[1]);
}

static bool read_languages(struct letters *letters, const char *folder, struct error *error)
{
    struct dirent **entries;
    int count = scandir(folder, &entries, is_language, alphasort);
    if (count < 0)
        return error_set(error, ERROR_invalid, "paths.letters", "%s cannot be read: %s.", folder,
                         strerror(errno));
    bool good = true;
    for (int i = 0; i < count; i++) {
        good = good && add_language(letters, folder, entries[i]->d_name, error);
        free(entries[i]);
    }
    free(entries);
    if (good && letters->count == 0)
        return error_set(error, ERROR_invalid, "paths.letters",
                         "%s holds no folder of a language, such as en.", folder);
    return good;
}

struct letters *letters_load(const char *folder, struct error *error)
{
    struct letters *letters = calloc(1, sizeof *letters);
    if (letters == NULL) {
        memory_error(error);
        return NULL;
    }
    if (read_families(letters, folder, error) && read_languages(letters, folder, error))
        return letters;
    letters_free(letters);
    return NULL;
}

void letters_free(struct letters *letters)
{
    if (letters == NULL)
        return;
    for (size_t i = 0; i < letters->count; i++)
        language_free(letters->languages[i]);
    for (size_t i = 0; i < letters->family_count; i++)
        free(letters->families[i].law);
    free(letters->families);
    free(letters);
}

const struct letter_language *letters_language(const struct letters *letters, const char *code,
                                               struct error *error)
{
    struct text known = {0};
    for (size_t i = 0; i < letters->count; i++) {
        if (strcmp(letters->languages[i]->code, code) == 0) {
            text_release(&known);
            return letters->languages[i];
        }
        text_format(&known, "%s%s", i > 0 ? ", " : "", letters->languages[i]->code);
    }
    error_set(error, ERROR_invalid, "lang", "There are no letters in the language %s; there are: %s.", code,
              known.text != NULL ? known.text : "none");
    text_release(&known);
    return NULL;
}

size_t letters_language_count(const struct letters *letters)
{
    return letters->count;
}

const char *letters_language_code(const struct letters *letters, size_t index)
{
    return letters->languages[index]->code;
}

static bool check_law(const struct catalogue *catalogue, const char *folder, const char *id, struct error *error)
{
    return catalogue_law(catalogue, id) != NULL ||
           error_set(error, ERROR_invalid, "paths.letters",
                     "%s of the letters speaks of a law %s, which is not among the law files.", folder, id);
}

bool letters_match(const struct letters *letters, const struct catalogue *catalogue, struct error *error)
{
    bool good = true;
    for (size_t i = 0; good && i < letters->family_count; i++)
        good = check_law(catalogue, "families.conf", letters->families[i].law, error);
    for (size_t i = 0; good && i < letters->count; i++)
        for (size_t j = 0; good && j < letters->languages[i]->law_count; j++)
            good = check_law(catalogue, letters->languages[i]->code, letters->languages[i]->laws[j].id, error);
    return good;
}

enum letter_family letters_family(const struct letters *letters, const struct law *law)
{
    for (size_t i = 0; i < letters->family_count; i++)
        if (strcmp(letters->families[i].law, law->id) == 0)
            return letters->families[i].family;
    if (law->kind != LAW_STATUTE)
        return law->kind == LAW_VOLUNTARY ? FAMILY_VOLUNTARY : FAMILY_LIBRARY;
    return strncmp(law->jurisdiction, "US", 2) == 0 ? FAMILY_US_STATE : FAMILY_DATA_PROTECTION;
}

const struct letter_template *language_template(const struct letter_language *language, enum letter_kind kind,
                                         int right)
{
    return kind == LETTER_REQUEST ? language->requests[right] : language->kinds[kind];
}

const struct letter_template *language_frame(const struct letter_language *language)
{
    return language->frame;
}

const struct letter_template *language_item(const struct letter_language *language)
{
    return language->item;
}

const struct letter_template *language_basis(const struct letter_language *language)
{
    return language->basis;
}

const char *language_right(const struct letter_language *language, int right)
{
    return language->rights[right];
}

const char *language_own_policy(const struct letter_language *language)
{
    return language->own_policy;
}

const char *language_place(const struct letter_language *language, const char *place)
{
    for (size_t i = 0; i < language->place_count; i++)
        if (strcmp(language->places[i].id, place) == 0)
            return language->places[i].name;
    return NULL;
}

const struct law_words *language_law(const struct letter_language *language, const char *id)
{
    for (size_t i = 0; i < language->law_count; i++)
        if (strcmp(language->laws[i].id, id) == 0)
            return &language->laws[i];
    return NULL;
}

void language_date(const struct letter_language *language, date day, struct text *out)
{
    int year, month, day_of_month;
    date_split(day, &year, &month, &day_of_month);
    for (const char *at = language->date; *at != '\0';) {
        if (strncmp(at, "{day}", 5) == 0) {
            text_format(out, "%d", day_of_month);
            at += 5;
        } else if (strncmp(at, "{month}", 7) == 0) {
            text_append(out, language->months[month - 1]);
            at += 7;
        } else if (strncmp(at, "{year}", 6) == 0) {
            text_format(out, "%d", year);
            at += 6;
        } else {
            text_append_char(out, *at++);
        }
    }
}
