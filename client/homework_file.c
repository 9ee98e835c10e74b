// SPDX-License-Identifier: GPL-3.0-or-later
// Records what is planned, one draft after the other. Whatever ends it, the same command goes on where it was: dsrd answers what is there.
#include "client/homework.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "client/body.h"
#include "shared/json.h"

enum { BAR_WIDTH = 30 };

static void show_bar(size_t done, size_t total, const json_t *item)
{
    static const char full[] = "##############################", empty[] = "..............................";
    size_t width = total > 0 ? done * BAR_WIDTH / total : BAR_WIDTH;
    if (item == NULL)
        fputs("\r\033[K", stderr);
    else
        fprintf(stderr, "\r\033[K[%.*s%.*s] %zu of %zu  %.24s", (int)width, full, (int)(BAR_WIDTH - width), empty, done, total, json_text(item, "vendor"));
}

static void show_line(size_t done, size_t total, const json_t *item, bool for_several)
{
    const char *ref = json_text(item, "ref"), *subject = for_several ? json_text(item, "subject") : NULL;
    fprintf(stderr, "%zu of %zu: %s, %s%s%s: %s\n", done, total, json_text(item, "vendor"), json_text(item, "right"), subject != NULL ? ", " : "",
            subject != NULL ? subject : "", ref != NULL ? ref : json_text(item, "reason"));
}

static json_t *draft_body(const struct homework *homework, const json_t *item)
{
    json_t *body = json_pack("{s:s, s:s, s:s, s:s, s:b}", "vendor", json_text(item, "vendor"), "right", json_text(item, "right"), "law",
                             json_text(item, "law"), "homework", homework->name, "draft", 1);
    body_set_text(body, "subject", json_text(item, "subject"));
    if (json_text(item, "subject") == NULL)
        body_set_text(body, "residence", json_text(item, "residence"));
    if (json_object_get(item, "courtesy_days") != NULL)
        json_object_set(body, "courtesy_days", json_object_get(item, "courtesy_days"));
    if (homework->anyway)
        json_object_set_new(body, "anyway", json_true());
    return body;
}

// False when the next one would fare no better.
static bool record(struct homework *homework, json_t *item, struct error *error)
{
    json_t *body = draft_body(homework, item);
    json_t *answer = client_write(homework->client, "POST", "/v1/requests", body, error);
    json_decref(body);
    if (answer == NULL) {
        bool skipped = error->code == ERROR_confirmation_needed;
        item_end(item, skipped ? ITEM_SKIPPED : ITEM_FAILED, error->text);
        return error->code != ERROR_unavailable && error->code != ERROR_unauthenticated && error->code != ERROR_forbidden;
    }
    item_set_request(item, answer);
    // What is there already is answered as it stands, which has no list of warnings.
    item_end(item, json_object_get(answer, "warnings") != NULL ? ITEM_RECORDED : ITEM_KNOWN, NULL);
    json_decref(answer);
    return true;
}

bool homework_file(struct homework *homework, struct error *error)
{
    size_t index, done = 0, total = homework_count(homework->items, ITEM_NEW);
    json_t *item;
    bool bar = isatty(STDERR_FILENO) == 1, good = true;
    json_array_foreach(homework->items, index, item) {
        if (!good || !item_is(item, ITEM_NEW))
            continue;
        if (bar)
            show_bar(done, total, item);
        good = record(homework, item, error);
        done++;
        if (!bar)
            show_line(done, total, item, json_array_size(homework->people) > 1);
    }
    if (bar)
        show_bar(done, total, NULL);
    return good;
}
