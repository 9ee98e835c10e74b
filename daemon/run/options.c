// SPDX-License-Identifier: GPL-3.0-or-later
#include "run/options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "shared/text.h"

const char *options_usage(void)
{
    return "usage: dsrd COMMAND [-c FILE] [--private FOLDER]\n"
           "\n"
           "  run          everything in one: the API, the mailers and, with --private, a PostgreSQL of its own\n"
           "  api          the API and the scheduler alone\n"
           "  mailer       one mailer alone\n"
           "  setup        write dsrd.conf, make the key ring, the schema and the first account\n"
           "  migrate      bring the database to this version\n"
           "  keys         show the keys of the ring; `keys make` makes those missing, with --now all anew\n"
           "  rekey        seal anew what ended keys sealed, and show how far it is\n"
           "  library      show the libraries of the database; `library add NAME --zone ZONE --owner UID` adds one,\n"
           "               `library set NUMBER` with --library, --zone or --contact changes one\n"
           "  time         show whether the clocks are in doubt; `time confirm` says that they are right\n"
           "  check        verify the configuration, laws, vendors and mail texts, and exit\n"
           "  settings     print every setting with its default, as dsrd.conf has it\n"
           "  version, help\n"
           "\n"
           "  -c, --config FILE     the configuration (" DSRD_SYSCONFDIR "/dsrd.conf)\n"
           "  --private FOLDER      keep all data, and a private PostgreSQL cluster, in this folder\n"
           "  --owner UID           the user with all roles; with --private: whoever starts dsrd\n"
           "  --owner-email ADDRESS where the owner's reminders go\n"
           "  --owner-name NAME     the owner's name\n"
           "  --number N            which mailer this is\n"
           "  setup also takes --library NAME, --zone ZONE, --conninfo TEXT, --relay URL, --from ADDRESS, --yes\n"
           "See dsrd(8).\n";
}

enum { OPTION_PRIVATE = 256, OPTION_OWNER, OPTION_EMAIL, OPTION_NAME, OPTION_NUMBER, OPTION_LIBRARY, OPTION_ZONE, OPTION_CONNINFO, OPTION_RELAY, OPTION_FROM, OPTION_YES, OPTION_NOW, OPTION_CONTACT };

static bool read_number(const char *text, const char *name, int64_t maximum, int64_t *number, struct error *error)
{
    return text_to_integer(text, 0, maximum, number) ||
           error_set(error, ERROR_invalid, name, "%s: %s is not a whole number from 0 to %lld.", name, text, (long long)maximum);
}

// The folder may not be there yet: its parent must be.
static bool take_folder(const char *given, struct options *options, struct error *error)
{
    if (mkdir(given, 0755) != 0 && errno != EEXIST)
        return error_set(error, ERROR_invalid, "--private", "The folder %s cannot be made: %s.", given, strerror(errno));
    free(options->private_folder);
    options->private_folder = realpath(given, NULL);
    return options->private_folder != NULL ||
           error_set(error, ERROR_invalid, "--private", "The folder %s cannot be found: %s.", given, strerror(errno));
}

static bool take(int option, struct options *options, struct error *error)
{
    int64_t number;
    switch (option) {
    case 'c': options->config_path = optarg; return true;
    case OPTION_PRIVATE: return take_folder(optarg, options, error);
    case OPTION_EMAIL: options->owner_email = optarg; return true;
    case OPTION_NAME: options->owner_name = optarg; return true;
    case OPTION_LIBRARY: options->library_name = optarg; return true;
    case OPTION_ZONE: options->library_zone = optarg; return true;
    case OPTION_CONNINFO: options->conninfo = optarg; return true;
    case OPTION_RELAY: options->relay = optarg; return true;
    case OPTION_FROM: options->mail_from = optarg; return true;
    case OPTION_CONTACT: options->contact = optarg; return true;
    case OPTION_YES: options->yes = true; return true;
    case OPTION_NOW: options->now = true; return true;
    case OPTION_OWNER:
        if (!read_number(optarg, "--owner", 4294967294, &number, error))
            return false;
        options->owner = (uid_t)number;
        options->has_owner = true;
        return true;
    case OPTION_NUMBER:
        if (!read_number(optarg, "--number", 1000, &number, error))
            return false;
        options->number = (int)number;
        return true;
    default: return error_set(error, ERROR_invalid, "", "Unknown option, or one without its value; `dsrd help` shows them.");
    }
}

bool options_parse(int argc, char **argv, struct options *options, struct error *error)
{
    static const struct option table[] = {
        {"config", required_argument, NULL, 'c'},
        {"private", required_argument, NULL, OPTION_PRIVATE},
        {"owner", required_argument, NULL, OPTION_OWNER},
        {"owner-email", required_argument, NULL, OPTION_EMAIL},
        {"owner-name", required_argument, NULL, OPTION_NAME},
        {"number", required_argument, NULL, OPTION_NUMBER},
        {"library", required_argument, NULL, OPTION_LIBRARY},
        {"zone", required_argument, NULL, OPTION_ZONE},
        {"conninfo", required_argument, NULL, OPTION_CONNINFO},
        {"relay", required_argument, NULL, OPTION_RELAY},
        {"from", required_argument, NULL, OPTION_FROM},
        {"contact", required_argument, NULL, OPTION_CONTACT},
        {"yes", no_argument, NULL, OPTION_YES},
        {"now", no_argument, NULL, OPTION_NOW},
        {"help", no_argument, NULL, 'h'},
        {"version", no_argument, NULL, 'v'},
        {NULL, 0, NULL, 0},
    };
    *options = (struct options){.command = "run", .number = 1};
    opterr = 0;
    for (int option; (option = getopt_long(argc, argv, "c:hv", table, NULL)) != -1;) {
        if (option == 'h' || option == 'v') {
            options->command = option == 'h' ? "help" : "version";
            return true;
        }
        if (!take(option, options, error))
            return false;
    }
    if (optind < argc)
        options->command = argv[optind++];
    if (optind < argc && strcmp(options->command, "keys") == 0 && strcmp(argv[optind], "make") == 0)
        options->action = argv[optind++];
    if ((strcmp(options->command, "library") == 0 || strcmp(options->command, "time") == 0) && optind < argc)
        options->action = argv[optind++];
    if (strcmp(options->command, "library") == 0 && optind < argc)
        options->operand = argv[optind++];
    if (options->now && (options->action == NULL || strcmp(options->command, "keys") != 0))
        return error_set(error, ERROR_invalid, "--now", "--now belongs to `dsrd keys make`.");
    if (optind < argc)
        return error_set(error, ERROR_invalid, "", "\"%s\" is too much; `dsrd help` shows what dsrd takes.", argv[optind]);
    return true;
}

void options_release(struct options *options)
{
    free(options->private_folder);
}
