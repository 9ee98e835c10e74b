// SPDX-License-Identifier: GPL-3.0-or-later
#include "law/clock.h"

#include <stdlib.h>
#include <string.h>

#include "law/clock_state.h"
#include "law/clock_work.h"
#include "law/count.h"
#include "law/hash.h"
#include "law/next_free.h"
#include "law/steps.h"
#include "shared/memory.h"

enum { COURTESY_DAYS = 30 };

static const char *const channel_names[] = {"unknown", "email", "webform", "portal", "phone", "letter", "state_platform"};
static const char *const state_names[] = {"running", "paused", "met", "void"};

const char *channel_kind_name(enum channel_kind kind)
{
    return channel_names[kind];
}

bool channel_kind_parse(const char *name, enum channel_kind *kind)
{
    for (unsigned i = 1; i < sizeof channel_names / sizeof channel_names[0]; i++)
        if (strcmp(channel_names[i], name) == 0) {
            *kind = (enum channel_kind)i;
            return true;
        }
    return false;
}

const char *clock_state_name(enum clock_state state)
{
    return state_names[state];
}

const char *clock_party_name(enum clock_party party)
{
    return party == PARTY_VENDOR ? "vendor" : "requester";
}

const struct clock *clock_answer_find(const struct clock_answer *answer, const char *id)
{
    for (size_t i = 0; i < answer->clock_count; i++)
        if (strcmp(answer->clocks[i].id, id) == 0)
            return &answer->clocks[i];
    return NULL;
}

void clock_answer_release(struct clock_answer *answer)
{
    for (size_t i = 0; i < answer->clock_count; i++)
        steps_release(&answer->clocks[i]);
    free(answer->clocks);
    *answer = (struct clock_answer){.received = DATE_NONE};
}

static bool is_complaint(const struct clock_work *work)
{
    return strcmp(work->question->right, "complaint") == 0;
}

static bool counts_from_receipt(const struct clock_work *work, const struct law_clock *rule)
{
    return strcmp(rule->from, "received") == 0 || strcmp(rule->from, "relevant_time") == 0 || facts_is_of_request(work->question, rule->from);
}

// The refusal, said or, under laws that take silence for one, deemed. Silence is one when the time to answer is over, not on the later
// day on which somebody writes that down: that would give the person more time than the law does.
static date refusal(const struct clock_work *work)
{
    date said = facts_first(work->question, "refused"), deemed = facts_first(work->question, "deemed_refused");
    const struct clock *respond = clock_answer_find(work->answer, "respond");
    if (deemed != DATE_NONE && respond != NULL && respond->latest != DATE_NONE && respond->latest < deemed)
        deemed = respond->latest;
    return said == DATE_NONE || (deemed != DATE_NONE && deemed < said) ? deemed : said;
}

// The day the clock counts from; DATE_NONE when that has not happened.
static date trigger_of(const struct clock_work *work, const struct law_clock *rule)
{
    const struct facts *facts = &work->facts;
    if (strcmp(rule->from, "received") == 0)
        return facts->received;
    if (strcmp(rule->from, "relevant_time") == 0)
        return facts->relevant;
    if (strcmp(rule->from, "appeal_received") == 0)
        return facts->appeal;
    if (facts_is_of_request(work->question, rule->from))
        return facts->received;
    date on = rule->repeats ? facts_last(work->question, rule->from) : facts_first(work->question, rule->from);
    // What is sent to a state's platform is submitted there.
    if (strcmp(rule->from, "drop_submitted") == 0 && on == DATE_NONE && work->question->channel == CHANNEL_STATE_PLATFORM)
        on = facts->sent;
    if (law_clock_counts_from_refusal(rule))
        on = refusal(work);
    return on;
}

static bool condition_holds(const struct clock_work *work, const struct law_clock *rule)
{
    if (rule->when < 0)
        return true;
    const char *when = when_words[rule->when];
    // While nobody knows whether the address is a designated one, the shorter time is shown.
    if (strcmp(when, "designated_address") == 0)
        return work->question->designation != OTHER_ADDRESS;
    if (strcmp(when, "other_address") == 0)
        return work->question->designation == OTHER_ADDRESS;
    return false;
}

// Rights and days are what decides whether a rule is in force for this request.
static bool applies(const struct clock_work *work, const struct law_clock *rule, date trigger)
{
    return trigger != DATE_NONE && (rule->rights & (1u << right_index(work->question->right))) != 0 &&
           condition_holds(work, rule) && (rule->from_date == DATE_NONE || trigger >= rule->from_date) &&
           (rule->until_date == DATE_NONE || trigger < rule->until_date);
}

