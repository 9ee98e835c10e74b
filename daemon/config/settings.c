// SPDX-License-Identifier: GPL-3.0-or-later
#include "config/settings.h"

#include <string.h>

#include "config/config.h"

#define AT(member) .offset = offsetof(struct config, member)
#define TEXT(n, m, d, r, t) {.name = n, .type = SETTING_TEXT, AT(m), .standard = "\"" d "\"", .reloadable = r, .meaning = t}
#define OF(n, ty, m, d, r, t) {.name = n, .type = ty, AT(m), .standard = "\"" d "\"", .reloadable = r, .meaning = t}
#define INT(n, m, lo, hi, d, r, t)                                                                           \
    {.name = n, .type = SETTING_INT, AT(m), .minimum = lo, .maximum = hi, .standard = d, .reloadable = r, .meaning = t}
#define BOOL(n, m, d, r, t) {.name = n, .type = SETTING_BOOL, AT(m), .standard = d, .reloadable = r, .meaning = t}
#define WORD(n, m, w, d, r, t)                                                                               \
    {.name = n, .type = SETTING_WORD, AT(m), .words = w, .standard = "\"" d "\"", .reloadable = r, .meaning = t}
#define RULE(clock, before_days, after_days, repeat, whom, about)                                            \
    {.name = "reminders." #clock ".before", .type = SETTING_OFFSETS, AT(reminders.clock.before),             \
     .count_offset = offsetof(struct config, reminders.clock.before_count), .maximum = 365, .standard = before_days, \
     .reloadable = true, .meaning = "Days before the date on which to remind of " about},                    \
    {.name = "reminders." #clock ".after", .type = SETTING_OFFSETS, AT(reminders.clock.after),               \
     .count_offset = offsetof(struct config, reminders.clock.after_count), .minimum = 1, .maximum = 365,     \
     .standard = after_days, .reloadable = true, .meaning = "Days after the last day on which to remind of " about}, \
    INT("reminders." #clock ".repeat_days", reminders.clock.repeat_days, 0, 366, repeat, true,               \
        "While it stays late, remind again after so many days; 0: not again"),                              \
    {.name = "reminders." #clock ".to", .type = SETTING_PEOPLE, AT(reminders.clock.to), .standard = whom,     \
     .reloadable = true, .meaning = "Whom to remind: filer, subject, manager"}

#define KEPT(class, whose)                                                                                   \
    INT("retention." #class "_days", retention.class, 0, 36500, "0", true,                                   \
        "So many days " whose " is kept instead; 0: retention.days")

