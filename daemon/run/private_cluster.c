// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/private_cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "shared/log.h"
#include "shared/memory.h"
#include "shared/text.h"

extern char **environ;

enum { SERVER_LEAST = 15, SOCKET_PATH_MAXIMUM = 107 };

static char *join(const char *folder, const char *name)
{
    struct text text = {0};
    text_format(&text, "%s/%s", folder, name);
    return text_take(&text);
}

static bool make_folder(const char *path, struct error *error)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return error_set(error, ERROR_invalid, "--private", "The folder %s cannot be made: %s.", path, strerror(errno));
    return true;
}

static long first_number(const char *path)
{
    char line[32] = "";
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return 0;
    bool read = fgets(line, sizeof line, file) != NULL;
    fclose(file);
    return read ? strtol(line, NULL, 10) : 0;
}

// The newest PostgreSQL of this machine, or the very version the data were made with.
static char *find_postgres(long version)
{
    glob_t found;
    char *best = NULL;
    long best_version = SERVER_LEAST - 1;
    if (glob("/usr/lib/postgresql/*/bin/postgres", 0, NULL, &found) != 0)
        return NULL;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        long here = strtol(found.gl_pathv[i] + strlen("/usr/lib/postgresql/"), NULL, 10);
        if ((version != 0 && here != version) || here <= best_version)
            continue;
        best_version = here;
        free(best);
        best = strdup(found.gl_pathv[i]);
    }
    globfree(&found);
    return best;
}

