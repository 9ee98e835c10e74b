// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/files.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <linux/landlock.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sandbox/reach.h"

// Debian 12's headers know ABI 2; what later kernels can refuse as well is written out here.
#define FS_TRUNCATE           (1ULL << 14) // ABI 3
#define FS_IOCTL_DEV          (1ULL << 15) // ABI 5
#define NET_BIND_TCP          (1ULL << 0)  // ABI 4
#define NET_CONNECT_TCP       (1ULL << 1)
#define SCOPE_ABSTRACT_SOCKET (1ULL << 0) // ABI 6
#define SCOPE_SIGNAL          (1ULL << 1)
#define RULE_NET_PORT         2

struct ruleset {
    uint64_t files, ports, scopes;
};
struct port_rule {
    uint64_t allowed, port;
};

enum { ABI_LEAST = 2, ABI_TRUNCATE = 3, ABI_PORTS = 4, ABI_IOCTL = 5, ABI_SCOPES = 6 };

#define FS_OF_ABI_2 ((LANDLOCK_ACCESS_FS_REFER << 1) - 1)
#define READ        ((uint64_t)(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR))
#define CHANGE                                                                                               \
    (READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE |   \
     FS_TRUNCATE)
#define MAILDIR   (CHANGE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REFER)
#define OF_A_FILE ((uint64_t)(LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE) | FS_TRUNCATE)

// While it is made.
struct fence {
    int descriptor;
    uint64_t files; // the rights this kernel can refuse
    int why;        // the first errno
};