const struct setting settings[] = {
    TEXT("library.name", library_name, "My Library", true, "Name of the library, as it stands in mails"),
    OF("library.zone", SETTING_ZONE, library_zone, "America/New_York", false, "Time zone of the library: it decides on which day a reminder goes out"),
    TEXT("library.contact", library_contact, "", true, "Address or page named in mails for questions; may be empty"),
    TEXT("database.conninfo", database_conninfo, "", false, "PostgreSQL 15 or later, as libpq writes it: host=/run/postgresql dbname=dsrd; several hosts are allowed, also from a service file or the environment. User names are added by dsrd. Empty: dsrd runs its own with --private"),
    TEXT("database.admin_conninfo", database_admin_conninfo, "", false, "How `dsrd migrate` connects; empty: conninfo with the user who calls it"),
    INT("database.connections", database_connections, 1, 64, "4", false, "Connections of the api role"),
    INT("database.connect_timeout_ms", database_connect_timeout_ms, 100, 600000, "3000", false, "Give up a connection attempt after this time, and try the next host"),
    INT("database.statement_timeout_ms", database_statement_timeout_ms, 100, 600000, "10000", false, "PostgreSQL cancels a statement after this time; a server silent for 3 seconds more is given up"),
    INT("database.lock_timeout_ms", database_lock_timeout_ms, 100, 600000, "5000", false, "PostgreSQL gives up waiting for a lock after this time"),
    INT("database.queue_limit", database_queue_limit, 1, 100000, "1000", true, "Calls that may wait for a connection; more are answered 503"),
    INT("database.queue_timeout_ms", database_queue_timeout_ms, 100, 600000, "10000", true, "A call that has waited so long for a connection is answered 503"),
    INT("database.heartbeat_ms", database_heartbeat_ms, 100, 600000, "5000", false, "An idle connection is asked so often whether it is alive, and is given up when no answer comes in this time"),
    INT("database.backoff_first_ms", database_backoff_first_ms, 10, 60000, "200", false, "First pause before connecting again; doubled each time, with jitter"),
    INT("database.backoff_last_ms", database_backoff_last_ms, 100, 600000, "2000", false, "Longest pause before connecting again"),
    TEXT("database.timeline_file", database_timeline_file, "/var/lib/dsrd/timeline", false, "Keeps the highest timeline of PostgreSQL seen, so that an old primary that comes back after a fail-over is refused; empty: only as long as dsrd runs"),
    TEXT("api.socket", api_socket, "/run/dsrd/dsrd.sock", false, "Unix socket of the API"),
    OF("api.socket_mode", SETTING_MODE, api_socket_mode, "0666", false, "Who may connect; who may do what is decided by account"),
    TEXT("api.socket_group", api_socket_group, "", false, "Group of the socket; empty: that of dsrd"),
    INT("api.connections", api_connections, 4, 10000, "256", false, "Connections at once, of the socket and of api.listen each; when all are taken, the one that has been slowest is closed"),
    INT("api.body_limit_bytes", api_body_limit_bytes, 1024, 16777216, "262144", true, "Largest body of a request"),
    INT("api.request_timeout_ms", api_request_timeout_ms, 100, 600000, "30000", false, "A request must have arrived, and its answer been taken, in this time each"),
    INT("api.idle_timeout_ms", api_idle_timeout_ms, 1000, 600000, "60000", false, "A connection on which no request began in this time is closed"),
    INT("api.stop_timeout_ms", api_stop_timeout_ms, 0, 600000, "10000", true, "SIGTERM waits so long for requests in flight"),
    INT("api.drain_ms", api_drain_ms, 0, 60000, "0", true, "Before that, SIGTERM makes /v1/ready answer 503 for so long, so that a balancer sends nothing more; all else is served meanwhile"),
    INT("api.account_cache_ms", api_account_cache_ms, 0, 600000, "5000", true, "How long the account of a user is remembered"),
    TEXT("api.listen", api_listen, "", false,
         "Loopback address and port, such as 127.0.0.1:8765, for a web server that adds TLS; there only tokens let people in. Empty: none"),
    TEXT("api.trusted_proxy", api_trusted_proxy, "", false,
         "Addresses of that web server and others before it, such as 127.0.0.1, 10.0.0.0/8, whose X-Forwarded-For is believed"),
    TEXT("paths.laws", paths_laws, DSRD_SYSCONFDIR "/laws", false, "Folder of law files"),
    TEXT("paths.calendars", paths_calendars, DSRD_SYSCONFDIR "/calendars", false, "Folder of calendar files"),
    TEXT("paths.vendors", paths_vendors, DSRD_SYSCONFDIR "/vendors", false, "Folder of vendor files, loaded by `dsrd migrate`"),
    TEXT("paths.mail", paths_mail, DSRD_SYSCONFDIR "/mail/en", false, "Folder of mail texts"),
    TEXT("paths.letters", paths_letters, DSRD_SYSCONFDIR "/letters", false, "Folder of the templates of letters to vendors"),
    TEXT("paths.sql", paths_sql, DSRD_DATADIR "/sql", false, "Folder of the schema"),
    TEXT("vault.ring", vault_ring, "/var/lib/dsrd/keyring", false,
         "Key ring that seals personal data. Keep one copy, apart from the database, and replace it: old copies undo what erasure promises"),
    TEXT("vault.credential", vault_credential, "/var/lib/dsrd/credential", false,
         "Credential that wraps the key ring; a credential of that name from the service manager goes first"),
    INT("vault.bucket_days", vault.bucket_days, 1, 366, "7", true, "One key seals for so long; what lives on is then sealed anew"),
    INT("vault.backup_days", vault.backup_days, 2, 3650, "35", true,
        "So long after its first use a key is destroyed: what was purged is then unreadable in every dump. "
        "Dumps younger than this less bucket_days can be restored"),
    INT("vault.buckets_ahead", vault.buckets_ahead, 1, 50, "4", true,
        "Keys made before their time, so that there is time to copy the ring to other hosts"),
    BOOL("vault.makes_keys", vault.makes_keys, "true", true, "Whether this host makes the keys; false where the ring is copied from another one"),
    INT("time.jump_days", time_jump_days, 1, 3650, "7", true,
        "A clock that is so many days ahead of the latest moment found right is in doubt, and nothing is purged, destroyed or published until it is not"),
    INT("time.wait_hours", time_wait_hours, 0, 8760, "72", true,
        "A clock in doubt that has gone on evenly for so long is taken for right; 0: only once an operator says so"),
    INT("letters.travel_days", letters_travel_days, 0, 60, "5", true, "A letter is assumed to arrive so many days after sending"),
    TEXT("letters.language", letters_language, "en", true, "Language of letters where none is asked for: a folder of paths.letters"),
    INT("status.due_soon_days", status_due_soon_days, 0, 365, "7", false, "So many days before its date a request counts as due soon"),
    INT("vendors.stale_days", vendors_stale_days, 1, 3650, "365", false,
        "A channel of a vendor is stale when for so many days nobody has seen it, confirmed it or had an answer from it"),
    INT("retention.days", retention.days, 1, 36500, "90", true, "So many days a closed request is kept: after its closing, or after the end of the person's own time (an appeal, a complaint) if that is later. Mails, subjects and holds that belong to no request are kept as long. Then they are purged, once a day, for good"),
    KEPT(draft, "after it was last touched a draft, never sent,"),
    KEPT(fulfilled, "a request closed as fulfilled"),
    KEPT(partially_fulfilled, "a request closed as partially_fulfilled"),
    KEPT(denied, "a request closed as denied"),
    KEPT(referred_to_library, "a request closed as referred_to_library"),
    KEPT(no_answer, "a request closed as no_answer"),
    KEPT(withdrawn, "a request that was withdrawn"),
    KEPT(abandoned, "a request or draft that was given up"),
    KEPT(duplicate, "a request closed as duplicate"),
    INT("audit.keep_days", audit_keep_days, 30, 36500, "1095", true, "Entries of the audit log are taken away after so many days"),
    INT("audit.refusals_per_minute", audit_refusals_per_minute, 1, 600, "10", true, "Refused accesses of one source that get an entry of their own in a minute; the others are counted in the next one"),
    BOOL("audit.officer_mail", audit_officer_mail, "true", true, "Whether officers get the head of the audit log by mail, on days when it has grown"),
    WORD("authority.required", authority_required, "no confirm always", "confirm", true, "Filing for another person without its authority on record: no, nothing is said; confirm, only with --anyway; always, refused"),
    INT("reports.k", reports_k, 2, 1000, "5", true,
        "Published tables hide counts of fewer patrons than this; tables that are made already stay as they are"),
    INT("reports.close_days", reports_close_days, 0, 366, "45", true,
        "A quarter is closed, and its published tables are made, so many days after its end"),
    RULE(respond, "[ ]", "[ 1 ]", "7", "[ \"filer\" ]", "the vendor's answer"),
    RULE(ack, "[ ]", "[ 1 ]", "7", "[ \"filer\" ]", "the vendor's acknowledgement"),
    RULE(appeal, "[ ]", "[ 1 ]", "7", "[ \"filer\" ]", "the answer to an appeal"),
    RULE(complaint, "[ ]", "[ 1 ]", "7", "[ \"filer\" ]", "the answer to a complaint"),
    RULE(courtesy, "[ ]", "[ 1 ]", "7", "[ \"filer\" ]", "a courtesy date"),
    RULE(requester, "[ 10, 3, 1 ]", "[ ]", "0", "[ \"filer\" ]", "the person's own time, such as an appeal"),
    OF("reminders.quiet_from", SETTING_TIME, reminders_quiet_from, "20:00", true, "No reminder leaves from this time"),
    OF("reminders.quiet_until", SETTING_TIME, reminders_quiet_until, "08:00", true, "until this one, in the library's zone; equal: no quiet hours"),
    BOOL("reminders.weekends", reminders_weekends, "false", true, "Whether reminders go out on Saturday and Sunday"),
    BOOL("reminders.manager_digest", reminders_manager_digest, "true", true, "Whether managers get counts by vendor each Monday"),
    INT("reminders.scan_ms", reminders_scan_ms, 100, 3600000, "30000", false, "How often to look for what falls due"),
    WORD("mail.transport", mail_transport, "smtp maildir", "smtp", false, "smtp: through the relay; maildir: into a folder on this machine"),
    TEXT("mail.relay", mail_relay, "smtp://localhost:25", false, "The relay: smtp://HOST:PORT, or smtps:// for TLS from the start"),
    WORD("mail.tls", mail_tls, "required opportunistic none", "required", false, "STARTTLS; on loopback it is used when offered"),
    TEXT("mail.ca_file", mail_ca_file, "", false, "Certificates to trust; empty: those of the system"),
    TEXT("mail.credentials", mail_credentials, "", false, "File of two lines, user and password, mode 0600; empty: no log-in"),
    TEXT("mail.from", mail_from, "dsrd@localhost", false, "Sender address"),
    TEXT("mail.from_name", mail_from_name, "Data request reminders", false, "Sender name"),
    TEXT("mail.reply_to", mail_reply_to, "", false, "Where replies go; empty: to the sender"),
    TEXT("mail.reply_address", mail_reply_address, "", true, "Where vendors answer to letters, such as requests@library.example: each letter puts a token behind its local part, as requests+TOKEN@library.example, and its mailbox must take these. Empty: no token; answers go where replies go"),
    TEXT("mail.reply_delimiter", mail_reply_delimiter, "+", true, "What stands before that token; as the mail server has it"),
    TEXT("mail.public_url", mail_public_url, "", false, "Where people without an account reach dsrd from outside, such as https://requests.example.org: reminders then carry a link that stops them. Empty: they name an address to write to"),
    TEXT("mail.maildir", mail_maildir, "/var/lib/dsrd/Maildir", false, "Folder of the transport maildir"),
    INT("mail.mailers", mail_mailers, 1, 16, "1", false, "Mailer processes of `dsrd run`"),
    INT("mail.connect_timeout_ms", mail_connect_timeout_ms, 100, 600000, "30000", false, "Give up reaching the relay after this time"),
    INT("mail.transfer_timeout_ms", mail_transfer_timeout_ms, 1000, 3600000, "120000", false, "Give up one mail after this time"),
    INT("mail.lease_s", mail_lease_s, 10, 86400, "300", false, "A mailer holds a message so long; longer than a transfer"),
    INT("mail.batch", mail_batch, 1, 1000, "20", false, "Messages a mailer takes at once"),
    INT("mail.attempts", mail_attempts, 1, 100, "12", false, "Tries before a message that the relay puts off or leaves in doubt, or that mailers die of, is given up; those while the relay is away do not count"),
    INT("mail.rate_per_minute", mail_rate_per_minute, 0, 60000, "0", false, "Mails taken in a minute at most, by all mailers of one database together; 0: as many as the relay takes"),
    {.name = "mail.backoff_s", .type = SETTING_SECONDS, AT(mail_backoff_s), .count_offset = offsetof(struct config, mail_backoff_count),
     .minimum = 1, .maximum = 604800, .standard = "[ 60, 300, 900, 3600, 14400 ]", .meaning = "Pauses between tries; the last one repeats, but while the relay is away none is longer than a minute"},
    INT("mail.doubt_pause_s", mail_doubt_pause_s, 0, 604800, "900", false, "Least pause before a mail whose fate is unknown is sent again, the same to the byte"),
    INT("mail.poll_ms", mail_poll_ms, 100, 600000, "5000", false, "How often a mailer looks for work when nobody wakes it"),
    WORD("inbox.source", inbox_source, "none maildir imap", "none", false, "Where dsrd-inbox reads what vendors write back: a Maildir on this machine, or an IMAP folder"),
    TEXT("inbox.maildir", inbox_maildir, "/var/lib/dsrd/inbox", false, "That Maildir; nobody else may read or sort mails in it"),
    TEXT("inbox.url", inbox_url, "imaps://localhost/INBOX", false, "That folder: imaps://HOST/FOLDER, or imap:// for STARTTLS; for nothing else than these answers"),
    WORD("inbox.tls", inbox_tls, "required opportunistic none", "required", false, "STARTTLS with imap://; on loopback it is used when offered"),
    TEXT("inbox.ca_file", inbox_ca_file, "", false, "Certificates to trust; empty: those of the system"),
    TEXT("inbox.credentials", inbox_credentials, "", false,
         "File of two lines, user and password, mode 0600; a credential inbox-credentials from the service manager goes first"),
    INT("inbox.poll_ms", inbox_poll_ms, 100, 3600000, "60000", false, "How often to look for new mails"),
    INT("inbox.max_bytes", inbox_max_bytes, 65536, 1073741824, "67108864", false, "What is beyond this of a mail is not looked at"),
    TEXT("inbox.public_key", inbox_public_key, "", false,
         "Public key (`dsrd-inbox keygen FILE` makes FILE.pub): the text of mails is kept, sealed to it. Empty: it is not kept"),
    WORD("sandbox.mode", sandbox_mode, "off on required", "on", false, "Whether the API and the mailers give up files and system calls they do not need; on: as far as this system can; required: not without"),
    TEXT("sandbox.read", sandbox_read, "", false, "More files or folders that they may read, with colons between, such as /srv/certificates:/etc/dsrd.d"),
};
const size_t setting_count = sizeof settings / sizeof settings[0];