static const struct calendar *calendar_of(const struct clock_work *work, const struct law_clock *rule)
{
    const struct counting *counting = rule->counting;
    // Only laws that look to the controller's country let a calendar be chosen; the others name theirs.
    if (counting->controllers_calendar && work->question->calendar != NULL)
        return catalogue_calendar(work->catalogue, work->question->calendar);
    return counting->calendar;
}

static const char *weaker(const char *a, const char *b)
{
    return confidence_rank(a) > confidence_rank(b) ? a : b;
}

// One way to read a rule: which days are off, and on which of them no period ends.
struct reading {
    const struct calendar *calendar;
    const struct roll *roll;
};

static struct reading reading_shown(const struct clock_work *work, const struct law_clock *rule)
{
    return (struct reading){calendar_of(work, rule), &rule->counting->roll};
}

// Leaves out the days on which the vendor waited for an answer: each makes the time one day longer. A question asked when the time was
// over takes nothing out; one on a day to which the last day had moved makes it go on from there.
static date leave_out(const struct clock_work *work, const struct law_clock *rule, date day_0, struct reading reading,
                      struct working working, date day)
{
    char text[DATE_TEXT_SIZE];
    struct working silent = {NULL, working.failed, ""};
    struct awaited days = {.asked = DATE_NONE, .to = day_0 - 1};
    // Clarification takes days out of what is counted from receipt, and of nothing else.
    if (!work->facts.takes_days_out || !clock_counts_from_receipt(rule))
        return day;
    while (facts_next_awaited(work->question, &days)) {
        int waited = days.to - days.from + 1;
        if (days.from > count_roll(day, reading.roll, reading.calendar, "", silent))
            break;
        if (days.from > day)
            day = count_roll(day, reading.roll, reading.calendar, rule->counting->cite, working);
        day += waited;
        if (working.clock != NULL)
            step_add(working.clock, working.failed, "pause", work->question->law->clarification_cite, day,
                     "%d day%s on which the vendor waited for the person's answer %s not counted: %s.", waited, waited == 1 ? "" : "s",
                     waited == 1 ? "is" : "are", date_format_long(day, text));
    }
    return day;
}

static date last_day(const struct clock_work *work, const struct law_clock *rule, date trigger, struct reading reading, int n,
                     struct working working, date *raw)
{
    char text[DATE_TEXT_SIZE];
    date day_0 = rule->not_before != DATE_NONE && trigger < rule->not_before ? rule->not_before : trigger;
    if (day_0 != trigger && working.clock != NULL)
        step_add(working.clock, working.failed, "day_0", rule->cite, day_0, "What came before %s counts from that day.",
                 date_format_long(day_0, text));
    date day = count_units(day_0, n, rule->unit, reading.calendar, working);
    if (day != DATE_NONE)
        day = leave_out(work, rule, day_0, reading, working, day);
    *raw = day;
    return day == DATE_NONE ? DATE_NONE : count_roll(day, reading.roll, reading.calendar, rule->counting->cite, working);
}

static const char *reset_cite(const struct clock_work *work)
{
    bool by_fee = strncmp(work->facts.relevant_why, "fee_", 4) == 0;
    return by_fee ? work->question->law->fee_cite : work->question->law->identity_cite;
}

static void explain_assumption(struct clock_work *work, struct clock *clock, const char *what, date sent, date received)
{
    char text[DATE_TEXT_SIZE], other[DATE_TEXT_SIZE];
    if (work->facts.travel_days > 0)
        step_add(clock, &work->failed, "assumption", "", received,
                 "No receipt%s is recorded; a letter sent on %s is assumed to arrive %d days later, on %s.", what,
                 date_format_long(sent, text), work->facts.travel_days, date_format_long(received, other));
    else
        step_add(clock, &work->failed, "assumption", "", received,
                 "No receipt%s is recorded; what is sent electronically is assumed to arrive at once, on %s.", what,
                 date_format_long(received, text));
}