static void allow(struct fence *fence, const char *path, uint64_t rights)
{
    struct stat status;
    int descriptor = path != NULL && path[0] != '\0' ? open(path, O_PATH | O_CLOEXEC) : -1;
    if (descriptor < 0)
        return; // what is not there needs no right
    if (fstat(descriptor, &status) == 0) {
        struct landlock_path_beneath_attr rule = {.parent_fd = descriptor,
                                                  .allowed_access = rights & fence->files};
        if (!S_ISDIR(status.st_mode))
            rule.allowed_access &= OF_A_FILE;
        if (syscall(SYS_landlock_add_rule, fence->descriptor, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0 &&
            fence->why == 0)
            fence->why = errno;
    }
    close(descriptor);
}

// The folder of a file that may be replaced by another one of its name, and where it lies in truth.
static void allow_around(struct fence *fence, const char *path, uint64_t rights)
{
    char copy[PATH_MAX], resolved[PATH_MAX];
    if (path == NULL || path[0] == '\0' || strlen(path) >= sizeof copy)
        return;
    snprintf(copy, sizeof copy, "%s", path);
    if (path[0] != '/' && realpath(path, copy) == NULL)
        return;
    allow(fence, dirname(copy), rights);
    if (realpath(path, resolved) != NULL)
        allow(fence, dirname(resolved), rights);
}

// A list of paths with colons between.
static void allow_listed(struct fence *fence, const char *list)
{
    while (*list != '\0') {
        size_t length = strcspn(list, ":");
        char *path = strndup(list, length);
        allow(fence, path, READ);
        free(path);
        list += length + (list[length] == ':');
    }
}

// What libraries read of a system, whatever it is configured to be: nothing of it is a secret.
static void allow_system(struct fence *fence)
{
    static const char *const read[] = {
        "/usr",
        "/lib",
        "/lib64",
        "/etc/localtime",
        "/etc/ssl",
        "/etc/pki",
        "/etc/crypto-policies",
        "/etc/ca-certificates",
        "/etc/passwd",
        "/etc/group",
        "/etc/nsswitch.conf",
        "/etc/ld.so.cache",
        "/etc/ld.so.conf",
        "/etc/ld.so.conf.d",
        "/etc/krb5.conf",
        "/etc/krb5.conf.d",
        "/dev/urandom",
        "/dev/random",
        "/proc/sys/vm/overcommit_memory",
        "/proc/sys/crypto/fips_enabled",
        "/proc/meminfo",
        "/proc/cpuinfo",
        "/sys/devices/system/cpu",
    };
    for (size_t i = 0; i < sizeof read / sizeof read[0]; i++)
        allow(fence, read[i], READ);
    allow(fence, "/dev/null", READ | LANDLOCK_ACCESS_FS_WRITE_FILE);
    allow(fence, "/proc/self", READ);
}

// Files that say where a name is are replaced whenever the network changes, so their folders are open, not
// they.
static void allow_names(struct fence *fence)
{
    allow(fence, "/etc", READ);
    allow_around(fence, "/etc/resolv.conf", READ);
    allow_around(fence, "/etc/hosts", READ);
}

static void allow_port(struct fence *fence, uint64_t port)
{
    struct port_rule rule = {NET_CONNECT_TCP, port};
    if (port > 0 && syscall(SYS_landlock_add_rule, fence->descriptor, RULE_NET_PORT, &rule, 0) != 0 &&
        fence->why == 0)
        fence->why = errno;
}

static void allow_reach(struct fence *fence, const struct reach *reach, bool ports)
{
    for (size_t i = 0; i < reach->file_count; i++)
        allow_around(fence, reach->files[i], READ);
    allow(fence, reach->passwords, READ);
    if (reach->names)
        allow_names(fence);
    for (size_t i = 0; ports && i < reach->port_count; i++)
        allow_port(fence, reach->ports[i]);
}

// The reader of mails: its mailbox, and nothing of the keys.
static void allow_inbox(struct fence *fence, const struct config *config)
{
    if (config->inbox_source == INBOX_MAILDIR)
        allow(fence, config->inbox_maildir, MAILDIR);
    else if (config->inbox_source == INBOX_IMAP)
        allow_around(fence, config->inbox_ca_file, READ);
}

static void allow_configured(struct fence *fence, const struct sandbox_needs *needs)
{
    const struct config *config = needs->config;
    allow_listed(fence, config->sandbox_read);
    if (needs->role == SANDBOX_INBOX) {
        allow_inbox(fence, config);
        return;
    }
    allow(fence, config->paths_mail, READ);
    if (needs->role == SANDBOX_API) {
        allow(fence, config->paths_letters, READ);
        allow_around(fence, needs->config_path, READ);
        allow(fence, config->paths_laws, READ);
        allow(fence, config->paths_calendars, READ);
        allow(fence, config->paths_vendors, READ); // their hash goes into the audit log
        allow_around(fence, config->vault_ring, CHANGE);
        allow_around(fence, config->api_socket, LANDLOCK_ACCESS_FS_REMOVE_FILE);
    } else {
        allow_around(fence, config->vault_ring, READ);
        if (config->mail_transport == TRANSPORT_MAILDIR)
            allow(fence, config->mail_maildir, MAILDIR);
        else
            allow_around(fence, config->mail_ca_file, READ);
    }
}

static struct ruleset what_to_refuse(long abi, const struct reach *reach)
{
    struct ruleset refused = {.files = FS_OF_ABI_2};
    if (abi >= ABI_TRUNCATE)
        refused.files |= FS_TRUNCATE;
    if (abi >= ABI_PORTS)
        refused.ports = reach->any_port ? NET_BIND_TCP : NET_BIND_TCP | NET_CONNECT_TCP;
    if (abi >= ABI_IOCTL)
        refused.files |= FS_IOCTL_DEV;
    if (abi >= ABI_SCOPES)
        refused.scopes = reach->abstract ? SCOPE_SIGNAL : SCOPE_SIGNAL | SCOPE_ABSTRACT_SOCKET;
    return refused;
}

int files_restrict(const struct sandbox_needs *needs)
{
    struct reach *reach = NULL;
    struct fence fence = {.descriptor = -1};
    long abi = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    if (abi < ABI_LEAST)
        return abi < 0 ? errno : ENOTSUP;
    reach = reach_new(needs);
    if (reach == NULL)
        return ENOMEM;
    struct ruleset refused = what_to_refuse(abi, reach);
    fence.files = refused.files;
    // Members that are zero at the end need no kernel that knows of them.
    fence.descriptor = (int)syscall(SYS_landlock_create_ruleset, &refused, sizeof refused, 0);
    if (fence.descriptor < 0)
        fence.why = errno;
    if (fence.why == 0) {
        allow_system(&fence);
        allow_configured(&fence, needs);
        allow_reach(&fence, reach, (refused.ports & NET_CONNECT_TCP) != 0);
    }
    if (fence.why == 0 && (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) != 0 ||
                           syscall(SYS_landlock_restrict_self, fence.descriptor, 0) != 0))
        fence.why = errno;
    if (fence.descriptor >= 0)
        close(fence.descriptor);
    reach_free(reach);
    return fence.why;
}
