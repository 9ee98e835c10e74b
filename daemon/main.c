// SPDX-License-Identifier: GPL-3.0-or-later
// dsrd: the command line, and what is common to every role before it begins.
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config/config.h"
#include "config/settings.h"
#include "database/conninfo.h"
#include "mail/mailer.h"
#include "run/api.h"
#include "run/keys_command.h"
#include "run/library_command.h"
#include "run/migrate_command.h"
#include "run/options.h"
#include "run/rekey_command.h"
#include "run/supervisor.h"
#include "run/time_command.h"
#include "sandbox/process.h"
#include "setup/check.h"
#include "setup/setup.h"
#include "shared/failpoint.h"
#include "shared/log.h"
#include "shared/memory.h"

static volatile sig_atomic_t stop_asked, reload_asked;

static void on_stop(int signal)
{
    (void)signal;
    stop_asked = 1;
}

static void on_reload(int signal)
{
    (void)signal;
    reload_asked = 1;
}

static int run_mailer(const struct options *options, const struct config *config)
{
    struct error error;
    // A second SIGTERM ends it at once; the message at hand will then be in doubt, as after a crash.
    struct sigaction stop = {.sa_handler = on_stop, .sa_flags = (int)SA_RESETHAND}, reload = {.sa_handler = on_reload};
    sigaction(SIGTERM, &stop, NULL);
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGHUP, &reload, NULL);
    char *conninfo = conninfo_for(config, options->private_folder, "dsrd_mailer", &error);
    if (conninfo == NULL) {
        log_error("%s", error.text);
        return EXIT_CONFIGURATION;
    }
    const struct mailer_signals signals = {&stop_asked, &reload_asked};
    int status = mailer_run(config, conninfo, &signals);
    free(conninfo);
    return status;
}

static const char *standard_config(const struct options *options)
{
    if (options->config_path != NULL || options->private_folder != NULL)
        return options->config_path; // the private mode needs no file
    return DSRD_SYSCONFDIR "/dsrd.conf";
}

static int run_command(struct options *options)
{
    struct error error;
    const char *command = options->command;
    if (strcmp(command, "setup") == 0)
        return setup_run(options);
    struct config *config = config_load_for(standard_config(options), options->private_folder, &error);
    if (config == NULL) {
        log_error("%s", error.text);
        return error.code == ERROR_unavailable ? EXIT_FAILED : EXIT_CONFIGURATION;
    }
    int status = EXIT_USAGE;
    options->config_path = standard_config(options);
    if (strcmp(command, "run") == 0)
        status = supervisor_run(options, config);
    else if (strcmp(command, "api") == 0)
        status = api_run(options, config);
    else if (strcmp(command, "mailer") == 0)
        status = run_mailer(options, config);
    else if (strcmp(command, "migrate") == 0)
        status = migrate_command(options, config);
    else if (strcmp(command, "keys") == 0)
        status = keys_command(options, config);
    else if (strcmp(command, "rekey") == 0)
        status = rekey_command(options, config);
    else if (strcmp(command, "library") == 0)
        status = library_command(options, config);
    else if (strcmp(command, "time") == 0)
        status = time_command(options, config);
    else if (strcmp(command, "check") == 0)
        status = check_run(config);
    else
        fprintf(stderr, "dsrd: there is no command %s.\n%s", command, options_usage());
    config_free(config);
    return status;
}

int main(int argc, char **argv)
{
    struct options options;
    struct error error;
    char name[32] = "run";
    int status;
    memory_watch();
    if (!options_parse(argc, argv, &options, &error)) {
        fprintf(stderr, "dsrd: %s\n", error.text);
        status = EXIT_USAGE;
    } else if (strcmp(options.command, "help") == 0) {
        status = fputs(options_usage(), stdout) >= 0 ? EXIT_FINE : EXIT_FAILED;
    } else if (strcmp(options.command, "version") == 0) {
        status = puts("dsrd " DSRD_VERSION) >= 0 ? EXIT_FINE : EXIT_FAILED;
    } else if (strcmp(options.command, "settings") == 0) {
        settings_print(stdout);
        status = fflush(stdout) == 0 ? EXIT_FINE : EXIT_FAILED;
#ifdef DSRD_FAILPOINTS
    } else if (strcmp(options.command, "failpoints") == 0) {
        failpoints_print(stdout);
        status = EXIT_FINE;
#endif
    } else {
        process_harden();
        snprintf(name, sizeof name, strcmp(options.command, "mailer") == 0 ? "%s-%d" : "%s", options.command, options.number);
        log_begin(name, LOG_LEVEL_INFO);
        status = run_command(&options);
    }
    options_release(&options);
    return status;
}
