// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr status` and `dsr status REF`: where things stand, on one screen.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/dates.h"
#include "client/handlers.h"
#include "client/next_step.h"
#include "client/output.h"
#include "client/request_rows.h"
#include "law/words.h"
#include "shared/date.h"
#include "shared/json.h"

enum { LINE_SIZE = 512 };

static void heading(const struct client *client, enum colour colour, const char *title, json_int_t count)
{
    char text[LINE_SIZE];
    snprintf(text, sizeof text, "%s: %lld\n", title, (long long)count);
    output_coloured(client, colour, text);
}

static void section(const struct client *client, const json_t *status, const char *list, const char *title, enum colour colour)
{
    const json_t *requests = json_object_get(status, list);
    json_int_t count = json_integer_value(json_object_get(json_object_get(status, "counts"), list));
    if (count == 0)
        return;
    heading(client, colour, title, count);
    request_rows_print(client, requests, "");
    if ((size_t)count > json_array_size(requests))
        printf("... and %lld more: `dsr list --mine`\n", (long long)count - (long long)json_array_size(requests));
    putchar('\n');
}

static void mail_trouble(const struct client *client, const json_t *status)
{
    size_t index, letters = 0;
    json_t *message;
    const json_t *trouble = json_object_get(status, "mail_trouble");
    if (json_is_false(json_object_get(status, "has_email")))
        output_coloured(client, COLOUR_YELLOW, "Your account has no e-mail address, so no reminders reach you.\n\n");
    if (json_text(status, "reminders_off") != NULL) {
        char text[LINE_SIZE];
        snprintf(text, sizeof text, "You have stopped your reminders on %s. `dsr me reminders on` starts them again.\n\n",
                 json_text(status, "reminders_off"));
        output_coloured(client, COLOUR_YELLOW, text);
    }
    if (json_array_size(trouble) == 0)
        return;
    heading(client, COLOUR_RED, "Mail that did not get through", (json_int_t)json_array_size(trouble));
    json_array_foreach(trouble, index, message) {
        char state[32];
        const char *problem = json_text(message, "last_problem");
        letters += strcmp(json_text(message, "kind"), "letter") == 0;
        printf("  %s%s of %s: %s", strcmp(json_text(message, "kind"), "letter") == 0 ? "letter " : "", json_text(message, "id"), json_text(message, "day"), output_words(json_text(message, "state"), state, sizeof state));
        if (problem != NULL)
            printf(". %s", problem);
        if (json_integer_value(json_object_get(message, "last_code")) > 0)
            printf(" (reply %lld)", (long long)json_integer_value(json_object_get(message, "last_code")));
        putchar('\n');
    }
    puts("  `dsr mail show ID` tells more; `dsr mail retry ID` sends it again.");
    if (letters > 0)
        puts("  A letter in doubt waits for you: `dsr mail resolve ID --sent` or `--again`; one that failed: `dsr send REF`.");
    putchar('\n');
}

// First of all for who can mend it: requests wait at addresses that nobody reads.
static void vendor_trouble(const struct client *client, const json_t *status)
{
    const json_t *trouble = json_object_get(status, "vendor_trouble");
    long long bouncing = json_integer_value(json_object_get(trouble, "bouncing")), stale = json_integer_value(json_object_get(trouble, "stale"));
    char text[LINE_SIZE];
    if (bouncing > 0) {
        snprintf(text, sizeof text, "Vendors with open requests whose addresses bounce: %lld. `dsr vendor list --trouble`\n", bouncing);
        output_coloured(client, COLOUR_RED, text);
    }
    if (stale > 0) {
        snprintf(text, sizeof text, "Vendors with open requests whose addresses nobody has looked at for long: %lld. `dsr vendor list --trouble`\n", stale);
        output_coloured(client, COLOUR_YELLOW, text);
    }
    if (bouncing + stale > 0)
        putchar('\n');
}

// Mails of vendors about which somebody has to say what they mean.
static void inbox(const struct client *client, const json_t *status)
{
    char text[LINE_SIZE];
    json_int_t replies = json_integer_value(json_object_get(status, "replies")), pen = json_integer_value(json_object_get(status, "pen"));
    if (replies > 0) {
        snprintf(text, sizeof text, "Replies to look at: %lld (`dsr inbox list`)\n\n", (long long)replies);
        output_coloured(client, COLOUR_YELLOW, text);
    }
    if (pen > 0) {
        snprintf(text, sizeof text, "Replies about no known request: %lld (`dsr inbox list --state pen`)\n\n", (long long)pen);
        output_coloured(client, COLOUR_YELLOW, text);
    }
}

