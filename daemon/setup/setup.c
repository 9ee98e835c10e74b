// SPDX-License-Identifier: GPL-3.0-or-later
#include "setup/setup.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/config.h"
#include "run/migrate_command.h"
#include "shared/error.h"
#include "shared/text.h"
#include "vault/vault.h"

enum { ANSWER_SIZE = 512 };

struct answers {
    char library[ANSWER_SIZE], zone[ANSWER_SIZE], conninfo[ANSWER_SIZE], relay[ANSWER_SIZE], from[ANSWER_SIZE], owner[ANSWER_SIZE], email[ANSWER_SIZE];
};

// An option, or what is typed, or the standard.
static bool ask(const struct options *options, const char *question, const char *given, const char *standard, char answer[ANSWER_SIZE])
{
    snprintf(answer, ANSWER_SIZE, "%s", given != NULL ? given : standard);
    if (given != NULL || options->yes)
        return true;
    printf("%s [%s]: ", question, standard);
    fflush(stdout);
    char line[ANSWER_SIZE];
    if (fgets(line, sizeof line, stdin) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    if (line[0] != '\0')
        memcpy(answer, line, sizeof line);
    return true;
}

static void system_zone(char zone[ANSWER_SIZE])
{
    char target[ANSWER_SIZE] = "";
    ssize_t length = readlink("/etc/localtime", target, sizeof target - 1);
    const char *name = length > 0 ? strstr(target, "/zoneinfo/") : NULL;
    snprintf(zone, ANSWER_SIZE, "%s", name != NULL ? name + strlen("/zoneinfo/") : "Etc/UTC");
}

static bool ask_all(const struct options *options, struct answers *answers)
{
    char zone[ANSWER_SIZE], owner[32];
    const char *caller = getenv("SUDO_UID");
    system_zone(zone);
    if (options->has_owner)
        snprintf(owner, sizeof owner, "%u", (unsigned)options->owner);
    else
        snprintf(owner, sizeof owner, "%s", caller != NULL ? caller : "0");
    return ask(options, "Name of the library", options->library_name, "My Library", answers->library) &&
           ask(options, "Its time zone", options->library_zone, zone, answers->zone) &&
           ask(options, "PostgreSQL (libpq connection string; user names are added by dsrd)", options->conninfo, "host=/run/postgresql dbname=dsrd", answers->conninfo) &&
           ask(options, "Mail relay", options->relay, "smtp://localhost:25", answers->relay) &&
           ask(options, "Sender of the mails", options->mail_from, "dsrd@localhost", answers->from) &&
           ask(options, "User number of the first account, who may do everything", options->has_owner ? owner : NULL, owner, answers->owner) &&
           ask(options, "Its e-mail address (empty: none)", options->owner_email, "", answers->email);
}

static void quote(struct text *out, const char *name, const char *value)
{
    text_format(out, "  %s = \"", name);
    for (; *value != '\0'; value++) {
        if (*value == '"' || *value == '\\')
            text_append_char(out, '\\');
        text_append_char(out, *value);
    }
    text_append(out, "\";\n");
}

static bool write_config(const char *path, const struct answers *answers, const struct options *options, struct error *error)
{
    struct text text = {0};
    text_append(&text, "# Written by `dsrd setup`. Every other setting has its default: `dsrd settings` prints them, dsrd.conf(5) explains them.\n");
    text_append(&text, "library = {\n");
    quote(&text, "name", answers->library);
    quote(&text, "zone", answers->zone);
    text_append(&text, "};\n");
    if (options->private_folder == NULL) {
        text_append(&text, "database = {\n");
        quote(&text, "conninfo", answers->conninfo);
        text_append(&text, "};\n");
    }
    text_append(&text, "mail = {\n");
    quote(&text, "relay", answers->relay);
    quote(&text, "from", answers->from);
    text_append(&text, "};\n");
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool good = !text.failed && descriptor >= 0 && write(descriptor, text.text, text.length) == (ssize_t)text.length && fsync(descriptor) == 0;
    if (!good)
        error_set(error, ERROR_invalid, "-c", "%s cannot be written: %s.", path, descriptor < 0 ? strerror(errno) : "the disk is full");
    if (descriptor >= 0) {
        fchmod(descriptor, 0644); // no secrets in it, and `dsr` of any user may look where the socket is
        close(descriptor);
    }
    text_release(&text);
    return good;
}

// The folder of a file, made if it is not there, for the user dsrd alone.
static bool make_parent(const char *path, const struct passwd *user, struct error *error)
{
    char folder[ANSWER_SIZE];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL || slash == folder)
        return true;
    *slash = '\0';
    if (mkdir(folder, 0700) == 0)
        return user == NULL || chown(folder, user->pw_uid, user->pw_gid) == 0 ||
               error_set(error, ERROR_internal, "vault.ring", "%s cannot be given to the user dsrd: %s.", folder, strerror(errno));
    return errno == EEXIST || error_set(error, ERROR_invalid, "vault.ring", "The folder %s cannot be made: %s.", folder, strerror(errno));
}

