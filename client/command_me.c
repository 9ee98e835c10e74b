// SPDX-License-Identifier: GPL-3.0-or-later
// A person's own rights against this record: see, take away and erase what it holds, and stop reminders. Staff see to those of a person who
// has no account.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/handlers.h"
#include "client/output.h"
#include "shared/json.h"
#include "shared/text.h"

enum { ANSWER_SIZE = 64 };

struct word {
    const char *word, *text;
};

static const char *text_of(const struct word *words, const char *word)
{
    for (; words->word != NULL; words++)
        if (word != NULL && strcmp(words->word, word) == 0)
            return words->text;
    return word != NULL ? word : "";
}

static const char *kind(const json_t *row, char *buffer, size_t size)
{
    static const struct word kinds[] = {
        {"account", "your account: name, address, user number"},
        {"person", "you as a subject: alias, name, address"},
        {"authorities", "what you authorised"},
        {"requests", "requests about you"},
        {"events", "what happened to them"},
        {"notes", "notes on them"},
        {"dates", "their dates"},
        {"reminders", "reminders planned or sent"},
        {"replies", "mails that vendors wrote back about them"},
        {"mails", "mails to you, and what became of them"},
        {"filed_for_others", "requests you filed for others"},
        {"calls", "marks of your calls, so that none is done twice"},
        {"tokens", "your tokens, without their secrets"}, {"audit", "entries of the audit log"},
        {NULL, NULL},
    };
    snprintf(buffer, size, "%s", text_of(kinds, json_text(row, "kind")));
    return buffer;
}

static const char *kept(const json_t *row, char *buffer, size_t size)
{
    static const struct word words[] = {{"account", "while you have the account"},
                                        {"erase", "until you erase it, or its time is over"},
                                        {"audit", "as long as the audit log keeps it"},
                                        {NULL, NULL}};
    const char *until = json_text(row, "kept_until");
    snprintf(buffer, size, "%s%s", until != NULL ? "until " : "",
             until != NULL ? until : text_of(words, json_text(row, "kept")));
    return buffer;
}

static const char *sealed(const json_t *row, char *buffer, size_t size)
{
    snprintf(buffer, size, "%s", json_is_true(json_object_get(row, "sealed")) ? "yes" : "no");
    return buffer;
}

int run_me_show(struct client *client, const struct arguments *arguments)
{
    static const struct column columns[] = {
        {"WHAT", "kind", kind, false, NARROW_CUT},     {"HOW MANY", "count", NULL, true, NARROW_KEEP},
        {"SINCE", "since", NULL, false, NARROW_LEAVE}, {"SEALED", "sealed", sealed, false, NARROW_KEEP},
        {"KEPT", "kept", kept, false, NARROW_CUT},
    };
    struct error error;
    (void)arguments;
    json_t *answer = client_call(client, "GET", "/v1/me/held", NULL, &error);
    if (answer == NULL)
        return client_fail(&error);
    const char *alias = json_text(answer, "alias");
    if (client->format == FORMAT_TEXT && alias != NULL)
        printf("You are %s here.\n\n", alias);
    int status = output_rows(client, json_object_get(answer, "held"), columns,
                             sizeof columns / sizeof columns[0], "Nothing is held about you.");
    if (client->format == FORMAT_TEXT)
        puts("\n`dsr me export` gives you all of it; `dsr me erase` erases what need not stay.");
    json_decref(answer);
    return status;
}

// Prints a page's items as members of the array that is open; false at an error of the output.
static bool print_items(const json_t *page, bool *first)
{
    size_t index;
    json_t *item;
    json_array_foreach(json_object_get(page, "items"), index, item)
    {
        char *text = json_dumps(item, JSON_INDENT(2) | JSON_PRESERVE_ORDER);
        bool good = text != NULL && printf("%s\n%s", *first ? "" : ",", text) > 0;
        free(text);
        *first = false;
        if (!good)
            return false;
    }
    return true;
}