// For operators: what only they can mend.
static void calendars(const struct client *client, const json_t *status)
{
    size_t index;
    json_t *warning;
    char text[LINE_SIZE];
    json_array_foreach(json_object_get(status, "calendars"), index, warning) {
        snprintf(text, sizeof text, "The calendar %s knows its yearly days only until %s: add newer ones to its file, then `dsr law apply`.\n\n",
                 json_text(warning, "calendar"), json_text(warning, "until"));
        output_coloured(client, COLOUR_YELLOW, text);
    }
}

static void time_in_doubt(const struct client *client, const json_t *status)
{
    char text[LINE_SIZE];
    const json_t *doubt = json_object_get(status, "time");
    const char *word = json_text(doubt, "doubt");
    long long hours = (json_integer_value(json_object_get(doubt, "left_s")) + 3599) / 3600;
    if (word == NULL)
        return;
    snprintf(text, sizeof text, "%s\nNothing is purged, destroyed or published meanwhile. ",
             strcmp(word, "apart") == 0 ? "The clocks of dsrd and its database differ by more than an hour, so nothing is written either: set the wrong one right."
             : strcmp(word, "back") == 0 ? "The clock of the database has gone back." : "The clock of the database has jumped ahead, or dsrd was off for long.");
    output_coloured(client, COLOUR_RED, text);
    if (strcmp(word, "apart") == 0)
        puts("\n");
    else if (json_integer_value(json_object_get(doubt, "left_s")) < 0)
        puts("Is it right now? `dsrd time confirm` on the server says so.\n");
    else
        printf("Is it right now? `dsrd time confirm` on the server says so; without that it is taken for right in %lld hours.\n\n", hours);
}

// For operators: reminders that nobody looks for, or mail that does not go. First of all, since everything else rests on it.
static bool standstill(const struct client *client, const json_t *status)
{
    size_t index;
    json_t *item;
    char text[LINE_SIZE];
    const json_t *list = json_object_get(status, "standstill");
    json_array_foreach(list, index, item) {
        snprintf(text, sizeof text, "%s\n\n", json_text(item, "text"));
        if (client->format != FORMAT_JSON)
            output_coloured(client, COLOUR_RED, text);
    }
    return json_array_size(list) > 0;
}

// The lists above are about one's own requests; who sees those of others must not take an empty list for a library without any late ones.
static void others_overdue(const json_t *status)
{
    long long library = json_integer_value(json_object_get(status, "library_overdue"));
    if (library > json_integer_value(json_object_get(json_object_get(status, "counts"), "overdue")))
        printf("%lld %s overdue in the library: `dsr overdue`\n", library, library == 1 ? "is" : "are");
}

static int show_mine(struct client *client)
{
    struct error error;
    json_t *status = client_call(client, "GET", "/v1/status", NULL, &error);
    if (status == NULL)
        return client_fail(&error);
    const json_t *counts = json_object_get(status, "counts");
    bool still = standstill(client, status);
    if (client->format == FORMAT_JSON) {
        int result = output_json(status);
        json_decref(status);
        return result == EXIT_DONE && still ? EXIT_FOUND : result;
    }
    time_in_doubt(client, status);
    vendor_trouble(client, status);
    section(client, status, "overdue", "Overdue", COLOUR_RED);
    section(client, status, "waiting_on_me", "Waiting on you", COLOUR_YELLOW);
    section(client, status, "due_soon", "Due soon", COLOUR_YELLOW);
    section(client, status, "waiting", "Waiting for the vendor", COLOUR_NONE);
    section(client, status, "drafts", "Drafts, not sent yet", COLOUR_NONE);
    inbox(client, status);
    mail_trouble(client, status);
    calendars(client, status);
    bool nothing = true;
    for (const char *const *list = (const char *const[]){"overdue", "waiting_on_me", "due_soon", "waiting", "drafts", NULL}; *list != NULL; list++)
        nothing = nothing && json_integer_value(json_object_get(counts, *list)) == 0;
    if (!nothing)
        puts("`dsr status REF` says what to do next; `dsr explain REF` why a date is what it is.");
    else
        printf("Nothing of yours is open.%s\n", json_is_true(json_object_get(status, "may_file")) ? " `dsr file VENDOR RIGHT --law LAW` records a request." : "");
    others_overdue(status);
    json_decref(status);
    return still ? EXIT_FOUND : EXIT_DONE;
}