static bool run_initdb(const struct private_cluster *cluster, const char *target, struct error *error)
{
    struct text program = {0};
    int status = 0;
    pid_t pid;
    text_append_bytes(&program, cluster->postgres, strlen(cluster->postgres) - strlen("postgres"));
    text_append(&program, "initdb");
    char *const arguments[] = {program.text, (char[]){"-D"}, strdup(target), (char[]){"-U"}, (char[]){"dsrd_admin"}, (char[]){"--auth=peer"},
                               (char[]){"--encoding=UTF8"}, (char[]){"--locale=C.UTF-8"}, (char[]){"--data-checksums"}, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, cluster->log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
    int spawned = posix_spawn(&pid, program.text, &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    while (spawned == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    free(arguments[2]);
    text_release(&program);
    return (spawned == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           error_set(error, ERROR_internal, "--private", "The private PostgreSQL cluster cannot be made; see %s.", cluster->log);
}

static bool write_file(const char *folder, const char *name, const char *mode, const char *content, struct error *error)
{
    char *path = join(folder, name);
    FILE *file = path != NULL ? fopen(path, mode) : NULL;
    bool good = file != NULL && fputs(content, file) >= 0;
    good = (file == NULL || fclose(file) == 0) && good;
    free(path);
    return good || error_set(error, ERROR_internal, "--private", "%s/%s cannot be written: %s.", folder, name, strerror(errno));
}

static bool write_identities(const char *target, const char *user, struct error *error)
{
    struct text identities = {0};
    for (const char *const *role = (const char *const[]){"admin", "api", "mailer", "inbox", NULL}; *role != NULL; role++)
        text_format(&identities, "dsrd %s dsrd_%s\n", user, *role);
    bool good = write_file(target, "pg_ident.conf", "we", identities.text, error);
    text_release(&identities);
    return good;
}

static bool write_settings(const struct private_cluster *cluster, const char *target, struct error *error)
{
    const struct passwd *user = getpwuid(geteuid());
    struct text settings = {0};
    if (user == NULL)
        return error_set(error, ERROR_invalid, "--private", "The user number %u has no name on this system, which PostgreSQL needs.", (unsigned)geteuid());
    text_format(&settings,
                "\n# dsrd\nlisten_addresses = ''\nunix_socket_directories = '%s'\nunix_socket_permissions = 0700\n"
                "max_connections = 80\nshared_buffers = 64MB\ncluster_name = 'dsrd'\nlog_timezone = 'UTC'\n",
                cluster->run);
    bool good = write_file(target, "postgresql.conf", "ae", settings.text, error) &&
                write_file(target, "pg_hba.conf", "we", "local all all peer map=dsrd\n", error) &&
                write_identities(target, user->pw_name, error);
    text_release(&settings);
    return good;
}

// Into another folder first: a start broken off leaves nothing half made.
static bool make_cluster(const struct private_cluster *cluster, struct error *error)
{
    char *target = join(cluster->folder, "postgres.new");
    bool good = target != NULL;
    if (good && access(target, F_OK) == 0) {
        char *const arguments[] = {(char[]){"rm"}, (char[]){"-rf"}, (char[]){"--"}, target, NULL};
        pid_t pid;
        int status = 1;
        if (posix_spawnp(&pid, "rm", NULL, NULL, arguments, environ) == 0)
            waitpid(pid, &status, 0);
        good = status == 0 || error_set(error, ERROR_internal, "--private", "%s cannot be removed.", target);
    }
    good = good && run_initdb(cluster, target, error) && write_settings(cluster, target, error);
    if (good && rename(target, cluster->data) != 0)
        good = error_set(error, ERROR_internal, "--private", "%s cannot be renamed: %s.", target, strerror(errno));
    free(target);
    return good;
}

bool private_cluster_init(struct private_cluster *cluster, const char *folder, struct error *error)
{
    *cluster = (struct private_cluster){strdup(folder), NULL, join(folder, "postgres"), join(folder, "run"), join(folder, "postgres.log")};
    if (cluster->folder == NULL || cluster->data == NULL || cluster->run == NULL || cluster->log == NULL)
        return memory_error(error);
    if (geteuid() == 0)
        return error_set(error, ERROR_invalid, "--private", "PostgreSQL refuses to run as root: start dsrd as another user, such as `setpriv --reuid=nobody --regid=nogroup --clear-groups dsrd run ...`.");
    if (strpbrk(folder, "'\\\n,") != NULL)
        return error_set(error, ERROR_invalid, "--private", "The path %s holds a quote, backslash or comma, which PostgreSQL's settings cannot take.", folder);
    if (strlen(cluster->run) + strlen("/.s.PGSQL.5432") > SOCKET_PATH_MAXIMUM)
        return error_set(error, ERROR_invalid, "--private", "The path %s is too long for a socket; take a folder with a shorter one.", folder);
    char *version_file = join(cluster->data, "PG_VERSION");
    long version = version_file != NULL ? first_number(version_file) : 0;
    free(version_file);
    cluster->postgres = find_postgres(version);
    if (cluster->postgres == NULL)
        return error_set(error, ERROR_invalid, "--private", "No PostgreSQL %s%ld is installed under /usr/lib/postgresql (Debian: postgresql-15).",
                         version != 0 ? "of version " : "of version at least ", version != 0 ? version : (long)SERVER_LEAST);
    return make_folder(cluster->run, error) && (version != 0 || make_cluster(cluster, error));
}

void private_cluster_release(struct private_cluster *cluster)
{
    free(cluster->folder);
    free(cluster->postgres);
    free(cluster->data);
    free(cluster->run);
    free(cluster->log);
}

static char *conninfo(const char *run, const char *database)
{
    struct text text = {0};
    text_format(&text, "host='%s' dbname=%s user=dsrd_admin", run, database);
    return text_take(&text);
}

static PGPing ping(const struct private_cluster *cluster)
{
    char *text = conninfo(cluster->run, "postgres");
    PGPing state = text != NULL ? PQping(text) : PQPING_NO_ATTEMPT;
    free(text);
    return state;
}

pid_t private_cluster_find(const struct private_cluster *cluster)
{
    char *path = join(cluster->data, "postmaster.pid");
    pid_t pid = path != NULL ? (pid_t)first_number(path) : 0;
    free(path);
    // The number may belong to another process by now; only one that is there on our socket is ours. It need not take connections yet:
    // after a crash it may still be recovering.
    if (pid <= 0 || kill(pid, 0) != 0)
        return 0;
    PGPing state = ping(cluster);
    return state == PQPING_OK || state == PQPING_REJECT ? pid : 0;
}

bool private_cluster_answers(const struct private_cluster *cluster)
{
    return ping(cluster) == PQPING_OK;
}

// Runs one statement in the database postgres; `rows` gets how many came.
static bool run_in_cluster(const char *folder, const char *sql, int *rows, struct error *error)
{
    char *run = join(folder, "run");
    char *text = run != NULL ? conninfo(run, "postgres") : NULL;
    PGconn *pg = PQconnectdb(text != NULL ? text : "");
    PGresult *result = PQexec(pg, sql);
    ExecStatusType status = PQresultStatus(result);
    bool good = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    *rows = PQntuples(result);
    PQclear(result);
    if (!good)
        error_set(error, ERROR_internal, "database", "The private PostgreSQL refuses: %.*s.", (int)strcspn(PQerrorMessage(pg), "\n"), PQerrorMessage(pg));
    PQfinish(pg);
    free(text);
    free(run);
    return good;
}

bool private_cluster_has_database(const char *folder, bool *has, struct error *error)
{
    int rows = 0;
    bool good = run_in_cluster(folder, "select from pg_database where datname = 'dsrd'", &rows, error);
    *has = rows == 1;
    return good;
}

bool private_cluster_create_database(const char *folder, struct error *error)
{
    int rows;
    return run_in_cluster(folder, "create database dsrd", &rows, error);
}
