// SPDX-License-Identifier: GPL-3.0-or-later
#include "http/routes.h"

#include <stdio.h>
#include <string.h>

#include "http/handlers.h"

#define LIST_QUERY "status,overdue,due_within,vendor,law,right,state,mine,subject,homework,sort,limit,cursor"
// A patron reads what is about that patron; staff and managers, who see no more than an alias of anybody, the library's.
#define OWN_OR_OPERATOR "patron:own,staff:own,manager:own,officer:own,operator"
#define MAIL_READERS "patron:own,staff,manager:own,officer:own,operator"
#define READERS "patron:own,staff,manager"

const struct route routes[] = {
    {"GET", "/v1/health", NULL, false, false, "", handle_health, "getHealth"},
    {"GET", "/v1/ready", "*", false, false, "", handle_ready, "getReady"},
    {"GET", "/metrics", NULL, false, false, "", handle_metrics, "getMetrics"},
    {"GET", "/v1/me", "", false, false, "", handle_me, "getMe"},
    {"GET", "/v1/me/held", "", false, false, "", handle_me_held, "getMyHeld"},
    {"GET", "/v1/me/export", "", false, false, "cursor,limit", handle_me_export, "exportMe"},
    {"POST", "/v1/me/erasures", "", false, true, "", handle_me_erase, "eraseMe"},
    {"POST", "/v1/me/reminders", "", false, true, "", handle_me_reminders, "setMyReminders"},
    {"GET", "/v1/status", "patron:own,staff,manager,officer:own,operator", false, false, "", handle_status, "getStatus"},
    {"POST", "/v1/requests", "staff,patron:own", true, true, "dry_run", handle_request_create, "createRequest"},
    {"GET", "/v1/requests", READERS, false, false, LIST_QUERY, handle_request_list, "listRequests"},
    {"GET", "/v1/requests/{ref}", READERS, false, false, "", handle_request_show, "getRequest"},
    {"PATCH", "/v1/requests/{ref}", "staff,patron:own", true, true, "", handle_request_amend, "amendRequest"},
    {"GET", "/v1/requests/{ref}/status", READERS, false, false, "", handle_request_status, "getRequestStatus"},
    {"GET", "/v1/requests/{ref}/explanation", READERS, false, false, "", handle_request_explanation, "explainRequest"},
    {"GET", "/v1/requests/{ref}/evidence", "patron:own,staff", false, false, "", handle_request_evidence, "getEvidence"},
    {"POST", "/v1/requests/{ref}/events", "staff,patron:own", true, true, "", handle_request_event, "addEvent"},
    {"POST", "/v1/requests/{ref}/voids", "staff,patron:own", true, true, "", handle_request_void, "voidEvent"},
    {"GET", "/v1/homework", READERS, false, false, "", handle_homework_list, "listHomework"},
    // To show a letter names the person, which is audited: so it is a POST.
    {"POST", "/v1/requests/{ref}/letter", "staff,patron:own", false, true, "", handle_letter_show, "showLetter"},
    {"POST", "/v1/requests/{ref}/letters", "staff,patron:own", true, true, "", handle_letter_send, "sendLetter"},
    {"GET", "/v1/chasers", "staff", false, false, "", handle_chase_list, "listOwingVendors"},
    {"POST", "/v1/vendors/{name}/chaser", "staff", false, true, "", handle_chaser_show, "showChaser"},
    {"POST", "/v1/vendors/{name}/chasers", "staff", true, true, "", handle_chaser_send, "sendChaser"},
    {"POST", "/v1/subjects", "staff", true, true, "", handle_subject_create, "createSubject"},
    {"GET", "/v1/subjects", "staff", false, false, "limit,cursor", handle_subject_list, "listSubjects"},
    {"PATCH", "/v1/subjects/{alias}", "staff", true, true, "", handle_subject_change, "changeSubject"},
    {"POST", "/v1/subjects/{alias}/reveals", "staff,officer", false, true, "", handle_subject_reveal, "revealSubject"},
    {"POST", "/v1/subjects/{alias}/authorities", "staff", false, true, "", handle_authority_add, "addAuthority"},
    {"POST", "/v1/subjects/{alias}/withdrawals", "staff,patron:own", false, true, "", handle_authority_withdraw, "withdrawAuthority"},
    {"POST", "/v1/subjects/{alias}/reminders", "staff", false, true, "", handle_subject_reminders, "setSubjectReminders"},
    {"GET", "/v1/subjects/{alias}/export", "staff", false, false, "cursor,limit", handle_subject_export, "exportSubject"},
    {"POST", "/v1/subjects/{alias}/erasures", "staff", false, true, "", handle_subject_erase, "eraseSubject"},
    {"GET", "/v1/authorities", "staff,patron:own", false, false, "subject,cursor,limit", handle_authority_list, "listAuthorities"},
    {"GET", "/v1/vendors", "patron:own,staff,manager,officer:own,operator:own", false, false, "q,name,trouble,merged", handle_vendor_list, "listVendors"},
    {"PUT", "/v1/vendors", "staff,operator", true, true, "", handle_vendor_import, "importVendors"},
    {"POST", "/v1/vendors", "staff,operator", true, true, "", handle_vendor_add, "addVendor"},
    {"GET", "/v1/vendors/{name}", "", false, false, "", handle_vendor_show, "getVendor"},
    {"PUT", "/v1/vendors/{name}", "staff,operator", true, true, "", handle_vendor_put, "putVendor"},
    {"POST", "/v1/vendors/{name}/confirmations", "staff,operator", true, true, "", handle_vendor_confirm, "confirmVendor"},
    {"PUT", "/v1/vendors/{name}/successor", "staff,operator", true, true, "", handle_vendor_merge, "mergeVendor"},
    {"GET", "/v1/laws/changes", "operator", false, false, "cursor", handle_law_changes, "listLawChanges"},
    {"POST", "/v1/laws/applications", "operator", false, true, "", handle_law_application, "applyLaws"},
    {"GET", "/v1/audit", "officer,operator", false, false, "chain,act,since,until,limit,cursor", handle_audit_list, "listAudit"},
    {"GET", "/v1/audit/verification", "officer,operator", false, false, "chain,head,cursor", handle_audit_verify, "verifyAudit"},
    {"POST", "/v1/accounts", "operator", true, true, "", handle_account_create, "createAccount"},
    {"GET", "/v1/accounts", "operator", false, false, "", handle_account_list, "listAccounts"},
    {"POST", "/v1/tokens", OWN_OR_OPERATOR, false, true, "", handle_token_create, "createToken"},
    {"GET", "/v1/tokens", OWN_OR_OPERATOR, false, false, "", handle_token_list, "listTokens"},
    {"DELETE", "/v1/tokens/{id}", OWN_OR_OPERATOR, false, false, "", handle_token_revoke, "revokeToken"},
    {"PATCH", "/v1/accounts/{id}", "operator", false, true, "", handle_account_set, "setAccount"},
    {"GET", "/v1/reports/vendors", "staff,manager,officer", false, false, "published,quarter", handle_report_vendors, "reportVendors"},
    {"GET", "/v1/reports/rights", "staff,manager,officer", false, false, "published,quarter", handle_report_rights, "reportRights"},
    {"POST", "/v1/demands", "officer", false, true, "", handle_demand_add, "addDemand"},
    {"GET", "/v1/demands", "officer", false, false, "open,limit,cursor", handle_demand_list, "listDemands"},
    {"GET", "/v1/demands/{demand}", "officer", false, false, "", handle_demand_show, "getDemand"},
    {"POST", "/v1/demands/{demand}/answer", "officer", false, true, "", handle_demand_close, "answerDemand"},
    {"GET", "/v1/held", "officer", false, false, "", handle_held, "getHeld"},
    {"GET", "/v1/mail", MAIL_READERS, false, false, "state,cursor,limit", handle_mail_list, "listMail"},
    {"POST", "/v1/mail/tests", "staff,operator", true, true, "", handle_mail_test, "testMail"},
    {"GET", "/v1/mail/{id}", MAIL_READERS, false, false, "", handle_mail_show, "getMail"},
    {"POST", "/v1/mail/{id}/retry", "staff,operator", true, false, "", handle_mail_retry, "retryMail"},
    {"POST", "/v1/mail/{id}/resolution", "staff,patron:own", false, true, "", handle_letter_resolve, "resolveLetter"},
    {"GET", "/v1/inbox", "staff,patron:own", false, false, "state,cursor,limit", handle_inbox_list, "listInbox"},
    {"GET", "/v1/inbox/{id}", "staff,patron:own", false, false, "text", handle_inbox_show, "getReply"},
    {"POST", "/v1/inbox/{id}/assignment", "staff", false, true, "", handle_inbox_assign, "assignReply"},
    {"POST", "/v1/inbox/{id}/decision", "staff,patron:own", false, true, "", handle_inbox_decide, "decideReply"},
    {"GET", "/v1/holds", "officer", false, false, "", handle_hold_list, "listHolds"},
    {"POST", "/v1/holds", "officer", false, true, "", handle_hold_add, "addHold"},
    {"POST", "/v1/holds/{id}/release", "officer", false, false, "", handle_hold_release, "releaseHold"},
    {"GET", "/v1/purges", "officer", false, false, "", handle_purge_preview, "previewPurge"},
    {"POST", "/v1/purges", "officer", false, false, "", handle_purge, "purge"},
    // Public: who has the link may. A form's body, or none.
    {"GET", "/u/{token}", "*", false, false, "", handle_unsubscribe_page, "getUnsubscribePage"},
    {"POST", "/u/{token}", "*", false, false, "", handle_unsubscribe, "unsubscribe"},
};
const size_t route_count = sizeof routes / sizeof routes[0];

