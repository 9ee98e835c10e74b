// SPDX-License-Identifier: GPL-3.0-or-later
// What a role can still do once it is shut in, and what it cannot: each attempt in a process of its own.
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <linux/landlock.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "check.h"
#include "mail/maildir.h"
#include "sandbox/sandbox.h"
#include "shared/text.h"

enum { NEWER_THAN_ANY_CALL = 4000 };

static char
    root[PATH_MAX]; // a folder for it all; what role and system need lies below, and a secret beside it

static const char *in_root(const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%.*s/%s", (int)(sizeof path - NAME_MAX), root, name);
    return path;
}

static int put(const char *path, const char *content)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0)
        return errno;
    int why = write(file, content, strlen(content)) == (ssize_t)strlen(content) ? 0 : errno;
    close(file);
    return why;
}

static int get(const char *path)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return errno;
    close(file);
    return 0;
}

static int of(long result)
{
    return result == -1 ? errno : 0;
}

// Each returns 0 or an errno.
static int read_secret(void)
{
    return get(in_root("secret"));
}
static int read_shadow(void)
{
    return get("/etc/shadow");
}
static int list_home(void)
{
    return get("/home");
}
static int list_root(void)
{
    return get("/");
}
static int read_memory(void)
{
    return get("/proc/1/mem");
}
static int write_beside(void)
{
    return put(in_root("new"), "x");
}
static int write_temporary(void)
{
    return put("/tmp/dsrd-sandbox-test", "x");
}
static int write_law(void)
{
    return put(in_root("etc/laws/x"), "x");
}
static int write_ring(void)
{
    return put(in_root("state/keyring.new"), "x");
}
static int read_ring(void)
{
    return get(in_root("state/keyring"));
}
static int read_law(void)
{
    return get(in_root("etc/laws"));
}
static int read_texts(void)
{
    return get(in_root("etc/mail"));
}
static int read_zone(void)
{
    return get("/usr/share/zoneinfo/America/New_York");
}
static int read_also(void)
{
    return get(in_root("more/x"));
}
static int remove_socket(void)
{
    return of(unlink(in_root("run/dsrd.sock")));
}
static int remove_law(void)
{
    return of(unlink(in_root("etc/laws/kept")));
}
static int link_secret(void)
{
    char to[PATH_MAX];
    snprintf(to, sizeof to, "%s", in_root("state/taken"));
    return of(link(in_root("secret"), to));
}
static int exchange_ring(void)
{
    char beside[PATH_MAX];
    snprintf(beside, sizeof beside, "%s", in_root("state/keyring.beside"));
    int why = put(beside, "x");
    return why != 0 ? why
                    : of(renameat2(AT_FDCWD, beside, AT_FDCWD, in_root("state/keyring"), RENAME_EXCHANGE));
}
// The parent has put another one in its place.
static int reread_replaced_config(void)
{
    return get(in_root("etc/dsrd.conf"));
}
static int deliver(void)
{
    struct text mail = {0};
    struct error error = {0};
    text_append(&mail, "Subject: x\r\n\r\n");
    bool good = maildir_deliver(in_root("Maildir"), "one", &mail, &error);
    text_release(&mail);
    return good ? 0 : EIO;
}
static int socket_of(int family)
{
    return of(socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0));
}
static int unix_socket(void)
{
    return socket_of(AF_UNIX);
}
static int ipv6_socket(void)
{
    return socket_of(AF_INET6);
}
static int netlink_socket(void)
{
    return socket_of(AF_NETLINK);
}
static int packet_socket(void)
{
    return socket_of(AF_PACKET);
}
static int vsock_socket(void)
{
    return socket_of(AF_VSOCK);
}
static int bind_port(void)
{
    const struct sockaddr_in any = {.sin_family = AF_INET};
    return of(
        bind(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (const struct sockaddr *)&any, sizeof any));
}
static int connect_to(uint16_t port)
{
    const struct sockaddr_in there = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    return of(connect(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), (const struct sockaddr *)&there,
                      sizeof there));
}
// Nobody listens there: the host refuses it, not the kernel.
static int connect_database(void)
{
    return connect_to(1);
}
static int connect_relay(void)
{
    return connect_to(2);
}
static int connect_elsewhere(void)
{
    return connect_to(3);
}
static int newer_call(void)
{
    return of(syscall(NEWER_THAN_ANY_CALL));
}
static int clone3_call(void)
{
    return of(syscall(SYS_clone3, NULL, 0));
}
static int run_memory(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) ==
                   MAP_FAILED
               ? errno
               : 0;
}
static int make_runnable(void)
{
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return of(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
static int signal_parent(void)
{
    return of(kill(getppid(), 0));
}
static int signal_thread(void)
{
    return of(syscall(SYS_tgkill, getppid(), getppid(), 0));
}
static int another_process(void)
{
    return of(fork());
}
static int make_debuggable(void)
{
    return of(prctl(PR_SET_DUMPABLE, 1L, 0L, 0L, 0L));
}
static int raise_limit(void)
{
    const struct rlimit more = {RLIM_INFINITY, RLIM_INFINITY};
    return of(setrlimit(RLIMIT_CORE, &more));
}
static void *nothing(void *context)
{
    return context;
}
static int thread(void)
{
    pthread_t made;
    int why = pthread_create(&made, NULL, nothing, NULL);
    return why != 0 ? why : pthread_join(made, NULL);
}
static void *secret_in_thread(void *context)
{
    *(int *)context = read_secret();
    return NULL;
}
static int read_secret_in_a_thread(void)
{
    pthread_t made;
    int why = 0;
    return pthread_create(&made, NULL, secret_in_thread, &why) != 0 || pthread_join(made, NULL) != 0 ? ENOTSUP
                                                                                                     : why;
}
static int run_program(void)
{
    char *const arguments[] = {(char[]){"true"}, NULL};
    return of(execv("/bin/true", arguments));
}
static int trace(void)
{
    return of(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
}
static int mount_something(void)
{
    return of(mount(NULL, NULL, NULL, 0, NULL));
}
static int other_user(void)
{
    return of(setuid(getuid()));
}
static int other_namespace(void)
{
    return of(unshare(CLONE_NEWUSER));
}
static int read_other_memory(void)
{
    return of(syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0));
}
static int load_bpf(void)
{
    return of(syscall(SYS_bpf, 0, NULL, 0));
}
static int make_ring_of_calls(void)
{
    return of(syscall(SYS_io_uring_setup, 1, NULL));
}

enum { KILLED = -1, OF_PORTS = 1 };
#define BOTH(name, outcome)                                                                                  \
    {                                                                                                        \
#name, name, outcome, outcome, 0                                                                     \
    }
static const struct attempt {
    const char *name;
    int (*make)(void);
    int of_api, of_mailer; // 0, an errno, or KILLED
    int needs;             // OF_PORTS: a kernel whose Landlock knows of ports
} attempts[] = {
    // what they are for
    BOTH(read_texts, 0),
    BOTH(read_ring, 0),
    BOTH(read_zone, 0),
    BOTH(read_also, 0),
    BOTH(unix_socket, 0),
    BOTH(ipv6_socket, 0),
    BOTH(thread, 0),
    {"write_ring", write_ring, 0, EACCES, 0},
    {"exchange_ring", exchange_ring, 0, EACCES, 0},
    {"read_law", read_law, 0, EACCES, 0},
    {"reread_replaced_config", reread_replaced_config, 0, EACCES, 0},
    {"remove_socket", remove_socket, 0, EACCES, 0},
    {"deliver", deliver, EIO, 0, 0},
    {"connect_database", connect_database, ECONNREFUSED, ECONNREFUSED, OF_PORTS},
    // what they are not
    BOTH(read_secret, EACCES),
    BOTH(read_secret_in_a_thread, EACCES),
    BOTH(read_shadow, EACCES),
    BOTH(list_home, EACCES),
    BOTH(list_root, EACCES),
    BOTH(read_memory, EACCES),
    BOTH(write_beside, EACCES),
    BOTH(write_temporary, EACCES),
    BOTH(write_law, EACCES),
    BOTH(remove_law, EACCES),
    {"link_secret", link_secret, EXDEV, EACCES, 0},
    {"connect_relay", connect_relay, EACCES, EACCES, OF_PORTS}, // the mailer of this test has a Maildir
    {"connect_elsewhere", connect_elsewhere, EACCES, EACCES, OF_PORTS},
    BOTH(netlink_socket, ENOSYS),
    BOTH(packet_socket, ENOSYS),
    BOTH(vsock_socket, ENOSYS),
    BOTH(bind_port, ENOSYS),
    BOTH(newer_call, ENOSYS),
    BOTH(clone3_call, ENOSYS),
    BOTH(run_memory, ENOSYS),
    BOTH(make_runnable, ENOSYS),
    BOTH(signal_parent, ENOSYS),
    BOTH(signal_thread, ENOSYS),
    BOTH(another_process, ENOSYS),
    BOTH(make_debuggable, ENOSYS),
    BOTH(raise_limit, ENOSYS),
    BOTH(run_program, KILLED),
    BOTH(trace, KILLED),
    BOTH(mount_something, KILLED),
    BOTH(other_user, KILLED),
    BOTH(other_namespace, KILLED),
    BOTH(read_other_memory, KILLED),
    BOTH(load_bpf, KILLED),
    BOTH(make_ring_of_calls, ENOSYS),
};

static long landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
}

static bool write_config(void)
{
    struct text text = {0};
    text_format(&text, "sandbox = { mode = \"required\"; read = \"%s/nothing:%s/more\"; };\n", root, root);
    text_format(&text,
                "paths = { laws = \"%s/etc/laws\"; calendars = \"%s/etc/laws\"; vendors = \"%s/etc/laws\"; "
                "mail = \"etc/mail\"; };\n", // from the working folder
                root, root, root);
    text_format(&text,
                "vault = { ring = \"%s/state/keyring\"; }; api = { socket = \"%s/run/dsrd.sock\"; };\n", root,
                root);
    text_format(
        &text,
        "mail = { transport = \"maildir\"; maildir = \"%s/Maildir\"; relay = \"smtp://127.0.0.1:2\"; };\n",
        root);
    bool good = !text.failed && put(in_root("etc/dsrd.conf"), text.text) == 0;
    text_release(&text);
    return good;
}

static int set_up(void **state)
{
    static const char *const folders[] = {"etc", "etc/laws", "etc/mail", "state", "run", "more"};
    static const char *const files[] = {"secret", "etc/laws/kept", "state/keyring", "run/dsrd.sock",
                                        "more/x"};
    struct error error;
    (void)state;
    snprintf(root, sizeof root, "/tmp/dsrd-sandbox-XXXXXX");
    if (mkdtemp(root) == NULL || chdir(root) != 0)
        return -1;
    for (size_t i = 0; i < COUNT(folders); i++)
        if (mkdir(in_root(folders[i]), 0700) != 0)
            return -1;
    for (size_t i = 0; i < COUNT(files); i++)
        if (put(in_root(files[i]), "x") != 0)
            return -1;
    return maildir_make(in_root("Maildir"), &error) && write_config() ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *where)
{
    (void)status;
    (void)kind;
    (void)where;
    return remove(path);
}

static int tear_down(void **state)
{
    enum { DESCRIPTORS = 8 };
    (void)state;
    return nftw(root, remove_one, DESCRIPTORS, FTW_DEPTH | FTW_PHYS);
}

// Shuts itself in, waits for the parent, then tries. The errno goes back as the exit status.
static void child(enum sandbox_role role, const struct attempt *attempt, int ready, int go)
{
    enum { CANNOT = 255 };
    struct error error;
    char byte = 0;
    struct config *config = config_load(in_root("etc/dsrd.conf"), &error);
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", in_root("etc/dsrd.conf"));
    const struct sandbox_needs needs = {role, config, path, "host=127.0.0.1 port=1"};
    prctl(PR_SET_DUMPABLE, 0L, 0L, 0L, 0L); // as main() does; no core of the killed ones either
    if (config == NULL || !sandbox_enter(&needs, &error)) {
        fprintf(stderr, "%s\n", error.text);
        _exit(CANNOT);
    }
    if (write(ready, &byte, 1) != 1 || read(go, &byte, 1) != 1)
        _exit(CANNOT);
    _exit(attempt->make());
}

static int outcome_of(enum sandbox_role role, const struct attempt *attempt)
{
    int ready[2], go[2], status = 0;
    char byte = 0;
    assert_int_equal(pipe2(ready, O_CLOEXEC), 0);
    assert_int_equal(pipe2(go, O_CLOEXEC), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        child(role, attempt, ready[1], go[0]);
    close(ready[1]);
    close(go[0]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    unlink(in_root("etc/dsrd.conf")); // another one of that name comes, as from an editor
    assert_true(write_config());
    assert_int_equal(write(go[1], &byte, 1), 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    close(ready[0]);
    close(go[1]);
    if (WIFSIGNALED(status))
        return WTERMSIG(status) == SIGSYS ? KILLED : -WTERMSIG(status);
    return WEXITSTATUS(status);
}

static void try_all(enum sandbox_role role)
{
    enum { ABI_LEAST = 2, ABI_PORTS = 4 };
#ifdef DSRD_SANITIZED
    skip(); // there is no sandbox with sanitizers
#endif
    if (landlock() < ABI_LEAST)
        skip();
    int wrong = 0;
    for (size_t i = 0; i < COUNT(attempts); i++) {
        int wanted = role == SANDBOX_API ? attempts[i].of_api : attempts[i].of_mailer;
        if (attempts[i].needs == OF_PORTS && landlock() < ABI_PORTS)
            continue;
        put(in_root("run/dsrd.sock"), "x");
        int got = outcome_of(role, &attempts[i]);
        if (got != wanted)
            fprintf(stderr, "# %s of %s: %d, wanted %d\n", attempts[i].name,
                    role == SANDBOX_API ? "api" : "mailer", got, wanted);
        wrong += got != wanted;
    }
    assert_int_equal(wrong, 0);
}

static void the_api_can_do_its_work_and_nothing_else(void **state)
{
    (void)state;
    try_all(SANDBOX_API);
}

static void a_mailer_can_do_its_work_and_nothing_else(void **state)
{
    (void)state;
    try_all(SANDBOX_MAILER);
}

// It has children, in which mails are read; of the keys and texts it sees nothing.
static void the_reader_of_mails_can_do_its_work_and_nothing_else(void **state)
{
    static const struct {
        const char *name;
        int wanted;
    } of_inbox[] = {{"read_zone", 0},          {"unix_socket", 0},         {"thread", 0},          {"another_process", 0},
                    {"read_texts", EACCES},    {"read_ring", EACCES},      {"write_ring", EACCES}, {"read_secret", EACCES},
                    {"read_shadow", EACCES},   {"list_home", EACCES},      {"write_beside", EACCES}, {"netlink_socket", ENOSYS},
                    {"newer_call", ENOSYS},    {"clone3_call", ENOSYS},    {"run_memory", ENOSYS}, {"make_runnable", ENOSYS}};
    enum { ABI_LEAST = 2 };
    int wrong = 0;
    (void)state;
#ifdef DSRD_SANITIZED
    skip(); // there is no sandbox with sanitizers
#endif
    if (landlock() < ABI_LEAST)
        skip();
    for (size_t i = 0; i < COUNT(of_inbox); i++) {
        size_t found = 0;
        while (found < COUNT(attempts) && strcmp(attempts[found].name, of_inbox[i].name) != 0)
            found++;
        assert_true(found < COUNT(attempts));
        int got = outcome_of(SANDBOX_INBOX, &attempts[found]);
        if (got != of_inbox[i].wanted)
            fprintf(stderr, "# %s of inbox: %d, wanted %d\n", of_inbox[i].name, got, of_inbox[i].wanted);
        wrong += got != of_inbox[i].wanted;
    }
    for (size_t i = 0; i < COUNT(attempts); i++) // whatever ends the others ends it
        if (attempts[i].of_mailer == KILLED && outcome_of(SANDBOX_INBOX, &attempts[i]) != KILLED) {
            fprintf(stderr, "# %s of inbox does not end it\n", attempts[i].name);
            wrong++;
        }
    assert_int_equal(wrong, 0);
}

static void without_a_sandbox_it_can_do_it_all(void **state)
{
    (void)state;
    assert_int_equal(read_secret(), 0);
    assert_int_equal(list_root(), 0);
    assert_int_equal(netlink_socket(), 0);
    assert_int_equal(bind_port(), 0);
    assert_int_equal(make_runnable(), 0);
    assert_int_equal(connect_elsewhere(), ECONNREFUSED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_api_can_do_its_work_and_nothing_else),
        cmocka_unit_test(a_mailer_can_do_its_work_and_nothing_else),
        cmocka_unit_test(the_reader_of_mails_can_do_its_work_and_nothing_else),
        cmocka_unit_test(without_a_sandbox_it_can_do_it_all),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
