// SPDX-License-Identifier: GPL-3.0-or-later
// dsrd.conf as read: one member a setting. The table behind it is settings.c.
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "request/reminder_plan.h"
#include "shared/error.h"
#include "vault/ring.h"

enum tls_mode { TLS_REQUIRED, TLS_OPPORTUNISTIC, TLS_NONE };
enum authority_rule { AUTHORITY_NO, AUTHORITY_CONFIRM, AUTHORITY_ALWAYS };
enum inbox_source { INBOX_NONE, INBOX_MAILDIR, INBOX_IMAP };
enum mail_transport { TRANSPORT_SMTP, TRANSPORT_MAILDIR };
enum sandbox_mode { SANDBOX_OFF, SANDBOX_ON, SANDBOX_REQUIRED };
enum { CONFIG_BACKOFF_MAXIMUM = 16 };

// For how many days what is closed is kept, by outcome; 0: `days`.
struct retention {
    int days;
    int draft, fulfilled, partially_fulfilled, denied, referred_to_library, no_answer, withdrawn, abandoned, duplicate;
};

// Strings are owned by the config. Names mirror the settings: library.name is library_name.
struct config {
    char *library_name;
    char *library_zone;          // IANA name
    char *library_contact;       // e-mail or page named in mails as whom to ask; may be empty

    char *database_conninfo;     // empty: --private, or an error
    char *database_admin_conninfo; // for `dsrd migrate`; empty: conninfo
    int database_connections;
    int database_connect_timeout_ms;
    int database_statement_timeout_ms;
    int database_lock_timeout_ms;
    int database_queue_limit;    // calls waiting before 503
    int database_queue_timeout_ms;
    int database_heartbeat_ms;
    int database_backoff_first_ms, database_backoff_last_ms;
    char *database_timeline_file; // may be empty

    char *api_socket;
    int api_socket_mode;         // written as an octal string "0666" or "0660"
    char *api_socket_group;      // may be empty
    int api_connections;
    int api_body_limit_bytes;
    int api_request_timeout_ms;  // whole request
    int api_idle_timeout_ms;
    int api_stop_timeout_ms;     // SIGTERM waits so long for requests in flight
    int api_drain_ms;            // SIGTERM only says so for so long
    int api_account_cache_ms;
    char *api_listen;            // "127.0.0.1:8765"; empty: the socket only
    char *api_trusted_proxy;     // addresses and ranges; may be empty

    char *paths_laws, *paths_calendars, *paths_vendors, *paths_mail, *paths_letters, *paths_sql;
    char *vault_ring, *vault_credential;
    struct ring_policy vault;    // vault.bucket_days and so on

    int time_jump_days;          // more ahead than that, the clock is in doubt
    int time_wait_hours;         // in doubt, and taken for right; 0: never by itself

    int letters_travel_days;     // assumed receipt of a letter
    char *letters_language;      // "en"
    int status_due_soon_days;
    int vendors_stale_days;
    enum authority_rule authority_required;

    struct retention retention;
    int audit_keep_days;
    int audit_refusals_per_minute; // entries of one source; the others are counted
    bool audit_officer_mail;
    int reports_k;               // least patrons behind a published count
    int reports_close_days;

    struct reminder_policy reminders;
    char *reminders_quiet_from, *reminders_quiet_until; // "20:00", "08:00"; equal = no quiet hours
    bool reminders_weekends;
    int reminders_scan_ms;
    bool reminders_manager_digest;

    enum mail_transport mail_transport;
    char *mail_relay;            // smtp://host:port or smtps://host:port
    enum tls_mode mail_tls;
    char *mail_ca_file;          // may be empty: the system's
    char *mail_credentials;      // file with two lines, user and password; may be empty
    char *mail_from;             // address
    char *mail_from_name;
    char *mail_reply_to;         // may be empty
    char *mail_reply_address;    // where vendors answer to letters; may be empty
    char *mail_reply_delimiter;  // before the token in it
    char *mail_public_url;       // https://..., under which patrons reach the API; may be empty
    char *mail_maildir;
    int mail_mailers;
    int mail_connect_timeout_ms, mail_transfer_timeout_ms;
    int mail_lease_s;
    int mail_batch;
    int mail_attempts;           // 4xx tries before it is given up and shown
    int mail_backoff_s[CONFIG_BACKOFF_MAXIMUM];
    size_t mail_backoff_count;
    int mail_doubt_pause_s;
    int mail_rate_per_minute;    // of all mailers together; 0: no limit
    int mail_poll_ms;

    enum inbox_source inbox_source;
    char *inbox_maildir;
    char *inbox_url;             // imaps://host/INBOX
    enum tls_mode inbox_tls;
    char *inbox_ca_file;         // may be empty: the system's
    char *inbox_credentials;     // file with two lines, user and password; may be empty
    int inbox_poll_ms;
    int inbox_max_bytes;
    char *inbox_public_key;      // file; may be empty: the text of mails is not kept
    enum sandbox_mode sandbox_mode;
    char *sandbox_read;          // paths with colons between; may be empty
};

// Reads, checks and completes with the defaults. NULL path gives the defaults alone.
// On failure NULL, and error says file, line, setting, what was wrong and what is allowed.
struct config *config_load(const char *path, struct error *error);
// The same with --private (folder may be NULL): paths of the socket, key ring, credential and Maildir that are left at their defaults lie in
// the folder.
struct config *config_load_for(const char *path, const char *private_folder, struct error *error);
void config_free(struct config *config);

// Compares for a reload: calls `changed(name, reloadable, context)` for each setting that differs.
void config_compare(const struct config *before, const struct config *after,
                    void (*changed)(const char *name, bool reloadable, void *context), void *context);

// Calls `each(name, value, context)` for every setting with its value as text. A value may be a secret.
void config_each(const struct config *config, void (*each)(const char *name, const char *value, void *context), void *context);

// Copies the reloadable settings of `from` into `into` (the rest keeps its value until a restart).
bool config_reload(struct config *into, const struct config *from, struct error *error);

#endif