static void explain_start(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date trigger)
{
    char text[DATE_TEXT_SIZE];
    const struct facts *facts = &work->facts;
    bool from_receipt = counts_from_receipt(work, rule);
    if (clock->bare)
        return;
    if (clock->assumed && from_receipt)
        explain_assumption(work, clock, "", facts->sent, facts->received);
    else if (clock->assumed)
        explain_assumption(work, clock, " of the appeal", facts_first(work->question, "appeal_sent"), facts->appeal);
    if (strcmp(rule->from, "relevant_time") == 0 && facts->relevant_why != NULL)
        step_add(clock, &work->failed, "reset", reset_cite(work), trigger,
                 strcmp(facts->relevant_why, "fee_confirmed") == 0
                     ? "The time starts when the days for thinking over the fee end (%s), on %s."
                     : "The time starts anew with %s, on %s.",
                 facts->relevant_why, date_format_long(trigger, text));
    step_add(clock, &work->failed, "day_0", rule->cite, trigger, "Day 0 is %s (%s).", date_format_long(trigger, text),
             from_receipt ? from_text("received") : from_text(rule->from));
    if (rule->when >= 0 && work->question->designation == DESIGNATION_UNKNOWN)
        step_add(clock, &work->failed, "assumption", rule->cite, DATE_NONE,
                 "It is not said whether the address is the one the vendor designated; the time for a designated one is shown.");
}

// Where the law leaves open whether a last day moves, the clock shows the day as it falls, and is late only after the moved one.
static void compute_latest_roll(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date trigger)
{
    char text[DATE_TEXT_SIZE];
    struct working silent = {NULL, &work->failed, ""};
    struct reading reading = {calendar_of(work, rule), &rule->counting->latest_roll};
    date raw;
    clock->latest = last_day(work, rule, trigger, reading, rule->n, silent, &raw);
    if (clock->latest > clock->due)
        step_add(clock, &work->failed, "reading", rule->counting->cite, clock->latest,
                 "The law leaves open whether such a last day moves on. Read most generously it is %s; only after that is it called late.",
                 date_format_long(clock->latest, text));
}

static void compute_readings(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date trigger)
{
    char text[DATE_TEXT_SIZE];
    struct working silent = {NULL, &work->failed, ""};
    const struct counting *counting = rule->counting;
    date raw;
    clock->earliest = clock->latest = clock->due;
    if (counting->rolls_latest)
        compute_latest_roll(work, clock, rule, trigger);
    if (counting->earliest != NULL) {
        struct reading reading = {counting->earliest, &counting->roll};
        clock->earliest = last_day(work, rule, trigger, reading, rule->n, silent, &raw);
        step_add(clock, &work->failed, "reading", counting->cite, clock->earliest,
                 "The law leaves open which days count: read most strictly (calendar %s) the last day is %s.", counting->earliest->id,
                 date_format_long(clock->earliest, text));
    }
    if (counting->latest != NULL) {
        struct reading reading = {counting->latest, counting->rolls_latest ? &counting->latest_roll : &counting->roll};
        clock->latest = last_day(work, rule, trigger, reading, rule->n, silent, &raw);
        step_add(clock, &work->failed, "reading", counting->cite, clock->latest,
                 "Read most generously (calendar %s) it is %s; only after that is it called late.", counting->latest->id,
                 date_format_long(clock->latest, text));
    }
    if (clock->earliest > clock->due)
        clock->earliest = clock->due;
    if (clock->latest < clock->due)
        clock->latest = clock->due;
}

// A day that only a holiday moved is no surer than the calendar that names the holiday.
static void weigh_calendar(struct clock_work *work, struct clock *clock, const struct law_clock *rule)
{
    struct working silent = {NULL, &work->failed, ""};
    const struct calendar *calendar = calendar_of(work, rule);
    struct roll weekend = rule->counting->roll;
    weekend.holiday = false;
    if (calendar != NULL && count_roll(clock->raw, &weekend, calendar, "", silent) != clock->due)
        clock->confidence = weaker(clock->confidence, calendar->confidence);
}

static void hash_clock(const struct clock_work *work, const struct law_clock *rule, struct clock *clock)
{
    const struct calendar *used[] = {calendar_of(work, rule), rule->counting->earliest, rule->counting->latest};
    struct hash_part parts[4] = {{work->question->law->hash, HASH_TEXT_SIZE}};
    size_t count = 1;
    for (size_t i = 0; i < 3; i++)
        if (used[i] != NULL)
            parts[count++] = (struct hash_part){used[i]->hash, HASH_TEXT_SIZE};
    hash_parts(parts, count, clock->hash);
}

