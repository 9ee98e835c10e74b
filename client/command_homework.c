// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr homework`: the same question to several vendors, filed together as drafts, each once however often it is typed.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/handlers.h"
#include "client/homework.h"
#include "client/homework_people.h"
#include "client/laws.h"
#include "client/output.h"
#include "law/words.h"
#include "shared/json.h"

enum { ANSWER_SIZE = 64 };
#define NAME_STANDARD "homework"

static const char *show_right(const json_t *item, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s", right_text(json_text(item, "right")));
    return buffer;
}

static const char *show_law(const json_t *item, char *buffer, size_t size)
{
    const char *law = json_text(item, "law_name"), *known = json_text(json_object_get(item, "request"), "law_name");
    snprintf(buffer, size, "%s", known != NULL ? known : law != NULL ? law : "-");
    return buffer;
}

static const char *show_strength(const json_t *item, char *buffer, size_t size)
{
    static const char *const words[][2] = {{"policy", "own policy"}};
    const char *strength = json_text(item, "strength");
    snprintf(buffer, size, "%s", !item_is(item, ITEM_NEW) || strength == NULL ? "" : strcmp(strength, words[0][0]) == 0 ? words[0][1] : strength);
    return buffer;
}

static const char *show_channel(const json_t *item, char *buffer, size_t size)
{
    const char *kind = json_text(item, "channel_kind");
    kind = kind != NULL ? kind : json_text(json_object_get(item, "request"), "channel_kind");
    return output_words(kind != NULL ? kind : "-", buffer, size);
}

// What becomes of the item: until when an answer would be due, or why it is not filed.
static const char *show_end(const json_t *item, char *buffer, size_t size)
{
    char due[64];
    if (item_is(item, ITEM_KNOWN))
        snprintf(buffer, size, "is there: %s", json_text(item, "ref"));
    else if (!item_is(item, ITEM_NEW))
        snprintf(buffer, size, "%s", item_is(item, ITEM_SKIPPED) ? "left out, see below" : "cannot be, see below");
    else if (json_is_true(json_object_get(item, "after_access")))
        snprintf(buffer, size, "after the access answer");
    else
        snprintf(buffer, size, "%s%s", output_due(item, due, sizeof due), json_is_true(json_object_get(item, "legal")) ? "" : " (courtesy)");
    return buffer;
}

static int print_plan(const struct client *client, const json_t *items, bool for_several)
{
    static const struct column columns[] = {
        {"FOR", "subject", NULL, false, NARROW_KEEP},      {"VENDOR", "vendor", NULL, false, NARROW_KEEP},
        {"RIGHT", "right", show_right, false, NARROW_CUT}, {"LAW", "law", show_law, false, NARROW_CUT},
        {"", "strength", show_strength, false, NARROW_LEAVE + 1}, {"BY", "channel_kind", show_channel, false, NARROW_LEAVE},
        {"ANSWER DUE IF SENT TODAY", "due", show_end, false, NARROW_KEEP},
    };
    size_t left_out = for_several ? 0 : 1;
    return output_rows(client, items, columns + left_out, sizeof columns / sizeof columns[0] - left_out, "");
}

// Why that law, or why it is left out: each reason once, with all that it is about.
static void print_reasons(const json_t *items)
{
    json_t *about = json_object(), *item, *names;
    struct text line = {0};
    const char *reason, *name;
    size_t index;
    json_array_foreach(items, index, item) {
        reason = json_text(item, item_is(item, ITEM_NEW) ? "why" : "reason");
        if (reason == NULL)
            continue;
        text_clear(&line);
        text_format(&line, "%s %s", json_text(item, "vendor"), right_text(json_text(item, "right")));
        if (json_object_get(about, reason) == NULL)
            json_object_set_new(about, reason, json_object());
        json_object_set_new(json_object_get(about, reason), line.text != NULL ? line.text : "", json_true());
    }
    json_object_foreach(about, reason, names) {
        json_t *unused;
        text_clear(&line);
        json_object_foreach(names, name, unused)
            text_format(&line, "%s%s", line.length > 0 ? ", " : "  ", name);
        text_format(&line, ": %s", reason);
        output_wrapped(line.text != NULL ? line.text : "", 6);
    }
    json_decref(about);
    text_release(&line);
}

