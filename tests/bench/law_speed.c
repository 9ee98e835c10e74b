// SPDX-License-Identifier: GPL-3.0-or-later
// Speed of the law engine on one core: how long the whole catalogue takes to load (median of 21, milliseconds), and how many clocks are
// computed a second, with their explanation and without, over every law and each of its rights. Prints the three numbers.
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "law/clock.h"
#include "law/words.h"

enum { LOADS = 21, SECONDS = 2, FIRST_DAY = 20454 }; // 2026-01-01

static double now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + (double)at.tv_nsec / 1e9;
}

static int compare(const void *a, const void *b)
{
    double first = *(const double *)a, second = *(const double *)b;
    return (first > second) - (first < second);
}

static size_t ask_all(const struct catalogue *catalogue, date received, bool bare)
{
    size_t clocks = 0;
    for (size_t i = 0; i < catalogue_law_count(catalogue); i++)
        for (const char *const *right = right_words; *right != NULL; right++) {
            const struct law_event events[] = {{"received", received}};
            struct clock_question question = {.law = catalogue_law_at(catalogue, i), .right = *right, .events = events, .event_count = 1, .bare = bare};
            struct clock_answer answer;
            if (law_has_right(question.law, *right, received) && clocks_compute(catalogue, &question, &answer, NULL)) {
                clocks += answer.clock_count;
                clock_answer_release(&answer);
            }
        }
    return clocks;
}

static double rate(const struct catalogue *catalogue, bool bare)
{
    size_t clocks = 0;
    double begin = now(), taken;
    date day = FIRST_DAY;
    do {
        clocks += ask_all(catalogue, day++, bare);
        taken = now() - begin;
    } while (taken < SECONDS);
    return (double)clocks / taken;
}

int main(void)
{
    double loads[LOADS];
    struct error error;
    struct catalogue *catalogue = NULL;
    for (int i = 0; i < LOADS; i++) {
        catalogue_free(catalogue);
        double begin = now();
        catalogue = catalogue_load("etc/laws", "etc/calendars", &error);
        loads[i] = (now() - begin) * 1000;
        if (catalogue == NULL) {
            fprintf(stderr, "%s\n", error.text);
            return 1;
        }
    }
    qsort(loads, LOADS, sizeof loads[0], compare);
    printf("%.2f %.0f %.0f\n", loads[LOADS / 2], rate(catalogue, false), rate(catalogue, true));
    catalogue_free(catalogue);
    return 0;
}
