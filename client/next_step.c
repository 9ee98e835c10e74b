// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/next_step.h"

#include <stdio.h>
#include <string.h>

#include "client/dates.h"
#include "shared/date.h"
#include "shared/json.h"
#include "shared/text.h"

struct situation {
    const char *ref, *right, *status, *clock;
    const char *said;      // what the vendor said last, or NULL
    const char *awaits;    // the event that the request waits for
    const char *asked_for; // the event that gives what the vendor has asked for, or NULL
    const char *own;       // the person's own clock that runs, or NULL
    const char *own_due;
    const char *after;     // the request whose answer a draft should wait for, or NULL
    const char *letter;    // the one that `dsr send` writes, or NULL
    const char *subject;
    bool ended;            // the patron's authority: dsrd sends nothing more for it
    bool may_complain;     // the law names an authority for that
    bool acknowledges;     // the law asks for an acknowledgement, which has not come
    bool complained, legal;
};

static const char *thing(const struct situation *at)
{
    return text_is(at->right, "complaint") ? "complaint" : "request";
}

// What has come when the awaited event is logged.
static const char *when_done(const struct situation *at)
{
    if (text_is(at->awaits, "appeal_answered"))
        return "when the vendor answers the appeal";
    if (text_is(at->awaits, "complaint_answered"))
        return "when the complaint is answered";
    if (text_is(at->awaits, "drop_retrieved"))
        return "when the platform shows that the vendor fetched the request";
    if (text_is(at->right, "opt_out") || text_is(at->right, "limit_sensitive"))
        return "when the vendor says, or its site shows, that it is done";
    return "when the vendor answers";
}

static void print_asked(const struct situation *at)
{
    static const char *const given[][2] = {{"identity_provided", "proof of who you are"},
                                           {"clarification_provided", "what exactly you mean"},
                                           {"fee_paid", "a fee"},
                                           {"fee_confirmed", "your consent to a fee"}};
    const char *what = "something";
    for (size_t i = 0; i < sizeof given / sizeof given[0]; i++)
        if (text_is(at->asked_for, given[i][0]))
            what = given[i][1];
    printf("Next: the vendor has asked you for %s; when you have given it, type  dsr log %s %s\n", what, at->ref, at->asked_for);
    if (text_is(at->asked_for, "identity_provided") && !at->ended)
        printf("      If it asks for more than it needs,  dsr send %s --kind identity  says so.\n", at->ref);
}

static void print_ended(const struct situation *at)
{
    printf("Next: the patron's authority has ended, so nothing more is sent until a new one is recorded (`dsr authority add %s`)", at->subject);
}

static void print_refused(const struct situation *at)
{
    bool complains = at->may_complain && !at->complained;
    if (at->ended) {
        print_ended(at);
        printf(";\n      or leave it at the refusal:  dsr close %s denied --reason WORD\n", at->ref);
    } else if (text_is(at->letter, "appeal") && complains)
        printf("Next: the vendor refused. Appeal or complain: `dsr send %s` writes the appeal, --kind complaint the complaint, and says to\n"
               "      whom; what went another way you record:  dsr log %s appeal_sent  or  dsr log %s complaint_sent ; or leave it at that:\n"
               "      dsr close %s denied --reason WORD\n",
               at->ref, at->ref, at->ref, at->ref);
    else if (text_is(at->letter, "appeal"))
        printf("Next: the vendor refused. Appeal: `dsr send %s` writes the appeal; one that went another way you record:  dsr log %s appeal_sent ;\n"
               "      or leave it at that:  dsr close %s denied --reason WORD\n",
               at->ref, at->ref, at->ref);
    else if (complains)
        printf("Next: the vendor refused. Complain: `dsr send %s` writes the complaint, and says to whom; one that went another way you record:\n"
               "      dsr log %s complaint_sent ; or leave it at that:  dsr close %s denied --reason WORD\n",
               at->ref, at->ref, at->ref);
    else
        printf("Next: the vendor refused%s; when nothing more comes of it, type  dsr close %s denied --reason WORD\n",
               at->complained ? ", and you have complained" : " (`dsr explain` says what its law gives you)", at->ref);
}

static void print_answered(const struct situation *at)
{
    if (text_is(at->said, "refused"))
        print_refused(at);
    else if (text_is(at->said, "referred"))
        printf("Next: the vendor referred you to somebody else: ask there, then type  dsr close %s referred_to_library\n", at->ref);
    else if (text_is(at->said, "appeal_answered"))
        printf("Next: check the answer to the appeal, then type  dsr close %s fulfilled , or  dsr close %s denied --reason WORD\n", at->ref, at->ref);
    else if (text_is(at->said, "complaint_answered"))
        printf("Next: check the answer to the complaint, then type  dsr close %s fulfilled  (or another outcome)\n", at->ref);
    else
        printf("Next: check the answer, then type  dsr close %s fulfilled  (or another outcome)\n", at->ref);
    if (text_is(at->said, "appeal_answered") && !at->complained)
        printf("      You may still complain (`dsr explain %s` says to whom):  dsr log %s complaint_sent\n", at->ref, at->ref);
}

