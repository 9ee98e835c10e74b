// SPDX-License-Identifier: GPL-3.0-or-later
// How a draft is sent: the commands to type, or a list to tick off at a form, a portal, a telephone or a state's platform.
#include "client/homework.h"

#include <stdio.h>
#include <string.h>

#include "client/output.h"
#include "law/words.h"
#include "shared/json.h"
#include "shared/text.h"

enum { STEP_INDENT = 8 };

bool homework_is_to_send(const json_t *request)
{
    return text_is(json_text(request, "state"), "draft");
}

bool homework_must_wait(const json_t *request)
{
    return homework_is_to_send(request) && json_text(request, "after") != NULL;
}

const char *homework_next(const json_t *request, char *buffer, size_t size)
{
    const char *status = json_text(request, "status"), *kind = json_text(request, "channel_kind"), *ref = json_text(request, "ref");
    buffer[0] = '\0';
    if (homework_must_wait(request))
        return buffer;
    if (homework_is_to_send(request))
        snprintf(buffer, size, text_is(kind, "email") || text_is(kind, "letter") ? "dsr letter %s" : "dsr log %s sent", ref);
    else if (text_is(status, "overdue") || text_is(status, "ack_overdue") || text_is(status, "answer_to_check"))
        snprintf(buffer, size, "dsr status %s", ref);
    return buffer;
}

static const json_t *channel_of(const json_t *request, const json_t *vendor)
{
    size_t index;
    json_t *channel;
    json_array_foreach(json_object_get(vendor, "channels"), index, channel)
        if (text_is(json_text(request, "channel_id"), json_text(channel, "id")))
            return channel;
    return NULL;
}

// One line. An address of several lines becomes one.
static void print_line(const char *label, const char *text)
{
    struct text line = {0};
    text_format(&line, "    %s", label);
    for (const char *at = text; at != NULL && *at != '\0'; at++) {
        if (*at == '\n')
            text_append(&line, ", ");
        else
            text_append_char(&line, *at);
    }
    output_wrapped(line.text != NULL ? line.text : "", STEP_INDENT);
    text_release(&line);
}

// One line to tick off.
static void print_box(const char *label, const char *text)
{
    struct text line = {0};
    text_format(&line, "[ ] %s", label);
    print_line(line.text != NULL ? line.text : "", text);
    text_release(&line);
}

static void print_where(const char *kind, const json_t *channel, const char *vendor)
{
    const char *address = json_text(channel, "address"), *people = json_text(channel, "people");
    if (address == NULL)
        print_box("Its address is not known here: look in the privacy policy of ", vendor);
    else
        print_box(text_is(kind, "phone") ? "Call " : "Open ", address);
    if (people != NULL)
        print_box("It is for: ", people);
}

static void print_letter(const char *ref, const json_t *channel, bool by_mail)
{
    print_line(by_mail ? "by e-mail to " : "by post to ", json_text(channel, "address"));
    if (json_text(channel, "steps") != NULL)
        print_line("", json_text(channel, "steps"));
    printf("    dsr letter %s    %s\n", ref, by_mail ? "shows the letter" : "prints the letter: sign and post it");
    if (by_mail)
        printf("    dsr send %s      sends it\n", ref);
    else
        printf("    dsr log %s sent --on DATE    when it is in the post\n", ref);
}

static void print_list(const char *ref, const json_t *channel)
{
    if (text_is(json_text(channel, "who"), "patron_only"))
        print_box("Only the person can do this, not staff: it asks for the library card and a code", NULL);
    if (json_text(channel, "steps") != NULL)
        print_box("", json_text(channel, "steps"));
    if (json_text(channel, "subject") != NULL)
        print_box("Subject line: ", json_text(channel, "subject"));
    print_box("Save a picture of the last page, or note whom you spoke to", NULL);
    printf("    [ ] Then type  dsr log %s sent --on DATE\n", ref);
}

void homework_print_steps(const json_t *request, const json_t *vendor)
{
    const json_t *channel = channel_of(request, vendor);
    const char *ref = json_text(request, "ref"), *kind = json_text(request, "channel_kind"), *after = json_text(request, "after");
    const char *taken_over_by = json_text(request, "vendor_now");
    printf("\n%s  %s, %s, %s\n", ref, json_text(request, "vendor"), right_text(json_text(request, "right")), json_text(request, "law_name"));
    if (after != NULL) {
        printf("    Wait for the answer to %s; then `dsr homework status %s --for %s --steps` says how to go on.\n", after,
               json_text(request, "homework"), json_text(request, "subject"));
        return;
    }
    if (taken_over_by != NULL) { // whose channels are not those that the draft names
        printf("    %s was taken over by %s since: `dsr amend %s --vendor %s` asks there.\n", json_text(request, "vendor"), taken_over_by, ref, taken_over_by);
        return;
    }
    if (channel != NULL && (text_is(kind, "email") || text_is(kind, "letter"))) {
        print_letter(ref, channel, text_is(kind, "email"));
    } else {
        print_where(kind, channel, json_text(request, "vendor_name"));
        print_list(ref, channel);
    }
}