static bool matches(const char *pattern, const char *path, char *value, size_t size)
{
    const char *brace = strchr(pattern, '{');
    if (brace == NULL)
        return strcmp(pattern, path) == 0;
    size_t prefix = (size_t)(brace - pattern);
    if (strncmp(pattern, path, prefix) != 0)
        return false;
    size_t length = strcspn(path + prefix, "/");
    if (length == 0 || length >= size || strcmp(path + prefix + length, strchr(brace, '}') + 1) != 0)
        return false;
    memcpy(value, path + prefix, length);
    value[length] = '\0';
    return true;
}

const struct route *route_find(const char *method, const char *path, char *value, size_t size, bool *path_known)
{
    *path_known = false;
    for (size_t i = 0; i < route_count; i++)
        if (matches(routes[i].path, path, value, size)) {
            *path_known = true;
            if (strcmp(routes[i].method, method) == 0)
                return &routes[i];
        }
    return NULL;
}

void route_methods(const char *path, char *methods, size_t size)
{
    char value[256];
    size_t length = 0;
    methods[0] = '\0';
    for (size_t i = 0; i < route_count; i++)
        if (matches(routes[i].path, path, value, sizeof value) && length < size)
            length += (size_t)snprintf(methods + length, size - length, "%s%s%s", length > 0 ? ", " : "", routes[i].method,
                                       strcmp(routes[i].method, "GET") == 0 ? ", HEAD" : "");
}