// EDPB Guidelines 01/2022, 157-159: time may stand still while the controller, with reasonable doubts and without delay,
// asks who the person is. The date is not moved for it, but the person should know.
static void explain_suspension(struct clock_work *work, struct clock *clock, const struct law_clock *rule)
{
    char text[DATE_TEXT_SIZE];
    const struct facts *facts = &work->facts;
    const struct law *law = work->question->law;
    bool from_receipt = strcmp(rule->from, "received") == 0 && rule->party == PARTY_VENDOR;
    if (law->identity == IDENTITY_NONE || law->identity == IDENTITY_RESETS || facts->identity_asked == DATE_NONE ||
        !from_receipt)
        return;
    if (law->identity != IDENTITY_SUSPENDS) {
        step_add(clock, &work->failed, "identity", law->identity_cite, facts->identity_asked,
                 "The vendor asked for proof of identity; this law does not stop the time for that.");
        return;
    }
    if (facts->identity_given == DATE_NONE || facts->identity_given < facts->identity_asked) {
        step_add(clock, &work->failed, "identity", law->identity_cite, facts->identity_asked,
                 "The vendor asked for proof of identity; if it had good reason to, its time stands still until the answer.");
        return;
    }
    struct working silent = {NULL, &work->failed, ""};
    date would_be = count_roll(clock->raw + (facts->identity_given - facts->identity_asked), &rule->counting->roll,
                               calendar_of(work, rule), rule->counting->cite, silent);
    step_add(clock, &work->failed, "identity", law->identity_cite, would_be,
             "If the vendor had good reason to ask for proof of identity, its last day would be %s.",
             date_format_long(would_be, text));
}

static bool fill_clock(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date trigger)
{
    const struct law *law = work->question->law;
    const struct calendar *calendar = calendar_of(work, rule);
    bool assumed = counts_from_receipt(work, rule) ? work->facts.assumed
                                                   : strcmp(rule->from, "appeal_received") == 0 && work->facts.appeal_assumed;
    *clock = (struct clock){.id = rule->id, .party = rule->party, .extended = DATE_NONE, .legal = law_is_statute(law) && !rule->advisory,
                            .confidence = weaker(rule->confidence, rule->counting->confidence), .cite = rule->cite,
                            .assumed = assumed, .bare = work->question->bare};
    if (!clock->bare)
        hash_clock(work, rule, clock);
    explain_start(work, clock, rule, trigger);
    if (!clock->legal)
        step_add(clock, &work->failed, "courtesy", rule->cite, DATE_NONE, "This is a %s date, not a legal deadline.",
                 rule->advisory ? "guidance" : "courtesy");
    int n = !law_is_statute(law) && work->question->courtesy_days > 0 ? work->question->courtesy_days : rule->n;
    struct working working = {clock->bare ? NULL : clock, &work->failed, rule->cite};
    clock->due = last_day(work, rule, trigger, reading_shown(work, rule), n, working, &clock->raw);
    if (clock->due == DATE_NONE)
        return error_set(work->error, ERROR_invalid, "received", "The last day of %s would lie beyond the year 9990.", rule->id);
    if (calendar != NULL && calendar->table_until != DATE_NONE && clock->due > calendar->table_until) {
        clock->confidence = weaker(clock->confidence, "likely");
        step_add(clock, &work->failed, "horizon", "", calendar->table_until,
                 "The calendar %s knows its yearly proclaimed days only until then; check the days after it.", calendar->id);
    }
    weigh_calendar(work, clock, rule);
    compute_readings(work, clock, rule, trigger);
    explain_suspension(work, clock, rule);
    if (strcmp(clock->confidence, "sure") != 0)
        step_add(clock, &work->failed, "confidence", rule->cite, DATE_NONE,
                 "This figure or its counting is marked %s, not sure: check it before relying on it.", clock->confidence);
    return true;
}

// The notice of extension meant for this clock: one given after an appeal came in is about the appeal.
static date notice_for(const struct clock_work *work, const struct clock *clock, date trigger)
{
    const struct clock_question *question = work->question;
    date appeal = work->facts.appeal;
    bool of_appeal = strncmp(clock->id, "appeal", 6) == 0;
    date first = DATE_NONE;
    for (size_t i = 0; i < question->event_count; i++) {
        date on = question->events[i].on;
        if (strcmp(question->events[i].event, "extension_notice") != 0)
            continue;
        bool fits = of_appeal ? on >= trigger : appeal == DATE_NONE || on < appeal;
        if (fits && (first == DATE_NONE || on < first))
            first = on;
    }
    return first;
}

