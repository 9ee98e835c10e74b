// SPDX-License-Identifier: GPL-3.0-or-later
// Every SQL call of the api role: name of the function in schema api, number of parameters (all text, cast by PostgreSQL).
// All are prepared right after connecting, so a misspelt function fails at the start and not at midnight.
#ifndef DATABASE_STATEMENTS_H
#define DATABASE_STATEMENTS_H

// X(function, parameters, SQL)
#define STATEMENT_TABLE(X)                                                                                   \
    X(health, 0, "select api.health()::text")                                                               \
    X(account_by_uid, 1, "select api.account_by_uid($1)::text")                                             \
    X(account_create, 1, "select api.account_create($1::jsonb)::text")                                      \
    X(account_list, 0, "select api.account_list()::text")                                                   \
    X(token_find, 1, "select api.token_find($1)::text")                                                     \
    X(token_create, 1, "select api.token_create($1::jsonb)::text")                                          \
    X(token_list, 0, "select api.token_list()::text")                                                       \
    X(token_revoke, 1, "select api.token_revoke($1)::text")                                                 \
    X(account_set, 1, "select api.account_set($1::jsonb)::text")                                            \
    X(catalogue_state, 1, "select api.catalogue_state($1::jsonb)::text")                                           \
    X(calendars_in_use, 1, "select api.calendars_in_use($1::jsonb)::text")                                  \
    X(catalogue_requests, 1, "select api.catalogue_requests($1::jsonb)::text")                              \
    X(catalogue_begin, 1, "select api.catalogue_begin($1::jsonb)::text")                                    \
    X(catalogue_move, 1, "select api.catalogue_move($1::jsonb)::text")                                      \
    X(catalogue_finish, 1, "select api.catalogue_finish($1::jsonb)::text")                                  \
    X(subject_create, 1, "select api.subject_create($1::jsonb)::text")                                      \
    X(subject_list, 1, "select api.subject_list($1::jsonb)::text")                                          \
    X(subject_own, 0, "select api.subject_own()::text")                                                     \
    X(subject_reveal, 1, "select api.subject_reveal($1::jsonb)::text")                                      \
    X(subject_find, 1, "select api.subject_find($1)::text")                                                 \
    X(subject_change, 1, "select api.subject_change($1::jsonb)::text")                                      \
    X(vendor_list, 1, "select api.vendor_list($1::jsonb)::text")                                            \
    X(vendor_show, 1, "select api.vendor_show($1)::text")                                                   \
    X(vendor_put, 1, "select api.vendor_put($1::jsonb)::text")                                                    \
    X(vendor_add, 1, "select api.vendor_add($1::jsonb)::text")                                                    \
    X(vendor_confirm, 1, "select api.vendor_confirm($1::jsonb)::text")                                            \
    X(vendor_merge, 1, "select api.vendor_merge($1::jsonb)::text")                                                \
    X(vendor_import, 1, "select api.vendor_import($1::jsonb)::text")                                              \
    X(request_snapshot, 1, "select api.request_snapshot($1::jsonb)::text")                                  \
    X(request_create, 1, "select api.request_create($1::jsonb)::text")                                      \
    X(request_state, 1, "select api.request_state($1::jsonb)::text")                                               \
    X(request_change, 1, "select api.request_change($1::jsonb)::text")                                      \
    X(request_show, 1, "select api.request_show($1)::text")                                                 \
    X(request_status, 1, "select api.request_status($1)::text")                                             \
    X(request_list, 1, "select api.request_list($1::jsonb)::text")                                          \
    X(homework_list, 0, "select api.homework_list()::text")                                                 \
    X(request_explain, 1, "select api.request_explain($1)::text")                                           \
    X(chase_list, 0, "select api.chase_list()::text")                                                       \
    X(chase_state, 1, "select api.chase_state($1::jsonb)::text")                                            \
    X(chase_queue, 1, "select api.chase_queue($1::jsonb)::text")                                            \
    X(request_evidence, 1, "select api.request_evidence($1::jsonb)::text")                                  \
    X(status_mine, 0, "select api.status_mine()::text")                                                     \
    X(report_vendors, 1, "select api.report_vendors($1::jsonb)::text")                                      \
    X(report_rights, 1, "select api.report_rights($1::jsonb)::text")                                        \
    X(report_due, 1, "select api.report_due($1::jsonb)::text")                                              \
    X(report_keep, 1, "select api.report_keep($1::json)::text")                                             \
    X(report_published, 1, "select api.report_published($1::jsonb)::text")                                  \
    X(demand_add, 1, "select api.demand_add($1::jsonb)::text")                                              \
    X(demand_list, 1, "select api.demand_list($1::jsonb)::text")                                            \
    X(demand_show, 1, "select api.demand_show($1)::text")                                                   \
    X(demand_id, 1, "select api.demand_id($1)::text")                                                       \
    X(demand_close, 1, "select api.demand_close($1::jsonb)::text")                                          \
    X(held, 0, "select api.held()::text")                                                                   \
    X(retention_put, 1, "select api.retention_put($1::jsonb)::text")                                        \
    X(purge, 1, "select api.purge($1::jsonb)::text")                                                        \
    X(purge_preview, 0, "select api.purge_preview()::text")                                                 \
    X(hold_list, 0, "select api.hold_list()::text")                                                         \
    X(hold_add, 1, "select api.hold_add($1::jsonb)::text")                                                  \
    X(hold_release, 1, "select api.hold_release($1)::text")                                                 \
    X(audit_list, 1, "select api.audit_list($1::jsonb)::text")                                              \
    X(audit_verify, 1, "select api.audit_verify($1::jsonb)::text")                                          \
    X(audit_refused, 1, "select api.audit_refused($1::jsonb)::text")                                        \
    X(audit_day, 1, "select api.audit_day($1::jsonb)::text")                                                \
    X(configuration_note, 1, "select api.configuration_note($1::jsonb)::text")                              \
    X(reminders_gather, 1, "select api.reminders_gather($1::jsonb)::text")                                  \
    X(mail_list, 1, "select api.mail_list($1::jsonb)::text")                                                \
    X(mail_show, 1, "select api.mail_show($1)::text")                                                       \
    X(mail_retry, 1, "select api.mail_retry($1)::text")                                                     \
    X(mail_test, 1, "select api.mail_test($1::jsonb)::text")                                                \
    X(letter_state, 1, "select api.letter_state($1::jsonb)::text")                                          \
    X(letter_queue, 1, "select api.letter_queue($1::jsonb)::text")                                          \
    X(letter_resolve, 1, "select api.letter_resolve($1::jsonb)::text")                                      \
    X(letters_unlogged, 0, "select api.letters_unlogged()::text")                                           \
    X(letter_log, 1, "select api.letter_log($1::jsonb)::text")                                              \
    X(inbox_list, 1, "select api.inbox_list($1::jsonb)::text")                                              \
    X(inbox_show, 1, "select api.inbox_show($1::jsonb)::text")                                              \
    X(inbox_assign, 1, "select api.inbox_assign($1::jsonb)::text")                                          \
    X(inbox_decide, 1, "select api.inbox_decide($1::jsonb)::text")                                          \
    X(time_look, 1, "select api.time_look($1::jsonb)::text")                                                \
    X(ring_state, 1, "select api.ring_state($1::jsonb)::text")                                              \
    X(rekey_read, 1, "select api.rekey_read($1::jsonb)::text")                                              \
    X(rekey_write, 1, "select api.rekey_write($1::jsonb)::text")                                            \
    X(ring_destroyed, 1, "select api.ring_destroyed($1::jsonb)::text")                                   \
    X(authority_add, 1, "select api.authority_add($1::jsonb)::text")                                        \
    X(authority_list, 1, "select api.authority_list($1::jsonb)::text")                                      \
    X(authority_withdraw, 1, "select api.authority_withdraw($1::jsonb)::text")                              \
    X(subject_reminders, 1, "select api.subject_reminders($1::jsonb)::text")                                \
    X(me_reminders, 1, "select api.me_reminders($1::jsonb)::text")                                          \
    X(me_held, 0, "select api.me_held()::text")                                                             \
    X(me_export, 1, "select api.me_export($1::jsonb)::text")                                                \
    X(me_erase, 1, "select api.me_erase($1::jsonb)::text")                                                  \
    X(subject_export, 1, "select api.subject_export($1::jsonb)::text")                                      \
    X(subject_forget, 1, "select api.subject_forget($1::jsonb)::text")                                      \
    X(unsubscribe, 1, "select api.unsubscribe($1::jsonb)::text")

enum statement {
#define X(function, parameters, sql) STATEMENT_##function,
    STATEMENT_TABLE(X)
#undef X
    STATEMENT_COUNT
};

#endif
