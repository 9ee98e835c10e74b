// SPDX-License-Identifier: GPL-3.0-or-later
// Homework while it is worked on: whose, which vendors, which rights; and its items, each of them one request that is to be, or is there.
#ifndef CLIENT_HOMEWORK_H
#define CLIENT_HOMEWORK_H

#include "client/client.h"
#include "client/homework_set.h"
#include "law/catalogue.h"

// An item is {subject, vendor, vendor_name, right, result} with, as far as they are known: residence, law, law_name, strength, why,
// courtesy_days, channel_id, channel_kind, due ..., after_access, ref, request, reason. The words of `result`:
#define ITEM_NEW "new"           // planned
#define ITEM_RECORDED "recorded" // now a draft
#define ITEM_KNOWN "known"       // the homework has it already
#define ITEM_SKIPPED "skipped"   // something speaks against it: `reason`
#define ITEM_FAILED "failed"     // `reason`

struct homework {
    struct client *client;
    struct catalogue *catalogue;
    char name[HOMEWORK_NAME_SIZE];
    const char *rights[2]; // in the order of asking
    size_t right_count;
    const char *law;       // for all, or NULL: the one advised
    bool anyway, asked;    // asked: the person picked the vendors
    json_t *vendors;       // names, as they were given
    json_t *people;        // [{alias, residence}]; alias null: the caller, of whom dsrd knows nothing yet
    bool for_others;       // than the caller
    json_t *documents;     // of the vendors, by the name given; null: there is none, and the reason under "NAME?"
    json_t *items;
};

// homework_pick.c: questions at a terminal. Each gives false and an error when there is no answer.
bool homework_ask_vendors(struct client *client, json_t *vendors, struct error *error); // by what the person uses
bool homework_ask_line(const char *question, const char *standard, char *answer, size_t size, struct error *error);

// homework_law.c: sets law, law_name, strength, why and perhaps courtesy_days of an item. False: error.
bool homework_choose_law(const struct homework *homework, const json_t *vendor, json_t *item, struct error *error);

// homework_plan.c: makes the items, asking dsrd about each; nothing is recorded. False: dsrd cannot be asked.
bool homework_plan(struct homework *homework, struct error *error);
size_t homework_count(const json_t *items, const char *result); // how many items are that
bool item_is(const json_t *item, const char *result);
void item_end(json_t *item, const char *result, const char *reason); // sets both; `reason` may be NULL
void item_set_request(json_t *item, const json_t *answer);           // `request` and `ref` of what dsrd answered

// homework_file.c: records what is planned as drafts, with a bar on a terminal. False when it had to stop.
bool homework_file(struct homework *homework, struct error *error);

// homework_steps.c: how to send one: the commands to type, or a list to tick off at a form or a portal. `vendor` is its document.
void homework_print_steps(const json_t *request, const json_t *vendor);
// The command that is next for a request of a list, into buffer; empty when there is nothing to do but wait.
const char *homework_next(const json_t *request, char *buffer, size_t size);
bool homework_must_wait(const json_t *request); // for the answer to another one
bool homework_is_to_send(const json_t *request);

#endif
