// SPDX-License-Identifier: GPL-3.0-or-later
// Questions at a terminal, line by line: what the person uses, and the rest of what a homework needs.
#include "client/homework.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "shared/json.h"

enum { ANSWER_SIZE = 128, BRANDS_SHOWN = 3 };

bool homework_ask_line(const char *question, const char *standard, char *answer, size_t size, struct error *error)
{
    fputs(question, stderr);
    fflush(stderr);
    if (fgets(answer, (int)size, stdin) == NULL)
        return error_set(error, ERROR_malformed, "", "There was no answer; nothing is filed.");
    answer[strcspn(answer, "\r\n")] = '\0';
    if (answer[0] == '\0' && standard != NULL)
        snprintf(answer, size, "%s", standard);
    return true;
}

static bool is_another_vendor(const json_t *vendors, const json_t *vendor, const char *brand)
{
    size_t index;
    json_t *other;
    json_array_foreach(vendors, index, other)
        if (other != vendor && text_equal_ignoring_case(json_text(other, "slug"), brand))
            return true;
    return false;
}

// "Libby or Sora (overdrive)": the names by which people know it.
static void add_names(const json_t *vendors, const json_t *vendor, struct text *question)
{
    const char *names[BRANDS_SHOWN];
    size_t index, count = 0;
    json_t *brand;
    json_array_foreach(json_object_get(vendor, "brands"), index, brand)
        if (count < BRANDS_SHOWN && !is_another_vendor(vendors, vendor, json_string_value(brand)))
            names[count++] = json_string_value(brand);
    for (size_t i = 0; i < count; i++)
        text_format(question, "%s%s", i == 0 ? "" : i + 1 < count ? ", " : " or ", names[i]);
    text_format(question, count > 0 ? " (%s)" : "%s", json_text(vendor, "name"));
}

static bool ask_vendor(const json_t *all, const json_t *vendor, json_t *vendors, bool *enough, struct error *error)
{
    char answer[ANSWER_SIZE];
    struct text question = {0};
    text_append(&question, "Do you use ");
    add_names(all, vendor, &question);
    text_append(&question, "? [y/N] ");
    bool good = !question.failed && homework_ask_line(question.text, "n", answer, sizeof answer, error);
    text_release(&question);
    if (good && tolower((unsigned char)answer[0]) == 'y')
        json_array_append(vendors, json_object_get(vendor, "slug"));
    *enough = good && tolower((unsigned char)answer[0]) == 'q';
    return good;
}

bool homework_ask_vendors(struct client *client, json_t *vendors, struct error *error)
{
    size_t index;
    json_t *vendor;
    bool good = true, enough = false;
    json_t *answer = client_call(client, "GET", "/v1/vendors", NULL, error);
    if (answer == NULL)
        return false;
    fputs("What do you use? Answer y or n, or q when you have named all.\n", stderr);
    const json_t *all = json_object_get(answer, "vendors");
    json_array_foreach(all, index, vendor)
        if (good && !enough)
            good = ask_vendor(all, vendor, vendors, &enough, error);
    json_decref(answer);
    if (good && json_array_size(vendors) == 0)
        good = error_set(error, ERROR_malformed, "vendors", "You named none, so there is nothing to file.");
    return good;
}
