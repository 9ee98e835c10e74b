// SPDX-License-Identifier: GPL-3.0-or-later
// A law file from hostile bytes, beside the real calendars and counting rules; and when it is taken, dates by it.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "law/clock.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/dsrd-fuzz-XXXXXX";
static char path[64];

static void copy_counting(void)
{
    char buffer[65536], to[64];
    FILE *in = fopen("etc/laws/counting.conf", "re");
    snprintf(to, sizeof to, "%s/counting.conf", folder);
    FILE *out = fopen(to, "we");
    if (in == NULL || out == NULL)
        abort();
    size_t length = fread(buffer, 1, sizeof buffer, in);
    if (fwrite(buffer, 1, length, out) != length)
        abort();
    fclose(in);
    fclose(out);
}

static void ask(const struct catalogue *catalogue)
{
    const struct law_event events[] = {{"received", 20000}, {"extension_notice", 20010}};
    for (size_t i = 0; i < catalogue_law_count(catalogue); i++) {
        struct clock_question question = {.law = catalogue_law_at(catalogue, i), .right = "access", .events = events, .event_count = 2};
        struct clock_answer answer;
        struct error error;
        if (clocks_compute(catalogue, &question, &answer, &error))
            clock_answer_release(&answer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error error;
    if (path[0] == '\0') {
        if (mkdtemp(folder) == NULL)
            abort();
        copy_counting();
        snprintf(path, sizeof path, "%s/a-law.conf", folder);
    }
    FILE *file = fopen(path, "we");
    if (file == NULL || fwrite(data, 1, size, file) != size)
        abort();
    fclose(file);
    struct catalogue *catalogue = catalogue_load(folder, "etc/calendars", &error);
    if (catalogue != NULL)
        ask(catalogue);
    catalogue_free(catalogue);
    return 0;
}
