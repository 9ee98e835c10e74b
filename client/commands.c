// SPDX-License-Identifier: GPL-3.0-or-later
#include "client/client.h"
#include "client/handlers.h"

#define OPTIONS(...) (const struct argument_option[]){__VA_ARGS__, {NULL, NULL, NULL}}
#define ANYWAY {"anyway", NULL, "go on despite a warning; that is recorded"}
#define NOTE {"note", "TEXT", "a note; it is sealed"}
#define ON {"on", "DATE", "the day it happened (today, yesterday, 3 days ago, 2026-11-23)"}
#define REMIND {"remind", "WHEN", "\"3 days before\", or a date; may be given several times"}
#define DAYS {"days", "N", "under `voluntary`: the days the vendor's own policy gives"}
#define FILTERS                                                                                              \
    {"vendor", "NAME", "of this vendor"}, {"law", "LAW", "under this law"}, {"right", "RIGHT", "of this right"}, \
        {"subject", "ALIAS", "for this subject"}, {"mine", NULL, "filed by me, or about me"},               \
        {"sort", "ORDER", "due, sent, vendor or ref; -due for the other way round"}

const struct command commands[] = {
    {"status", "[REF]", "What is overdue, due soon or waiting on you; with REF, where that request stands", NULL, 0, 1, false, run_status},
    {"file", "VENDOR RIGHT --law LAW", "Record a request sent to a vendor",
     OPTIONS({"law", "LAW", "the law it is made under (`dsr law list`)"}, {"for", "ALIAS", "the subject; without it, yourself"},
             {"residence", "PLACE", "where you live (US-CA, NL), at your first own request"},
             {"sent", "DATE", "the day it was sent; today if not given"}, {"received", "DATE", "the day it arrived, if known"},
             {"channel", "CHANNEL", "a channel of the vendor, or email, webform, portal, phone, letter, state_platform"}, REMIND, DAYS, NOTE,
             {"draft", NULL, "not sent yet"}, {"dry-run", NULL, "show the dates and warnings; record nothing"}, ANYWAY),
     2, 2, false, run_file},
    {"advise", "VENDOR RIGHT --residence PLACE", "Which laws may give that right, strongest first, and what speaks against each",
     OPTIONS({"residence", "PLACE", "where the person lives: a country (NL), or a state or province (US-VA, CA-QC)"},
             {"on", "DATE", "the day of the request; today without it"},
             {"laws", "FOLDER", "folder of law files"}, {"calendars", "FOLDER", "folder of calendar files"}),
     2, 2, true, run_advise},
    {"list", "", "List requests",
     OPTIONS({"overdue", NULL, "only overdue ones"}, {"due-within", "DAYS", "due in so many days"}, {"state", "STATE", "draft, open or closed"},
             {"status", "STATUS", "such as due_soon, paused or answer_to_check"}, FILTERS, {"limit", "N", "at most so many; all without it"}),
     0, 0, true, run_list},
    {"overdue", "", "List what is overdue", OPTIONS({"check", NULL, "print nothing; exit 1 when something is overdue"}, FILTERS, {"limit", "N", "at most so many"}), 0, 0, true, run_overdue},
    {"show", "REF", "The whole record of a request", NULL, 1, 1, false, run_show},
    {"explain", "REF", "How each date of a request was counted", NULL, 1, 1, false, run_explain},
    {"log", "REF EVENT", "Record what happened: sent, received, acknowledged, answered, refused, extension_notice ...", OPTIONS(ON, NOTE, ANYWAY), 2, 2, false, run_log},
    {"undo", "REF EVENT", "Void an event entered by mistake; it stays visible", OPTIONS({"reason", "TEXT", "why"}), 2, 2, false, run_undo},
    {"amend", "REF", "Correct a request; the old values are kept",
     OPTIONS({"vendor", "NAME", "another vendor"}, {"law", "LAW", "another law"}, {"right", "RIGHT", "another right"}, {"sent", "DATE", "another day of sending"},
             {"channel", "CHANNEL", "another channel"}, DAYS, REMIND, NOTE, ANYWAY),
     1, 1, false, run_amend},
    {"close", "REF OUTCOME", "Close a request: fulfilled, partially_fulfilled, denied, referred_to_library, no_answer, duplicate",
     OPTIONS({"reason", "WORD", "why it was denied: no_match, insuf_verification ..."}, ON, NOTE), 2, 2, false, run_close},
    {"reopen", "REF", "Open a closed request again", OPTIONS(ON, NOTE), 1, 1, false, run_reopen},
    {"abandon", "REF", "Give up a request or a draft", OPTIONS(ON, NOTE), 1, 1, false, run_abandon},
    {"report", "vendors|rights", "Count who was asked, who answered, and how fast", OPTIONS({"quarter", "QUARTER", "such as 2026Q4; everything without it"}), 1, 1, true, run_report},
    {"import", "FILE.csv", "Record the requests of a spreadsheet, each once", OPTIONS({"dry-run", NULL, "say what would happen"}, {"anyway", NULL, "record despite warnings"}, {"skip", "COLUMN", "leave out a column; may be given several times"}), 1, 1, false, run_import},
    {"subject add", "--residence PLACE", "Add a person to file for; prints the alias",
     OPTIONS({"residence", "PLACE", "such as US-CA or NL"}, {"name", "NAME", "kept sealed"}, {"email", "ADDRESS", "kept sealed"}), 0, 0, false, run_subject_add},
    {"subject list", "", "List the aliases of subjects", NULL, 0, 0, true, run_subject_list},
    {"vendor list", "[TEXT]", "List vendors", NULL, 0, 1, true, run_vendor_list},
    {"vendor show", "NAME", "A vendor: brands, establishments, channels and their sources", NULL, 1, 1, false, run_vendor_show},
    {"law list", "", "List laws", OPTIONS({"laws", "FOLDER", "folder of law files"}, {"calendars", "FOLDER", "folder of calendar files"}), 0, 0, true, run_law_list},
    {"law show", "LAW", "A law: rights, clocks, citations, and what was read where",
     OPTIONS({"file", NULL, "the file itself"}, {"laws", "FOLDER", "folder of law files"}, {"calendars", "FOLDER", "folder of calendar files"}), 1, 1, false, run_law_show},
    {"law check", "[FILE]", "Whether an edited law or calendar file is good; without FILE, all of them", OPTIONS({"laws", "FOLDER", "folder of law files"}, {"calendars", "FOLDER", "folder of calendar files"}), 0, 1, false, run_law_check},
    {"law diff", "", "Which open dates the law files on disk would move, from what to what", NULL, 0, 0, true, run_law_diff},
    {"law apply", "", "Put the law files in force and move those dates", NULL, 0, 0, true, run_law_apply},
    {"calendar list", "", "List calendars, and until when their yearly days are known", OPTIONS({"laws", "FOLDER", "folder of law files"}, {"calendars", "FOLDER", "folder of calendar files"}), 0, 0, true, run_calendar_list},
    {"calendar show", "NAME", "The days off of a calendar in a year", OPTIONS({"year", "YEAR", "this year without it"}, {"laws", "FOLDER", "folder of law files"}, {"calendars", "FOLDER", "folder of calendar files"}), 1, 1, true, run_calendar_show},
    {"due", "LAW RIGHT RECEIVED", "Count dates without recording anything; works without dsrd",
     OPTIONS({"event", "NAME=DATE", "an event; may be given several times"}, {"calendar", "NAME", "the controller's calendar"},
             {"zone", "ZONE", "the controller's time zone, when RECEIVED is an instant"},
             {"channel-kind", "KIND", "email, webform, portal, phone, letter, state_platform; designated_address or other_address"}, DAYS,
             {"batch", "FILE", "one JSON object a line in, one out; - for standard input"}, {"laws", "FOLDER", "folder of law files"},
             {"calendars", "FOLDER", "folder of calendar files"}),
     0, 3, false, run_due},
    {"mail list", "", "List mails and what became of them", OPTIONS({"state", "STATE", "queued, sent, failed, in_doubt ..."}), 0, 0, true, run_mail_list},
    {"mail show", "ID", "One mail and every try to send it", NULL, 1, 1, false, run_mail_show},
    {"mail retry", "ID", "Send a failed mail, or one in doubt, again", NULL, 1, 1, false, run_mail_retry},
    {"mail test", "ADDRESS", "Send a test mail and wait for what becomes of it", NULL, 1, 1, false, run_mail_test},
    {"account add", "--role ROLE [--uid UID]", "Let a user of this system in, or somebody with a token",
     OPTIONS({"uid", "UID", "user number; without it, only a token lets them in"},
             {"role", "ROLE", "patron, staff, manager or operator; may be given several times"}, {"name", "NAME", "kept sealed"},
             {"email", "ADDRESS", "where reminders go; kept sealed"}),
     0, 0, false, run_account_add},
    {"account list", "", "List accounts", NULL, 0, 0, true, run_account_list},
    {"token add", "", "Make a token, which lets in who has no user here; it is shown once",
     OPTIONS({"account", "ACCOUNT", "whose: a user number, or an id (`dsr account list`); yours without it"},
             {"expires", "WHEN", "30 (days), or a date; in 90 days without it"},
             {"scope", "SCOPE", "read, or write, which is both"}),
     0, 0, false, run_token_add},
    {"token list", "", "List tokens", NULL, 0, 0, true, run_token_list},
    {"token revoke", "ID", "Revoke a token; it is refused from now on", NULL, 1, 1, false, run_token_revoke},
    {"login", "--server URL", "Use a dsrd elsewhere with the token that its library gave you",
     OPTIONS({"ca-file", "FILE", "certificates to trust; those of the system without it"}), 0, 0, false, run_login},
    {"logout", "[--server URL]", "Give up that token and forget it", NULL, 0, 0, false, run_logout},
    {"whoami", "", "Your account, its roles, and the token you came with", NULL, 0, 0, false, run_whoami},
    {"version", "", "Versions of dsr and dsrd", NULL, 0, 0, false, run_version},
    {"help", "[COMMAND ...]", "Show this help", NULL, 0, 2, false, run_help},
};
const size_t command_count = sizeof commands / sizeof commands[0];