// One JSON document on standard output, page by page, so that it may be longer than memory.
static int export_all(struct client *client, const char *route)
{
    struct error error = {0};
    struct text path = {0};
    bool first = true, good = true;
    text_format(&path, "%s?limit=50", route);
    while (good && path.length > 0) {
        json_t *page = client_call(client, "GET", path.text, NULL, &error);
        if (page == NULL)
            break;
        if (first)
            fputs("{\"items\": [", stdout);
        good = print_items(page, &first);
        const char *next = json_text(page, "next");
        text_clear(&path);
        if (next != NULL)
            text_format(&path, "%s?limit=50&cursor=%s", route, next);
        json_decref(page);
    }
    good = good && error.code == ERROR_NONE && puts("\n]}") >= 0 && fflush(stdout) == 0;
    text_release(&path);
    if (good)
        return EXIT_DONE;
    if (error.code == ERROR_NONE)
        error_set(&error, ERROR_internal, "", "The export cannot be written whole.");
    return client_fail(&error);
}

int run_me_export(struct client *client, const struct arguments *arguments)
{
    (void)arguments;
    return export_all(client, "/v1/me/export");
}

int run_subject_export(struct client *client, const struct arguments *arguments)
{
    char *route = client_path("/v1/subjects/{}/export", argument_at(arguments, 0));
    int status = export_all(client, route);
    free(route);
    return status;
}

// `own`: said to the person itself, else to staff.
static void print_stays(const json_t *answer, bool own)
{
    static const struct word own_whys[] = {
        {"open", "is open: its dates still run. Close it (`dsr close`) or give it up (`dsr abandon`), then "
                 "erase again"},
        {"requests", "stays as long as a request of yours does"},
        {"hold", "is held by order of the privacy officer"},
        {"account", "stays so that you can come in; an operator takes it away"},
        {"audit",
         "keeps its entries of your alias and references, without names, until its own time is over"},
        {NULL, NULL},
    };
    static const struct word their_whys[] = {
        {"open", "is open: its dates still run. Close it (`dsr close`) or give it up (`dsr abandon`), then "
                 "erase again"},
        {"requests", "stays as long as one of the requests does"},
        {"hold", "is held by order of the privacy officer"},
        {"account", "is closed, and stays until an operator takes it away"},
        {"audit",
         "keeps its entries of the alias and references, without names, until its own time is over"},
        {NULL, NULL},
    };
    static const struct word own_whats[] = {{"request", "request"},
                                            {"person", "you as a subject,"},
                                            {"account", "your account"},
                                            {"audit", "the audit log"},
                                            {NULL, NULL}};
    static const struct word their_whats[] = {{"request", "request"},
                                              {"person", "the person as a subject,"},
                                              {"account", "the person's account"},
                                              {"audit", "the audit log"},
                                              {NULL, NULL}};
    const struct word *whats = own ? own_whats : their_whats, *whys = own ? own_whys : their_whys;
    size_t index;
    json_t *item;
    puts("What stays:");
    json_array_foreach(json_object_get(answer, "stays"), index, item)
    {
        const char *ref = json_text(item, "ref"), *until = json_text(item, "until");
        printf("  %s%s%s %s%s%s.\n", text_of(whats, json_text(item, "what")), ref != NULL ? " " : "",
               ref != NULL ? ref : "", text_of(whys, json_text(item, "why")), until != NULL ? ", until " : "",
               until != NULL ? until : "");
    }
}

// Whether it is meant: the alias is typed, or --yes was given. False, and an error.
static bool confirm(const struct arguments *arguments, const char *alias, const char *whose, struct error *error)
{
    char answer[ANSWER_SIZE] = "";
    if (argument_flag(arguments, "yes"))
        return true;
    fprintf(stderr, "Erased cannot be got back. Type %s alias, %s, to go on: ", whose, alias);
    if (fgets(answer, sizeof answer, stdin) == NULL)
        answer[0] = '\0';
    answer[strcspn(answer, "\r\n")] = '\0';
    return strcmp(answer, alias) == 0 ||
           error_set(error, ERROR_confirmation_needed, "alias", "Nothing is erased: that is not %s alias.", whose);
}