// Asks before anything is recorded. False: error.
static bool confirm(size_t count, struct error *error)
{
    char question[80], answer[ANSWER_SIZE];
    snprintf(question, sizeof question, count == 1 ? "File this one? [Y/n] " : "File these %zu? [Y/n] ", count);
    if (!homework_ask_line(question, "y", answer, sizeof answer, error))
        return error_set(error, ERROR_conflict, "yes", "Nothing is filed; --yes files without asking.");
    return answer[0] == 'y' || answer[0] == 'Y' || error_set(error, ERROR_conflict, "yes", "Nothing is filed.");
}

static void print_to_do(const struct homework *homework)
{
    size_t index;
    json_t *item;
    json_array_foreach(homework->items, index, item) {
        const json_t *request = json_object_get(item, "request"), *document, *found = NULL;
        const char *name;
        json_t *each;
        if (request == NULL || !homework_is_to_send(request))
            continue;
        json_object_foreach(homework->documents, name, each)
            if (json_text(each, "slug") != NULL && strcmp(json_text(each, "slug"), json_text(request, "vendor")) == 0)
                found = each;
        document = found;
        homework_print_steps(request, document);
    }
}

// The command that goes on with it, which needs no more answers.
static void print_again(const struct homework *homework)
{
    size_t index;
    json_t *vendor;
    printf("    dsr homework --name %s --right %s --vendors ", homework->name, homework->right_count == 2 ? "access-then-delete" : homework->rights[0]);
    json_array_foreach(homework->vendors, index, vendor)
        printf("%s%s", index > 0 ? "," : "", json_string_value(vendor));
    printf(homework->law != NULL ? " --law %s\n" : "\n", homework->law);
}

static int print_summary(struct homework *homework, bool stopped)
{
    const json_t *items = homework->items;
    size_t left = homework_count(items, ITEM_NEW), failed = homework_count(items, ITEM_FAILED), skipped = homework_count(items, ITEM_SKIPPED);
    int status = failed > 0 || stopped ? error_exit_status(ERROR_conflict) : EXIT_DONE;
    if (homework->client->format == FORMAT_JSON) {
        json_t *document = json_pack("{s:s, s:O, s:I, s:I, s:I, s:I, s:I}", "homework", homework->name, "items", items, "recorded",
                                     (json_int_t)homework_count(items, ITEM_RECORDED), "known", (json_int_t)homework_count(items, ITEM_KNOWN), "skipped",
                                     (json_int_t)skipped, "failed", (json_int_t)failed, "left", (json_int_t)left);
        output_json(document);
        json_decref(document);
        return status;
    }
    printf("Homework %s: %zu recorded, %zu there already, %zu left out, %zu failed.\n", homework->name, homework_count(items, ITEM_RECORDED),
           homework_count(items, ITEM_KNOWN), skipped, failed);
    if (failed + skipped > 0)
        print_reasons(items);
    if (json_array_size(homework->people) == 1)
        print_to_do(homework);
    if (stopped || left > 0) {
        printf("\nIt stopped with %zu left. The same command goes on where it was, and files nothing twice.\n", left);
        if (homework->asked)
            print_again(homework);
    }
    bool of_one = homework->for_others && json_array_size(homework->people) == 1;
    if (homework_count(items, ITEM_RECORDED) + homework_count(items, ITEM_KNOWN) > 0) // else there is no such homework
        printf("\n`dsr homework status %s%s%s` shows where it stands.\n", homework->name,
               json_array_size(homework->people) > 1 ? " --class" : of_one ? " --for " : "", of_one ? json_text(json_array_get(homework->people, 0), "alias") : "");
    return status;
}

static bool read_vendors(struct homework *homework, const struct arguments *arguments, const json_t *set, struct error *error)
{
    const char *list = argument_value(arguments, "vendors");
    json_t *from_set = json_object_get(set, "vendors");
    homework->vendors = json_array();
    if (from_set != NULL)
        json_array_extend(homework->vendors, from_set);
    for (const char *at = list; at != NULL && *at != '\0';) {
        size_t length = strcspn(at, ",");
        const char *start = at + strspn(at, " ");
        if (start < at + length)
            json_array_append_new(homework->vendors, json_stringn(start, (size_t)(at + length - start)));
        at += length + (at[length] == ',');
    }
    if (json_array_size(homework->vendors) > 0)
        return true;
    if (isatty(STDIN_FILENO) != 1)
        return error_set(error, ERROR_malformed, "vendors", "Say whom to ask: --set FILE, or --vendors libby,elsevier; at a terminal dsr asks what you use.");
    homework->asked = true;
    return homework_ask_vendors(homework->client, homework->vendors, error);
}