// The key ring belongs to the user dsrd, who must read it; made by root it is given away.
static bool make_ring(const struct config *config, struct error *error)
{
    const struct passwd *user = geteuid() == 0 ? getpwnam("dsrd") : NULL;
    if (access(config->vault_ring, F_OK) == 0)
        return true;
    if (!make_parent(config->vault_ring, user, error) || !make_parent(config->vault_credential, user, error) ||
        !vault_create(config->vault_ring, config->vault_credential, &config->vault, error))
        return false;
    if (user != NULL && (chown(config->vault_ring, user->pw_uid, user->pw_gid) != 0 || chown(config->vault_credential, user->pw_uid, user->pw_gid) != 0))
        return error_set(error, ERROR_internal, "vault.ring", "%s cannot be given to the user dsrd: %s.", config->vault_ring, strerror(errno));
    return true;
}

static int finish(const struct options *options, const struct answers *answers, const char *path)
{
    struct error error = {0};
    int64_t owner = 0;
    int status = EXIT_CONFIGURATION;
    struct options migration = *options;
    struct config *config = config_load_for(path, options->private_folder, &error);
    if (config != NULL && !text_to_integer(answers->owner, 0, 4294967294, &owner))
        error_set(&error, ERROR_invalid, "--owner", "%s is no user number.", answers->owner);
    else if (config != NULL && make_ring(config, &error)) {
        migration.command = "migrate";
        migration.has_owner = true;
        migration.owner = (uid_t)owner;
        migration.owner_email = answers->email[0] != '\0' ? answers->email : NULL;
        // With --private the first `dsrd run` makes the cluster and does this.
        status = options->private_folder != NULL ? EXIT_FINE : migrate_command(&migration, config);
        error.code = ERROR_NONE;
    }
    if (status != EXIT_FINE && error.code != ERROR_NONE)
        fprintf(stderr, "dsrd setup: %s\n", error.text);
    if (status == EXIT_FINE)
        printf("Written: %s, %s and %s. Back up the last two apart from the database, as dsrd(8) says: without them names and addresses cannot be read.\n"
               "Now start the units (systemctl enable --now dsrd-api dsrd-mailer@1), or `dsrd run`, and try `dsr mail test ADDRESS`.\n"
               "When PostgreSQL or the relay is on another machine, the units must be told first: see README.md in share/doc/dsrd/systemd.\n",
               path, config->vault_ring, config->vault_credential);
    config_free(config);
    return status;
}

int setup_run(const struct options *options)
{
    struct answers answers = {0};
    struct error error;
    const char *path = options->config_path != NULL ? options->config_path : DSRD_SYSCONFDIR "/dsrd.conf";
    if (access(path, F_OK) == 0) {
        printf("%s is there already and stays as it is.\n", path);
        snprintf(answers.owner, sizeof answers.owner, "%u", (unsigned)(options->has_owner ? options->owner : geteuid()));
        snprintf(answers.email, sizeof answers.email, "%s", options->owner_email != NULL ? options->owner_email : "");
    } else if (!ask_all(options, &answers)) {
        fprintf(stderr, "dsrd setup: the questions were not answered; nothing is written.\n");
        return EXIT_USAGE;
    } else if (!write_config(path, &answers, options, &error)) {
        fprintf(stderr, "dsrd setup: %s\n", error.text);
        return EXIT_CONFIGURATION;
    }
    return finish(options, &answers, path);
}