static void print_clock(const struct client *client, const json_t *clock)
{
    char name[64], due[64];
    date last;
    const char *state = json_text(clock, "state"), *extended = json_text(clock, "extended");
    printf("  %-16s %-8s %-24s %s", output_words(json_text(clock, "clock"), name, sizeof name), state, output_due(clock, due, sizeof due),
           json_is_true(json_object_get(clock, "legal")) ? "" : "not a legal deadline; ");
    printf("%s", json_text(clock, "cite"));
    if (json_is_true(json_object_get(clock, "assumed")))
        printf("; receipt assumed");
    if (strcmp(json_text(clock, "confidence"), "sure") != 0)
        printf("; %s", json_text(clock, "confidence"));
    // While one may still come: not once it counts, nor after the day by which a notice must have been given.
    const char *latest = json_text(clock, "latest");
    bool may_come = extended != NULL && latest != NULL && strcmp(extended, json_text(clock, "due")) != 0 && date_parse(latest, &last) && last >= dates_today();
    if (may_come && strcmp(state, "running") == 0)
        printf("; with a valid extension %s", extended);
    putchar('\n');
    (void)client;
}

static int show_one(struct client *client, const char *reference)
{
    struct error error;
    char *path = client_path("/v1/requests/{}/status", reference);
    json_t *answer = client_call(client, "GET", path, NULL, &error);
    free(path);
    if (answer == NULL)
        return client_fail(&error);
    if (client->format == FORMAT_JSON) {
        int result = output_json(answer);
        json_decref(answer);
        return result;
    }
    const json_t *request = json_object_get(answer, "request"), *last = json_object_get(answer, "last_event");
    char status[96], due[64], when[64], words[64];
    size_t index;
    json_t *item;
    printf("%s  %s: %s under the %s, for %s\n", json_text(request, "ref"), json_text(request, "vendor_name"),
           right_text(json_text(request, "right")), json_text(request, "law_name"), json_text(request, "subject"));
    output_coloured(client, output_status_colour(request), output_status(request, status, sizeof status));
    if (json_text(request, "due") != NULL)
        printf(": due %s, %s%s", output_due(request, due, sizeof due), output_when(request, when, sizeof when),
               json_is_true(json_object_get(request, "legal")) ? "" : " (a courtesy date, not a legal deadline)");
    printf("\nsent %s", json_text(request, "sent") != NULL ? json_text(request, "sent") : "not yet");
    if (json_is_object(last))
        printf("; last event: %s, %s", output_words(json_text(last, "event"), words, sizeof words), json_text(last, "on"));
    if (json_text(request, "vendor_now") != NULL)
        printf("\n%s was taken over by %s since: write there (`dsr vendor show %s`).", json_text(request, "vendor"), json_text(request, "vendor_now"),
               json_text(request, "vendor_now"));
    puts("\n");
    json_array_foreach(json_object_get(answer, "clocks"), index, item)
        print_clock(client, item);
    json_array_foreach(json_object_get(answer, "reminders"), index, item)
        printf("%s%s (%s)%s", index == 0 ? "\nReminders: " : ", ", json_text(item, "on"), json_text(item, "to"),
               index + 1 == json_array_size(json_object_get(answer, "reminders")) ? "\n" : "");
    if (json_is_true(json_object_get(answer, "held")))
        puts("Kept as long as a hold lasts.");
    else if (json_text(answer, "kept_until") != NULL)
        printf("Kept until %s; then it is purged.\n", json_text(answer, "kept_until"));
    putchar('\n');
    if (json_text(request, "authority_ended") != NULL) {
        snprintf(status, sizeof status, "! The patron's authority ended on %s", json_text(request, "authority_ended"));
        output_coloured(client, COLOUR_YELLOW, status);
        printf(": no reminders go out until a new one is recorded (`dsr authority add %s`).\n", json_text(request, "subject"));
    }
    next_step_print(answer);
    json_decref(answer);
    return EXIT_DONE;
}

int run_status(struct client *client, const struct arguments *arguments)
{
    return arguments->count == 0 ? show_mine(client) : show_one(client, argument_at(arguments, 0));
}
