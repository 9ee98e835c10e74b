// SPDX-License-Identifier: GPL-3.0-or-later
#include "inbox/classify.h"

#include <string.h>

#include "inbox/bounce.h"
#include "inbox/phrases.h"

const char *reply_kind_name(enum reply_kind kind)
{
    static const char *const names[] = {"bounce_hard", "bounce_soft", "report", "auto_ack", "out_of_office", "answer"};
    return names[kind];
}

// The first that is stated: what asks for something to be done goes before what only informs.
static const char *event_of(const char *words)
{
    static const struct {
        const char *const *list;
        const char *event;
    } order[] = {
        {phrases_identity, "identity_requested"}, {phrases_fee, "fee_requested"}, {phrases_extension, "extension_notice"}, {phrases_referred, "referred"},
        {phrases_refused, "refused"}, {phrases_answered, "answered"}, {phrases_clarification, "clarification_requested"}, {phrases_received, "acknowledged"},
    };
    for (size_t i = 0; i < sizeof order / sizeof order[0]; i++)
        if (phrases_hold(words, order[i].list))
            return order[i].event;
    return NULL;
}

// Help desks mark as automatic what a person of theirs wrote: "auto-generated" alone says little, "auto-replied" (RFC 3834) much.
static struct classification classify_words(const struct reply *reply, const char *subject, const char *words)
{
    bool replied = strcmp(reply->auto_submitted, "auto-replied") == 0 || reply->autoreply_header || reply->vacation_header ||
                   strcmp(reply->precedence, "auto_reply") == 0 || phrases_hold(subject, phrases_automatic);
    bool machine = replied || reply->null_return_path || strcmp(reply->precedence, "bulk") == 0 || strcmp(reply->precedence, "junk") == 0 ||
                   (reply->auto_submitted[0] != '\0' && strcmp(reply->auto_submitted, "no") != 0) || phrases_hold(words, phrases_automatic);
    bool absent = phrases_hold(subject, phrases_absent) || (machine && phrases_hold(words, phrases_absent));
    const char *event = event_of(words);
    if (reply->vacation_header || (machine && absent) || (absent && phrases_hold(subject, phrases_absent)))
        return (struct classification){REPLY_OUT_OF_OFFICE, NULL};
    bool received = phrases_hold(words, phrases_received) || phrases_hold(subject, phrases_received);
    if (machine && received)
        return (struct classification){REPLY_AUTO_ACK, "acknowledged"};
    if (replied && event == NULL)
        return (struct classification){REPLY_AUTO_ACK, NULL};
    return (struct classification){REPLY_ANSWER, event};
}

struct classification classify(const struct reply *reply)
{
    static const enum reply_kind kinds[] = {[BOUNCE_HARD] = REPLY_BOUNCE_HARD, [BOUNCE_SOFT] = REPLY_BOUNCE_SOFT, [BOUNCE_REPORT] = REPLY_REPORT};
    struct text own = {0}, words = {0}, subject = {0};
    struct classification result = {REPLY_ANSWER, NULL};
    if (reply->text.text != NULL)
        reply_own_words(reply->text.text, &own);
    if (own.text != NULL)
        phrases_fold(own.text, &words);
    if (reply->subject.text != NULL)
        phrases_fold(reply->subject.text, &subject);
    const char *said = words.text != NULL ? words.text : "", *about = subject.text != NULL ? subject.text : "";
    enum bounce bounce = bounce_of(reply, about, own.text != NULL ? own.text : "", said);
    if (bounce != BOUNCE_NONE)
        result.kind = kinds[bounce];
    else
        result = classify_words(reply, about, said);
    text_release(&own);
    text_release(&words);
    text_release(&subject);
    return result;
}