// An extension without a number lasts to the day that the notice names. It shortens no reading of the law.
static void extend_to_named_day(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date notice)
{
    char text[DATE_TEXT_SIZE], other[DATE_TEXT_SIZE], due[DATE_TEXT_SIZE];
    date named = facts_last(work->question, "extension_until");
    date_format_long(notice, text);
    date_format_long(named, other);
    date_format_long(clock->due, due);
    if (named == DATE_NONE) {
        step_add(clock, &work->failed, "extension", rule->cite, notice,
                 "The vendor gave notice in time, on %s; until the day it named is recorded (extension_until), %s stands.", text, due);
    } else if (named < clock->due) {
        step_add(clock, &work->failed, "extension", rule->cite, notice,
                 "The vendor gave notice in time, on %s, but named %s, which is before the first last day: %s stands.", text, other, due);
    } else {
        step_add(clock, &work->failed, "extension", rule->cite, named,
                 "The vendor gave notice in time, on %s, and named %s as the last day.", text, other);
        clock->due = clock->raw = named;
        if (strcmp(clock->id, "respond") == 0)
            work->answer->extension_until = named;
    }
    if (named != DATE_NONE && named > clock->earliest)
        clock->earliest = named < clock->due ? named : clock->due;
    if (clock->earliest == named && named < clock->due)
        step_add(clock, &work->failed, "reading", rule->cite, named, "Read most strictly, that day is the last.");
    if (clock->latest < clock->due)
        clock->latest = clock->due;
}

static bool extend_by_notice(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date trigger)
{
    char text[DATE_TEXT_SIZE], other[DATE_TEXT_SIZE];
    date notice = notice_for(work, clock, trigger);
    bool of_answer = strcmp(clock->id, "respond") == 0;
    if (notice == DATE_NONE)
        return true;
    bool in_time = rule->notice_any_day || notice <= clock->latest;
    if (of_answer)
        work->answer->extension = in_time ? EXTENSION_VALID : EXTENSION_VOID;
    if (!in_time) {
        step_add(clock, &work->failed, "extension", rule->cite, notice,
                 "The notice of extension is dated %s, after the first last day (%s): it is void and the first day stands.",
                 date_format_long(notice, text), date_format_long(clock->latest, other));
        return true;
    }
    clock->confidence = weaker(clock->confidence, rule->confidence);
    if (rule->n == LENGTH_OPEN) {
        extend_to_named_day(work, clock, rule, notice);
        return true;
    }
    step_add(clock, &work->failed, "extension", rule->cite, clock->extended,
             "The vendor gave notice in time, on %s. The time is counted anew from day 0, %d %s in all: the last day is %s.",
             date_format_long(notice, text), rule->n, unit_words[rule->unit], date_format_long(clock->extended, other));
    struct working working = {clock->bare ? NULL : clock, &work->failed, rule->cite};
    clock->due = last_day(work, rule, trigger, reading_shown(work, rule), rule->n, working, &clock->raw);
    weigh_calendar(work, clock, rule);
    compute_readings(work, clock, rule, trigger);
    return true;
}

// Applies the law's extension to the clock it extends.
static bool extend(struct clock_work *work, struct clock *clock, const struct law_clock *rule, date trigger)
{
    struct working silent = {NULL, &work->failed, ""};
    date raw = DATE_NONE;
    if (rule->n != LENGTH_OPEN)
        clock->extended = last_day(work, rule, trigger, reading_shown(work, rule), rule->n, silent, &raw);
    if (rule->n != LENGTH_OPEN && clock->extended == DATE_NONE)
        return error_set(work->error, ERROR_invalid, "received", "The extended day would lie beyond the year 9990.");
    if (strcmp(clock->id, "respond") == 0) {
        work->answer->extension_notice_by = rule->notice_any_day ? DATE_NONE : clock->due;
        work->answer->extension_until = clock->extended;
        work->answer->extension_raw = raw;
    }
    return extend_by_notice(work, clock, rule, trigger);
}