// Which letter `dsr send` writes about what is late, and whether a complaint is another way.
static void print_late(const struct situation *at)
{
    const char *or_complain = at->legal && at->may_complain && !at->complained ? ", or complain (--kind complaint)" : "";
    const char *late = text_is(at->awaits, "appeal_answered") ? "the appeal" : text_is(at->awaits, "complaint_answered") ? "the complaint" : "the request";
    if (at->ended)
        print_ended(at);
    else if (text_is(at->letter, "complaint"))
        printf("Next: %s was not answered in time: `dsr send %s` writes the complaint, and says to whom%s", late, at->ref,
               at->complained ? " (one is in the record already)" : "");
    else if (text_is(at->letter, "extension_challenge"))
        printf("Next: the vendor said too late that it needs more time: `dsr send %s` writes that to it%s", at->ref, or_complain);
    else if (text_is(at->letter, "overdue"))
        printf("Next: ask again (`dsr send %s` writes the letter)%s", at->ref, or_complain);
    else
        printf("Next: %s was not answered in time", late);
}

static void print_overdue(const struct situation *at)
{
    bool only_acknowledges = text_is(at->status, "ack_overdue") || text_is(at->clock, "complaint_ack");
    if (text_is(at->said, "deemed_refused"))
        printf("Next: the silence counts as a refusal%s. If the vendor answers after all, type  dsr log %s answered ;\n"
               "      if not,  dsr close %s no_answer\n",
               at->complained ? ", and you have complained" : "", at->ref, at->ref);
    else if (only_acknowledges && !at->ended)
        printf("Next: ask whether the vendor has the %s (`dsr send %s` writes to it); when it confirms, type  dsr log %s acknowledged\n", thing(at), at->ref, at->ref);
    else {
        print_late(at);
        printf(";\n      %s, type  dsr log %s %s\n", only_acknowledges ? "when it confirms" : when_done(at), at->ref, only_acknowledges ? "acknowledged" : at->awaits);
    }
}

static void print_waiting(const struct situation *at)
{
    if (text_is(at->status, "paused"))
        printf("Next: its time begins when the vendor has made sure who is asking; then type  dsr log %s authenticated\n", at->ref);
    else if (at->acknowledges)
        printf("Next: wait; when the vendor confirms, type  dsr log %s acknowledged ; %s,  dsr log %s %s\n", at->ref,
               when_done(at), at->ref, at->awaits);
    else if (at->clock != NULL)
        printf("Next: wait; %s, type  dsr log %s %s\n", when_done(at), at->ref, at->awaits);
    else
        printf("Next: no deadline of the vendor runs; %s, type  dsr log %s %s\n", when_done(at), at->ref, at->awaits);
}

// The time in which the person must act, while there is any left.
static void print_own(const struct situation *at)
{
    date due;
    bool matters = text_is(at->said, "refused") || text_is(at->said, "deemed_refused") || text_is(at->status, "closed") || text_is(at->status, "overdue") ||
                   text_is(at->right, "complaint");
    if (at->own == NULL || !matters || !date_parse(at->own_due, &due) || due < dates_today())
        return;
    if (text_is(at->own, "complain"))
        printf("You may complain until %s (`dsr explain %s` says to whom):  dsr log %s complaint_sent\n", at->own_due, at->ref, at->ref);
    else
        printf("Your own time (%s) ends on %s; `dsr explain %s` says why.\n", at->own, at->own_due, at->ref);
}

void next_step_print(const json_t *answer)
{
    const json_t *request = json_object_get(answer, "request"), *next = json_object_get(answer, "next");
    const struct situation at = {
        .ref = json_text(request, "ref"), .right = json_text(request, "right"), .status = json_text(request, "status"),
        .clock = json_text(request, "clock"), .said = json_text(next, "said"), .awaits = json_text(next, "awaits"),
        .asked_for = json_text(next, "asked_for"), .own = json_text(next, "own"), .own_due = json_text(next, "own_due"),
        .after = json_text(request, "after"), .letter = json_text(next, "letter"), .subject = json_text(request, "subject"),
        .ended = json_text(next, "authority_ended") != NULL, .may_complain = json_is_true(json_object_get(next, "may_complain")),
        .acknowledges = json_text(request, "ack_due") != NULL, .complained = json_is_true(json_object_get(next, "complained")),
        .legal = json_is_true(json_object_get(request, "legal")),
    };
    if (json_integer_value(json_object_get(answer, "replies")) > 0)
        puts("The vendor has written, or a letter came back: `dsr inbox list` shows what, and how to record it.");
    if (text_is(at.status, "draft") && at.ended) {
        print_ended(&at);
        putchar('\n');
    } else if (text_is(at.status, "draft") && at.after != NULL)
        printf("Next: wait for the answer to %s; then `dsr send %s` sends it, or send it and type  dsr log %s sent\n", at.after, at.ref, at.ref);
    else if (text_is(at.status, "draft"))
        printf("Next: `dsr send %s` sends it; or send it, then type  dsr log %s sent\n", at.ref, at.ref);
    else if (text_is(at.status, "closed"))
        printf("It is closed. `dsr reopen %s` opens it again.\n", at.ref);
    else if (text_is(at.status, "answer_to_check"))
        print_answered(&at);
    else if (at.asked_for != NULL)
        print_asked(&at);
    else if (text_is(at.status, "ack_overdue") || text_is(at.status, "overdue"))
        print_overdue(&at);
    else
        print_waiting(&at);
    print_own(&at);
}