static int print_erased(const struct client *client, const json_t *answer, bool own)
{
    const json_t *erased = json_object_get(answer, "erased");
    if (client->format == FORMAT_JSON)
        return output_json(answer);
    printf("Erased: %lld requests with their events and notes, %lld mails, %lld authorities%s.\n",
           (long long)json_integer_value(json_object_get(erased, "requests")),
           (long long)json_integer_value(json_object_get(erased, "mails")),
           (long long)json_integer_value(json_object_get(erased, "authorities")),
           json_is_true(json_object_get(erased, "person")) ? own ? ", and you as a subject" : ", and the person as a subject" : "");
    print_stays(answer, own);
    puts("Older backups hold it until the keys of that time are destroyed; then nobody can read it there.");
    return EXIT_DONE;
}

int run_me_erase(struct client *client, const struct arguments *arguments)
{
    struct error error = {0};
    json_t *held = client_call(client, "GET", "/v1/me/held", NULL, &error), *answer = NULL;
    if (held == NULL)
        return client_fail(&error);
    const char *alias = json_text(held, "alias");
    if (alias == NULL)
        error_set(&error, ERROR_conflict, "",
                  "Nothing is held about you but your account, which an operator can take away.");
    else if (confirm(arguments, alias, "your", &error)) {
        json_t *body = json_pack("{s:s}", "alias", alias);
        answer = client_call(client, "POST", "/v1/me/erasures", body, &error);
        json_decref(body);
    }
    json_decref(held);
    int status = answer != NULL ? print_erased(client, answer, true) : client_fail(&error);
    json_decref(answer);
    return status;
}

int run_subject_erase(struct client *client, const struct arguments *arguments)
{
    struct error error = {0};
    json_t *answer = NULL;
    const char *alias = argument_at(arguments, 0), *reason = argument_value(arguments, "reason");
    if (reason == NULL) {
        error_set(&error, ERROR_malformed, "reason",
                  "Say why: --reason patron_asked, guardian_asked, entered_by_mistake or other. It is put in the audit log.");
    } else if (confirm(arguments, alias, "the person's", &error)) {
        char *path = client_path("/v1/subjects/{}/erasures", alias);
        json_t *body = json_pack("{s:s}", "reason", reason);
        answer = client_call(client, "POST", path, body, &error);
        json_decref(body);
        free(path);
    }
    int status = answer != NULL ? print_erased(client, answer, false) : client_fail(&error);
    json_decref(answer);
    return status;
}

// `on` or `off` → {"on": ...}; NULL: error. The caller owns it.
static json_t *on_or_off(const char *word, struct error *error)
{
    if (word != NULL && (strcmp(word, "on") == 0 || strcmp(word, "off") == 0))
        return json_pack("{s:b}", "on", strcmp(word, "on") == 0);
    error_set(error, ERROR_malformed, "reminders", "Say on or off.");
    return NULL;
}

static int set_reminders(struct client *client, const char *path, const char *word, const char *whom)
{
    struct error error;
    json_t *body = on_or_off(word, &error);
    json_t *answer = body != NULL ? client_call(client, "POST", path, body, &error) : NULL;
    json_decref(body);
    if (answer == NULL)
        return client_fail(&error);
    int status = EXIT_DONE;
    if (client->format == FORMAT_JSON)
        status = output_json(answer);
    else if (strcmp(word, "on") == 0)
        printf("Reminders go to %s again.\n", whom);
    else
        printf("No more reminders go to %s. What is due stands in `dsr status`.\n", whom);
    json_decref(answer);
    return status;
}

int run_me_reminders(struct client *client, const struct arguments *arguments)
{
    return set_reminders(client, "/v1/me/reminders", argument_at(arguments, 0), "you");
}

int run_subject_reminders(struct client *client, const struct arguments *arguments)
{
    char *path = client_path("/v1/subjects/{}/reminders", argument_at(arguments, 0));
    int status = set_reminders(client, path, argument_at(arguments, 1), argument_at(arguments, 0));
    free(path);
    return status;
}
