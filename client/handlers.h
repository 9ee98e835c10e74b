// SPDX-License-Identifier: GPL-3.0-or-later
// The commands of the table; each lives in command_<what>.c.
#ifndef CLIENT_HANDLERS_H
#define CLIENT_HANDLERS_H

#include "client/client.h"

typedef int command_run(struct client *client, const struct arguments *arguments);

command_run run_status, run_show, run_list, run_overdue, run_file, run_advise, run_log, run_undo, run_amend, run_close, run_reopen, run_abandon, run_explain, run_evidence,
    run_report, run_subject_add, run_subject_list, run_subject_show, run_subject_edit, run_account_set, run_account_add, run_account_list, run_vendor_list,
    run_vendor_show, run_law_list, run_law_show, run_law_check, run_law_diff, run_calendar_list, run_calendar_show, run_law_apply,
    run_mail_list, run_mail_show, run_mail_retry, run_mail_test, run_audit_list, run_audit_verify, run_demand_add, run_demand_list, run_demand_show,
    run_demand_close, run_held, run_due, run_import, run_token_add, run_token_list,
    run_token_revoke,
    run_login, run_logout, run_whoami, run_version, run_help;
command_run run_vendor_add, run_vendor_edit, run_vendor_confirm, run_vendor_merge, run_vendor_import;
command_run run_letter, run_send, run_mail_resolve, run_chase;
command_run run_inbox_list, run_inbox_show, run_inbox_assign, run_inbox_confirm, run_inbox_discard;
command_run run_hold_add, run_hold_list, run_hold_release, run_purge;
command_run run_authority_add, run_authority_list, run_authority_withdraw, run_me_show, run_me_export, run_me_erase,
    run_me_reminders, run_subject_reminders, run_subject_export, run_subject_erase;
command_run run_homework, run_homework_status, run_homework_list;

#endif