static bool add_clock(struct clock_work *work, const struct law_clock *rule)
{
    date trigger = trigger_of(work, rule);
    if (rule->extends)
        return true;
    bool begun = trigger != DATE_NONE;
    if (!begun && clock_waits(work, rule) && applies(work, rule, work->facts.received))
        trigger = work->facts.received; // a clock that waits is shown, without dates
    if (!applies(work, rule, trigger))
        return true;
    const struct law *law = work->question->law;
    struct clock *clock = &work->answer->clocks[work->answer->clock_count++];
    if (!fill_clock(work, clock, rule, trigger))
        return false;
    for (size_t i = 0; i < law->clock_count; i++) {
        const struct law_clock *extension = &law->clocks[i];
        if (extension->extends && strcmp(extension->extended_clock, rule->id) == 0 &&
            applies(work, extension, trigger_of(work, extension)) &&
            !extend(work, clock, extension, trigger_of(work, extension)))
            return false;
    }
    if (!begun)
        steps_release(clock); // they tell how the time would run, had it begun
    clock_settle(work, clock, rule, trigger);
    if (clock->due == DATE_NONE && strcmp(clock->id, "respond") == 0) { // nor can it be said yet whether a notice came in time
        work->answer->extension_notice_by = work->answer->extension_until = work->answer->extension_raw = DATE_NONE;
        work->answer->extension = EXTENSION_NONE;
    }
    return true;
}

// The person may complain when the vendor refused, or when its time ran out without an answer.
static bool add_deemed(struct clock_work *work, const struct law_clock *rule)
{
    if (clock_answer_find(work->answer, rule->id) != NULL)
        return true;
    const struct clock *respond = clock_answer_find(work->answer, "respond");
    if (respond == NULL || respond->state != CLOCK_RUNNING || !applies(work, rule, respond->latest))
        return true;
    struct clock *clock = &work->answer->clocks[work->answer->clock_count++];
    if (!fill_clock(work, clock, rule, respond->latest))
        return false;
    clock_settle(work, clock, rule, respond->latest);
    return true;
}

static bool check_question(const struct clock_work *work, struct error *error)
{
    const struct clock_question *question = work->question;
    char text[DATE_TEXT_SIZE], other[DATE_TEXT_SIZE];
    if (question->calendar != NULL && !catalogue_check_calendar(work->catalogue, question->calendar, error)) {
        error->code = ERROR_invalid; // a value of the question, not what it is about
        return false;
    }
    date received = work->facts.received;
    if (received < date_make(1900, 1, 1) || received > date_make(9900, 1, 1))
        return error_set(error, ERROR_invalid, "received", "The day of receipt must lie between 1900 and 9900.");
    // Under a law that did not give the right yet, there is nothing to count.
    if (!law_has_right(question->law, question->right, received) && !is_complaint(work)) {
        date from = law_right_from(question->law, question->right);
        return error_set(error, ERROR_invalid, "right", "The %s gives the right %s only from %s, and the request came before that, on %s.",
                         question->law->short_name, question->right, date_format(from, text), date_format(received, other));
    }
    return true;
}

bool clocks_compute(const struct catalogue *catalogue, const struct clock_question *question,
                    struct clock_answer *answer, struct error *error)
{
    struct clock_work work = {.catalogue = catalogue, .question = question, .answer = answer, .error = error};
    const struct law *law = question->law;
    *answer = (struct clock_answer){.received = DATE_NONE, .extension_notice_by = DATE_NONE, .extension_until = DATE_NONE,
                                    .extension_raw = DATE_NONE,
                                    .next_free_from = DATE_NONE};
    if (!law_check_right(law, question->right, error) || !facts_gather(question, &work.facts, error) || !check_question(&work, error))
        return false;
    answer->received = work.facts.received;
    answer->received_assumed = work.facts.assumed;
    answer->clocks = calloc(2 * law->clock_count + 1, sizeof *answer->clocks);
    if (answer->clocks == NULL)
        return memory_error(error);
    bool good = true;
    for (size_t i = 0; good && i < law->clock_count; i++)
        good = law_clock_counts_from_refusal(&law->clocks[i]) || add_clock(&work, &law->clocks[i]);
    // They look at the last day of the answer, wherever the law file has it.
    for (size_t i = 0; good && i < law->clock_count; i++)
        good = !law_clock_counts_from_refusal(&law->clocks[i]) || (add_clock(&work, &law->clocks[i]) && add_deemed(&work, &law->clocks[i]));
    if (!clock_next_free(&work, &answer->next_free_from))
        work.failed = true;
    if (good && work.failed)
        good = memory_error(error);
    if (!good)
        clock_answer_release(answer);
    return good;
}
