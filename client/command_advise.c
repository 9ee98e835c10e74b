// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr advise`: which laws may help a person to a right against a vendor, and what speaks against each. Guidance, and it says so.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/advice_document.h"
#include "client/dates.h"
#include "client/handlers.h"
#include "client/laws.h"
#include "client/output.h"
#include "law/places.h"
#include "law/words.h"
#include "request/residence.h"
#include "shared/json.h"

enum { LABEL_INDENT = 16 };

static void print_line(const char *label, const char *text, const char *cite)
{
    struct text line = {0};
    text_format(&line, "    %-11s %s%s%s%s", label, text, cite != NULL ? " [" : "", cite != NULL ? cite : "", cite != NULL ? "]" : "");
    output_wrapped(line.text != NULL ? line.text : "", LABEL_INDENT);
    text_release(&line);
}

static const char *label_of(const json_t *reason)
{
    const char *weight = json_text(reason, "weight");
    if (strcmp(json_text(reason, "word"), "agent") == 0)
        return "staff";
    return strcmp(weight, "against") == 0 ? "against it" : strcmp(weight, "depends") == 0 ? "depends" : "note";
}

static void print_law(const struct client *client, const json_t *law)
{
    struct text title = {0};
    size_t index;
    json_t *reason;
    const char *strength = json_text(law, "strength"), *from = json_text(law, "from");
    bool later = strcmp(strength, "later") == 0;
    text_format(&title, "\n%s%s: %s%s%s, %s\n", strcmp(json_text(law, "confidence"), "sure") == 0 ? "" : "~ ", strength,
                json_text(law, "law"), later ? " from " : "", !later ? "" : from != NULL ? from : "a day that is not known",
                json_text(law, "name"));
    output_coloured(client, COLOUR_BOLD, title.text != NULL ? title.text : "");
    text_release(&title);
    print_line("right", json_text(law, "cite"), NULL);
    print_line("reaches", json_text(law, "reach"), NULL);
    print_line("protects", json_text(law, "who"), NULL);
    if (json_text(law, "clocks")[0] != '\0')
        print_line("time", json_text(law, "clocks"), NULL);
    json_array_foreach(json_object_get(law, "reasons"), index, reason)
        print_line(label_of(reason), json_text(reason, "text"), json_text(reason, "cite"));
}

// One line, however many laws there are.
static void print_without(const json_t *advice)
{
    struct text line = {0};
    size_t index;
    json_t *law;
    json_array_foreach(json_object_get(advice, "without"), index, law) {
        if (index == 0)
            text_format(&line, "Reach the person too, but do not give %s:", json_text(advice, "right"));
        text_format(&line, "%s %s", index > 0 ? "," : "", json_string_value(law));
    }
    if (line.text != NULL) {
        putchar('\n');
        output_wrapped(line.text, 4);
    }
    text_release(&line);
}

static bool is_unverified(const json_t *law)
{
    size_t index;
    json_t *reason;
    json_array_foreach(json_object_get(law, "reasons"), index, reason)
        if (json_text(reason, "text")[0] == '~')
            return true;
    return strcmp(json_text(law, "confidence"), "sure") != 0 || strchr(json_text(law, "clocks"), '~') != NULL ||
           json_text(law, "reach")[0] == '~';
}

// What ~ means, if one was shown, what this is not, and how to go on.
static void print_end(const json_t *advice)
{
    const char *suggested = json_text(advice, "suggested");
    size_t index;
    json_t *law;
    bool unverified = false;
    long long days = 0;
    json_array_foreach(json_object_get(advice, "laws"), index, law) {
        unverified = unverified || is_unverified(law);
        if (suggested != NULL && strcmp(suggested, json_text(law, "law")) == 0)
            days = (long long)json_integer_value(json_object_get(law, "days"));
    }
    puts(unverified ? "\n~ unverified: see `dsr law show LAW`" : "");
    printf("This is guidance, not legal advice. `dsr law show LAW` says more%s",
           suggested == NULL ? ".\n" : "; when the request is sent, type\n");
    if (suggested == NULL)
        return;
    printf("    dsr file %s %s --law %s", json_text(advice, "vendor"), json_text(advice, "right"), suggested);
    if (days > 0)
        printf(" --days %lld", days);
    printf(" --residence %s\n", json_text(advice, "residence")); // a first own request needs it
}

