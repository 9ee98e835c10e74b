// SPDX-License-Identifier: GPL-3.0-or-later
// dsrd-inbox: reads what vendors wrote back. It holds no key that opens anything, and it never sends a mail.
#include <curl/curl.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "database/conninfo.h"
#include "inbox/box.h"
#include "inbox/child.h"
#include "inbox/parse.h"
#include "inbox/reader.h"
#include "run/options.h"
#include "sandbox/process.h"
#include "shared/log.h"
#include "shared/memory.h"

static const char usage[] = "usage: dsrd-inbox COMMAND [-c FILE] [--private FOLDER]\n"
                            "\n"
                            "  run              read mails as they come\n"
                            "  once             read those that are there now, and exit\n"
                            "  explain FILE...  show what would be kept of the mails in these files; store nothing\n"
                            "  keygen FILE      make FILE, a secret key, and FILE.pub, to which the text of mails can be sealed\n"
                            "  version, help\n"
                            "See dsrd-inbox(8).\n";

static volatile sig_atomic_t stop_asked;

static void on_stop(int signal)
{
    (void)signal;
    stop_asked = 1;
}

static void stop_when_asked(void)
{
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
}

static int explain(int count, char **files)
{
    int status = count > 0 ? EXIT_FINE : EXIT_USAGE;
    for (int i = 0; i < count; i++) {
        struct stat information;
        int descriptor = open(files[i], O_RDONLY | O_CLOEXEC);
        json_t *json = descriptor >= 0 && fstat(descriptor, &information) == 0 ? child_read(descriptor, information.st_size, NULL) : NULL;
        if (json == NULL) {
            fprintf(stderr, "dsrd-inbox: %s cannot be read.\n", files[i]);
            status = EXIT_FAILED;
        } else {
            json_dumpf(json, stdout, JSON_COMPACT);
            putchar('\n');
            fflush(stdout);
        }
        json_decref(json);
        if (descriptor >= 0)
            close(descriptor);
    }
    return status;
}

static int keygen(int count, char **files)
{
    struct error error;
    if (count != 1)
        return EXIT_USAGE;
    if (!box_make(files[0], &error)) {
        fprintf(stderr, "dsrd-inbox: %s\n", error.text);
        return EXIT_FAILED;
    }
    printf("Written: %s, the secret key: take it away from this machine, and keep a copy; and %s.pub, for inbox.public_key.\n", files[0], files[0]);
    return EXIT_FINE;
}

static int read_mails(const char *config_path, const char *private_folder, bool once)
{
    struct error error;
    int status = EXIT_CONFIGURATION;
    const char *path = config_path != NULL || private_folder != NULL ? config_path : DSRD_SYSCONFDIR "/dsrd.conf";
    struct config *config = config_load_for(path, private_folder, &error);
    char *conninfo = config != NULL ? conninfo_for(config, private_folder, "dsrd_inbox", &error) : NULL;
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (conninfo != NULL)
        status = reader_run(config, conninfo, once, &stop_asked);
    else
        log_error("%s", error.text);
    if (conninfo == NULL && error.code == ERROR_unavailable)
        status = EXIT_FAILED; // another start may have what this one lacked
    curl_global_cleanup();
    free(conninfo);
    config_free(config);
    return status;
}

int main(int argc, char **argv)
{
    enum { OPTION_PRIVATE = 256 };
    static const struct option table[] = {{"config", required_argument, NULL, 'c'}, {"private", required_argument, NULL, OPTION_PRIVATE},
                                          {"help", no_argument, NULL, 'h'}, {NULL, 0, NULL, 0}};
    const char *config_path = NULL, *private_folder = NULL, *command = "run";
    int status = EXIT_USAGE;
    memory_watch();
    for (int option; (option = getopt_long(argc, argv, "c:h", table, NULL)) != -1;) {
        if (option == 'c')
            config_path = optarg;
        else if (option == OPTION_PRIVATE)
            private_folder = optarg;
        else
            return fputs(usage, option == 'h' ? stdout : stderr) < 0 || option != 'h' ? EXIT_USAGE : EXIT_FINE;
    }
    if (optind < argc)
        command = argv[optind++];
    log_begin("inbox", LOG_LEVEL_INFO);
    process_harden();
    stop_when_asked();
    if (sodium_init() < 0)
        return EXIT_FAILED;
    parse_begin();
    if (strcmp(command, "run") == 0 || strcmp(command, "once") == 0)
        status = optind < argc ? EXIT_USAGE : read_mails(config_path, private_folder, strcmp(command, "once") == 0);
    else if (strcmp(command, "explain") == 0)
        status = explain(argc - optind, argv + optind);
    else if (strcmp(command, "keygen") == 0)
        status = keygen(argc - optind, argv + optind);
    else if (strcmp(command, "help") == 0)
        return fputs(usage, stdout) < 0 ? EXIT_FAILED : EXIT_FINE;
    else if (strcmp(command, "version") == 0)
        return puts("dsrd-inbox " DSRD_VERSION) < 0 ? EXIT_FAILED : EXIT_FINE;
    if (status == EXIT_USAGE)
        fputs(usage, stderr);
    return status;
}