static void print_range(FILE *file, const struct setting *setting)
{
    if (setting->type == SETTING_INT)
        fprintf(file, " (%d to %d)", setting->minimum, setting->maximum);
    if (setting->words != NULL)
        fprintf(file, " (one of: %s)", setting->words);
    if (setting->reloadable)
        fprintf(file, " [reload]");
}

enum { DEPTH_MAXIMUM = 4 };

// The groups of a setting's name, closed and opened against those that stand open.
static int change_groups(FILE *file, const char *before, const char *name)
{
    int open = 0, shared = 0, depth = 0;
    size_t common = 0;
    for (size_t i = 0; before[i] != '\0'; i++)
        open += before[i] == '.';
    for (size_t i = 0; before[i] != '\0' && before[i] == name[i]; i++)
        if (name[i] == '.') {
            shared++;
            common = i + 1;
        }
    for (; open > shared; open--)
        fprintf(file, "%*s};\n", (open - 1) * 2, "");
    depth = shared;
    for (const char *at = name + common; strchr(at, '.') != NULL && depth < DEPTH_MAXIMUM; at = strchr(at, '.') + 1)
        fprintf(file, "%s%*s%.*s = {\n", depth == 0 ? "\n" : "", depth * 2, "", (int)strcspn(at, "."), at), depth++;
    return depth;
}

void settings_print(FILE *file)
{
    fprintf(file, "# SPDX-License-Identifier: GPL-3.0-or-later\n"
                  "# dsrd.conf: every setting with its default. Remove the # in front of a line to change it.\n"
                  "# [reload]: taken over on SIGHUP; the others need a restart. `dsrd check` verifies this file; dsrd.conf(5) explains it.\n");
    const char *before = "";
    for (size_t i = 0; i < setting_count; i++) {
        const struct setting *setting = &settings[i];
        int depth = change_groups(file, before, setting->name);
        fprintf(file, "%*s# %s", depth * 2, "", setting->meaning);
        print_range(file, setting);
        fprintf(file, "\n%*s#%s = %s;\n", depth * 2, "", strrchr(setting->name, '.') + 1, setting->standard);
        before = setting->name;
    }
    change_groups(file, before, "");
}
