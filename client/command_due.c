// SPDX-License-Identifier: GPL-3.0-or-later
// `dsr due`: the law engine as a calculator. Records nothing, needs no dsrd.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/due_question.h"
#include "client/handlers.h"
#include "client/laws.h"
#include "client/output.h"
#include "shared/json.h"

static void print_answer(const struct client *client, const json_t *answer)
{
    char name[64], due[64], title[192];
    size_t index, position;
    json_t *clock, *step;
    const json_t *extension = json_object_get(answer, "extension");
    printf("received %s%s\n", json_text(answer, "received") != NULL ? json_text(answer, "received") : "-",
           json_is_true(json_object_get(answer, "received_assumed")) ? " (assumed)" : "");
    json_array_foreach(json_object_get(answer, "clocks"), index, clock) {
        snprintf(title, sizeof title, "\n%s: %s, %s%s\n", output_words(json_text(clock, "clock"), name, sizeof name), output_due(clock, due, sizeof due),
                 json_text(clock, "state"), json_is_false(json_object_get(clock, "legal")) ? " (a courtesy date, not a legal deadline)" : "");
        output_coloured(client, COLOUR_BOLD, title);
        json_array_foreach(json_object_get(clock, "steps"), position, step)
            output_step(position + 1, step);
    }
    if (json_text(extension, "until") != NULL)
        printf("\nextension: %suntil %s%s%s\n", json_is_false(json_object_get(extension, "valid")) ? "the notice was not valid; a valid one would give " : "",
               json_text(extension, "until"), json_text(extension, "notice_by") != NULL ? ", if the vendor says so by " : "",
               json_text(extension, "notice_by") != NULL ? json_text(extension, "notice_by") : "");
    if (json_text(answer, "next_free_from") != NULL)
        printf("the next request is free from %s\n", json_text(answer, "next_free_from"));
    puts("\nThis is not legal advice.");
}

static int answer_one(const struct client *client, const struct catalogue *catalogue, const struct arguments *arguments)
{
    struct error error;
    json_t *question = due_question_from_arguments(arguments, &error);
    json_t *answer = question != NULL ? due_question_answer(catalogue, question, &error) : NULL;
    int status = EXIT_DONE;
    json_decref(question);
    if (answer == NULL)
        return client_fail(&error);
    if (client->format == FORMAT_JSON)
        status = output_json(answer);
    else
        print_answer(client, answer);
    json_decref(answer);
    return status;
}

// A line that cannot be answered gives {"error", "field"} in its place, and the work goes on.
static int answer_line(const struct catalogue *catalogue, const char *line, size_t length)
{
    struct error error;
    json_error_t where;
    json_t *question = json_read(line, length, JSON_REJECT_DUPLICATES, &where), *answer = NULL;
    if (question == NULL)
        error_set(&error, ERROR_malformed, "", "The line is not JSON: %s.", where.text);
    else
        answer = due_question_answer(catalogue, question, &error);
    int status = EXIT_DONE;
    if (answer == NULL) {
        answer = json_pack("{s:s, s:s}", "error", error.text, "field", error.field);
        if (json_object_get(question, "id") != NULL)
            json_object_set(answer, "id", json_object_get(question, "id"));
        status = EXIT_BAD_USAGE;
    }
    output_json(answer);
    json_decref(answer);
    json_decref(question);
    return status;
}

static int answer_batch(const struct catalogue *catalogue, const char *path)
{
    struct error error;
    int status = EXIT_DONE;
    char *line = NULL;
    size_t size = 0;
    FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (file == NULL) {
        error_set(&error, ERROR_malformed, "batch", "%s cannot be read: %s.", path, strerror(errno));
        return client_fail(&error);
    }
    for (ssize_t length; (length = getline(&line, &size, file)) >= 0;) {
        if (strspn(line, " \t\r\n") == (size_t)length)
            continue;
        int one = answer_line(catalogue, line, (size_t)length);
        status = one != EXIT_DONE ? one : status;
    }
    free(line);
    if (file != stdin)
        fclose(file);
    return status;
}

int run_due(struct client *client, const struct arguments *arguments)
{
    struct error error;
    const char *batch = argument_value(arguments, "batch");
    if (arguments->count != (batch == NULL ? 3 : 0)) {
        fputs("dsr: usage: dsr due LAW RIGHT RECEIVED, or dsr due --batch FILE\n", stderr);
        return EXIT_BAD_USAGE;
    }
    struct catalogue *catalogue = laws_load(arguments, &error);
    if (catalogue == NULL)
        return client_fail(&error);
    int status = batch != NULL ? answer_batch(catalogue, batch) : answer_one(client, catalogue, arguments);
    catalogue_free(catalogue);
    return status;
}
