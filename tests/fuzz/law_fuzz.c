// SPDX-License-Identifier: GPL-3.0-or-later
// A law file from hostile bytes, beside the real calendars and counting rules; and when it is taken, dates by it.
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "law/clock.h"
#include "law/law_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct catalogue *catalogue, struct law *law)
{
    const struct law_event events[] = {{"received", 20000}, {"extension_notice", 20010}, {"appeal_received", 20020}};
    for (const char *const *right = right_words; *right != NULL; right++) {
        struct clock_question question = {.law = law, .right = *right, .events = events, .event_count = 3};
        struct clock_answer answer;
        struct error error;
        if (clocks_compute(catalogue, &question, &answer, &error))
            clock_answer_release(&answer);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct catalogue *catalogue; // loaded once; the laws under test only borrow from it
    struct error error;
    struct conf conf;
    if (catalogue == NULL && (catalogue = catalogue_load("etc/laws", "etc/calendars", &error)) == NULL)
        abort();
    if (!conf_open_text(&conf, (const char *)data, size, "a-law.conf", &error))
        return 0;
    struct law *law = law_file_read(&conf, catalogue);
    conf_release(&conf);
    if (law != NULL)
        ask(catalogue, law);
    law_free(law);
    return 0;
}
