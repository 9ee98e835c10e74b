// SPDX-License-Identifier: GPL-3.0-or-later
// The handlers of the routes table; each lives in handle_<resource>.c.
#ifndef HTTP_HANDLERS_H
#define HTTP_HANDLERS_H

#include "http/exchange.h"

void handle_health(struct exchange *exchange);
void handle_ready(struct exchange *exchange);
void handle_metrics(struct exchange *exchange);
void handle_me(struct exchange *exchange);
void handle_status(struct exchange *exchange);
void handle_request_create(struct exchange *exchange);
void handle_request_list(struct exchange *exchange);
void handle_homework_list(struct exchange *exchange);
void handle_request_show(struct exchange *exchange);
void handle_request_status(struct exchange *exchange);
void handle_request_explanation(struct exchange *exchange);
void handle_request_evidence(struct exchange *exchange);
void handle_request_amend(struct exchange *exchange);
void handle_request_event(struct exchange *exchange);
void handle_letter_show(struct exchange *exchange);
void handle_chase_list(struct exchange *exchange);
void handle_chaser_show(struct exchange *exchange);
void handle_chaser_send(struct exchange *exchange);
void handle_letter_send(struct exchange *exchange);
void handle_letter_resolve(struct exchange *exchange);
void handle_request_void(struct exchange *exchange);
void handle_subject_create(struct exchange *exchange);
void handle_subject_list(struct exchange *exchange);
void handle_subject_change(struct exchange *exchange);
void handle_subject_reveal(struct exchange *exchange);
void handle_vendor_list(struct exchange *exchange);
void handle_vendor_show(struct exchange *exchange);
void handle_vendor_put(struct exchange *exchange);
void handle_vendor_add(struct exchange *exchange);
void handle_vendor_confirm(struct exchange *exchange);
void handle_vendor_merge(struct exchange *exchange);
void handle_vendor_import(struct exchange *exchange);
void handle_law_changes(struct exchange *exchange);
void handle_law_application(struct exchange *exchange);
void handle_account_create(struct exchange *exchange);
void handle_account_list(struct exchange *exchange);
void handle_token_create(struct exchange *exchange);
void handle_token_list(struct exchange *exchange);
void handle_token_revoke(struct exchange *exchange);
void handle_account_set(struct exchange *exchange);
void handle_report_vendors(struct exchange *exchange);
void handle_report_rights(struct exchange *exchange);
void handle_audit_list(struct exchange *exchange);
void handle_audit_verify(struct exchange *exchange);
void handle_demand_add(struct exchange *exchange);
void handle_demand_list(struct exchange *exchange);
void handle_demand_show(struct exchange *exchange);
void handle_demand_close(struct exchange *exchange);
void handle_held(struct exchange *exchange);
void handle_mail_list(struct exchange *exchange);
void handle_mail_show(struct exchange *exchange);
void handle_mail_retry(struct exchange *exchange);
void handle_inbox_list(struct exchange *exchange);
void handle_inbox_show(struct exchange *exchange);
void handle_inbox_assign(struct exchange *exchange);
void handle_inbox_decide(struct exchange *exchange);
void handle_mail_test(struct exchange *exchange);
void handle_hold_list(struct exchange *exchange);
void handle_hold_add(struct exchange *exchange);
void handle_hold_release(struct exchange *exchange);
void handle_purge_preview(struct exchange *exchange);
void handle_purge(struct exchange *exchange);
void handle_authority_add(struct exchange *exchange);
void handle_authority_list(struct exchange *exchange);
void handle_authority_withdraw(struct exchange *exchange);
void handle_subject_export(struct exchange *exchange);
void handle_subject_erase(struct exchange *exchange);
void handle_subject_reminders(struct exchange *exchange);
void handle_me_reminders(struct exchange *exchange);
void handle_me_held(struct exchange *exchange);
void handle_me_export(struct exchange *exchange);
void handle_me_erase(struct exchange *exchange);
void handle_unsubscribe_page(struct exchange *exchange);
void handle_unsubscribe(struct exchange *exchange);

#endif