static bool read_rights(struct homework *homework, const struct arguments *arguments, const json_t *set, struct error *error)
{
    const char *given = argument_value(arguments, "right");
    const json_t *rights = json_object_get(set, "rights");
    char answer[ANSWER_SIZE];
    if (given == NULL && rights != NULL)
        given = json_array_size(rights) == 2 ? "access-then-delete" : json_string_value(json_array_get(rights, 0));
    if (given == NULL && isatty(STDIN_FILENO) == 1) {
        if (!homework_ask_line("What do you want? access (see what they hold), deletion, or access-then-delete [access]: ", "access", answer,
                               sizeof answer, error))
            return false;
        given = answer;
    }
    if (given == NULL)
        return error_set(error, ERROR_malformed, "right", "Say what to ask for: --right access, deletion or access-then-delete.");
    return homework_rights_parse(given, homework->rights, &homework->right_count, error);
}

// The name: what was given, else the set's. A picked homework is called just that.
static bool read_name(struct homework *homework, const struct arguments *arguments, const json_t *set, struct error *error)
{
    const char *given = argument_value(arguments, "name"), *own = json_text(set, "name");
    return homework_name_parse(given != NULL ? given : own != NULL ? own : NAME_STANDARD, homework->name, error);
}

static bool prepare(struct homework *homework, const struct arguments *arguments, struct error *error)
{
    const char *file = argument_value(arguments, "set"), *word = argument_at(arguments, 0);
    json_t *set = NULL, *there = NULL;
    if (word != NULL && strcmp(word, "start") != 0)
        return error_set(error, ERROR_malformed, "homework", "There is no `dsr homework %s`; there are start, status and list.", word);
    bool good = (file == NULL || (set = homework_set_find(file, error)) != NULL) && read_name(homework, arguments, set, error) &&
                (homework->catalogue = laws_load(arguments, error)) != NULL &&
                (there = client_call(homework->client, "GET", "/v1/homework", NULL, error)) != NULL &&
                read_vendors(homework, arguments, set, error) && read_rights(homework, arguments, set, error) &&
                homework_people(homework, arguments, json_object_get(there, "me"), error);
    if (good && json_text(set, "title") != NULL && homework->client->format == FORMAT_TEXT) {
        output_coloured(homework->client, COLOUR_BOLD, json_text(set, "title"));
        putchar('\n');
        if (json_text(set, "note") != NULL)
            output_wrapped(json_text(set, "note"), 0);
        putchar('\n');
    }
    json_decref(set);
    json_decref(there);
    return good;
}

static int work(struct homework *homework, const struct arguments *arguments)
{
    struct error error;
    bool text = homework->client->format == FORMAT_TEXT, dry = argument_flag(arguments, "dry-run"), good = true;
    if (!homework_plan(homework, &error))
        return client_fail(&error);
    size_t count = homework_count(homework->items, ITEM_NEW);
    if (text && (count > 0 || dry)) {
        print_plan(homework->client, homework->items, json_array_size(homework->people) > 1);
        print_reasons(homework->items);
        fflush(stdout);
    }
    if (dry)
        return text ? EXIT_DONE : print_summary(homework, false);
    if (count > 0 && !argument_flag(arguments, "yes") && !confirm(count, &error))
        return client_fail(&error);
    if (count > 0 && homework->asked && text) {
        puts("Should it be interrupted, this goes on with it:");
        print_again(homework);
        fflush(stdout);
    }
    if (count > 0)
        good = homework_file(homework, &error);
    return print_summary(homework, !good);
}

int run_homework(struct client *client, const struct arguments *arguments)
{
    struct error error;
    struct homework homework = {.client = client, .law = argument_value(arguments, "law"), .anyway = argument_flag(arguments, "anyway"),
                                .people = json_array(), .documents = json_object(), .items = json_array()};
    int status = prepare(&homework, arguments, &error) ? work(&homework, arguments) : client_fail(&error);
    json_decref(homework.vendors);
    json_decref(homework.people);
    json_decref(homework.documents);
    json_decref(homework.items);
    catalogue_free(homework.catalogue);
    return status;
}