// Calls `role` for each "role" or "role:own" of the list, until it answers true.
static bool each_role(const char *list, bool (*role)(void *context, const char *name, size_t length, bool own), void *context)
{
    for (const char *at = list; *at != '\0';) {
        size_t part = strcspn(at, ",");
        size_t name = strcspn(at, ",:");
        if (role(context, at, name, name < part))
            return true;
        at += part + (at[part] == ',');
    }
    return false;
}

struct wanted_role {
    const char *name;
    size_t length;
    bool own;
};

static bool is_role(void *context, const char *name, size_t length, bool own)
{
    struct wanted_role *wanted = context;
    if (length != wanted->length || memcmp(name, wanted->name, length) != 0)
        return false;
    wanted->own = own;
    return true;
}

struct reach_search {
    const char *allowed;
    const char *reach;
};

// The widest of what the caller's roles reach.
static bool widen(void *context, const char *name, size_t length, bool own)
{
    struct reach_search *search = context;
    struct wanted_role wanted = {name, length, false};
    (void)own;
    if (!each_role(search->allowed, is_role, &wanted))
        return false;
    search->reach = wanted.own ? REACH_OWN : REACH_LIBRARY;
    return !wanted.own;
}

const char *route_reach(const struct route *route, const char *roles)
{
    struct reach_search search = {route->roles, NULL};
    if (route->roles == NULL || strcmp(route->roles, "*") == 0)
        return REACH_LIBRARY; // counts of it, for any peer; or what the address itself names, for anybody
    if (route->roles[0] == '\0')
        return REACH_OWN;
    each_role(roles, widen, &search);
    return search.reach;
}

static bool add_name(void *context, const char *name, size_t length, bool own)
{
    struct text *text = context;
    (void)own;
    text_append(text, text->length > 0 ? ", " : "");
    text_append_bytes(text, name, length);
    return false;
}

void route_role_names(const struct route *route, struct text *names)
{
    each_role(route->roles, add_name, names);
}