static int print_advice(const struct client *client, const json_t *advice)
{
    char right[64];
    size_t index;
    json_t *law;
    const json_t *laws = json_object_get(advice, "laws");
    const char *note = json_text(advice, "vendor_note");
    printf("%s, asked of %s on %s by somebody who lives in %s\n", output_words(json_text(advice, "right"), right, sizeof right),
           json_text(advice, "name"), json_text(advice, "on"), json_text(advice, "residence"));
    json_array_foreach(laws, index, law)
        print_law(client, law);
    if (json_array_size(laws) == 0)
        puts("\nNo law or policy known here gives that.");
    print_without(advice);
    if (note != NULL) {
        struct text line = {0};
        text_format(&line, "About the vendor: %s", note);
        putchar('\n');
        output_wrapped(line.text != NULL ? line.text : "", 4);
        text_release(&line);
    }
    print_end(advice);
    return ferror(stdout) == 0 ? EXIT_DONE : error_exit_status(ERROR_internal);
}

// The reasons of each law as texts, a column for each weight.
static void add_columns(json_t *law)
{
    size_t index;
    json_t *reason;
    json_array_foreach(json_object_get(law, "reasons"), index, reason) {
        const char *weight = json_text(reason, "weight");
        if (json_object_get(law, weight) == NULL)
            json_object_set_new(law, weight, json_array());
        json_array_append(json_object_get(law, weight), json_object_get(reason, "text"));
    }
}

static int print_csv(const struct client *client, json_t *advice)
{
    static const struct column columns[] = {
        {"LAW", "law", NULL, false, NARROW_KEEP},               {"STRENGTH", "strength", NULL, false, NARROW_KEEP},
        {"CONFIDENCE", "confidence", NULL, false, NARROW_KEEP}, {"FROM", "from", NULL, false, NARROW_KEEP},
        {"SHORT", "short", NULL, false, NARROW_KEEP},           {"CITE", "cite", NULL, false, NARROW_KEEP},
        {"REACH", "reach", NULL, false, NARROW_KEEP},           {"CLOCKS", "clocks", NULL, false, NARROW_KEEP},
        {"AGAINST", "against", NULL, false, NARROW_KEEP},       {"DEPENDS", "depends", NULL, false, NARROW_KEEP},
        {"NOTE", "note", NULL, false, NARROW_KEEP},
    };
    size_t index;
    json_t *law, *laws = json_object_get(advice, "laws");
    json_array_foreach(laws, index, law)
        add_columns(law);
    return output_rows(client, laws, columns, sizeof columns / sizeof columns[0], "");
}

static bool read_question(const struct arguments *arguments, char residence[RESIDENCE_SIZE], date *on, struct error *error)
{
    const char *right = argument_at(arguments, 1), *place = argument_value(arguments, "residence"), *day = argument_value(arguments, "on");
    if (!word_is_in(right, right_words)) {
        struct text known = {0};
        for (const char *const *word = right_words; *word != NULL; word++)
            text_format(&known, "%s%s", word == right_words ? "" : ", ", *word);
        error_set(error, ERROR_malformed, "right", "right: there is no right \"%s\"; there are %s.", right,
                  known.text != NULL ? known.text : "others");
        text_release(&known);
        return false;
    }
    if (place == NULL)
        return error_set(error, ERROR_malformed, "residence",
                         "residence: say where the person lives: --residence NL, or with the state or province in the United States "
                         "and Canada, --residence US-VA.");
    *on = dates_today();
    return (day == NULL || dates_read("on", day, *on, on, error)) && residence_parse(place, residence, error) && place_check(residence, error);
}

int run_advise(struct client *client, const struct arguments *arguments)
{
    struct error error;
    char residence[RESIDENCE_SIZE];
    date on = DATE_NONE;
    int status;
    char *path = NULL;
    json_t *vendor = NULL, *advice = NULL;
    struct catalogue *catalogue = NULL;
    bool good = read_question(arguments, residence, &on, &error) && (catalogue = laws_load(arguments, &error)) != NULL;
    if (good) {
        path = client_path("/v1/vendors/{}", argument_at(arguments, 0));
        vendor = client_call(client, "GET", path, NULL, &error);
    }
    if (vendor != NULL)
        advice = advice_document(catalogue, vendor, argument_at(arguments, 1), residence, on, &error);
    if (advice == NULL)
        status = client_fail(&error);
    else if (client->format == FORMAT_JSON)
        status = output_json(advice);
    else
        status = client->format == FORMAT_CSV ? print_csv(client, advice) : print_advice(client, advice);
    json_decref(advice);
    json_decref(vendor);
    catalogue_free(catalogue);
    free(path);
    return status;
}
