// SPDX-License-Identifier: GPL-3.0-or-later
#include "sandbox/calls.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOAD_S = 10 };

// clang-format off
// Taken from the whole test suite (tests/harness/calls.py), and from what glibc, libuv, libcurl, libpq and OpenSSL call on other kernels
// and processors. Names that this processor does not have are passed over.
static const char *const common[] = {
    // memory
    "brk", "madvise", "mlock", "mlock2", "mremap", "munlock", "munmap", "membarrier",
    // threads and signals
    "exit", "exit_group", "futex", "futex_time64", "futex_waitv", "get_robust_list", "getcpu", "gettid", "restart_syscall", "rseq",
    "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "rt_sigsuspend", "sched_getaffinity",
    "sched_getparam", "sched_getscheduler", "sched_yield", "set_robust_list", "set_tid_address", "sigaltstack", "sigreturn",
    // who and where we are
    "getegid", "geteuid", "getgid", "getgroups", "getpgrp", "getpid", "getppid", "getresgid", "getresuid", "getrlimit", "getrusage",
    "getuid", "sysinfo", "times", "ugetrlimit", "umask", "uname", "getrandom",
    // time
    "clock_getres", "clock_getres_time64", "clock_gettime", "clock_gettime64", "clock_nanosleep", "clock_nanosleep_time64", "gettimeofday",
    "alarm", "nanosleep", "setitimer", "time", "timerfd_create", "timerfd_settime", "timerfd_gettime",
    // descriptors
    "close", "close_range", "dup", "dup2", "dup3", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
    "eventfd", "eventfd2", "fcntl", "fcntl64", "pipe", "pipe2", "poll", "ppoll", "ppoll_time64", "pselect6", "pselect6_time64", "select",
    "_newselect", "pread64", "preadv", "pwrite64", "pwritev", "read", "readv", "write", "writev",
    // files: which ones, Landlock says
    "_llseek", "access", "faccessat", "faccessat2", "fadvise64", "fdatasync", "flock", "fstat", "fstat64", "fstatat64", "fstatfs",
    "fstatfs64", "fsync", "ftruncate", "getcwd", "getdents", "getdents64", "link", "linkat", "lseek", "lstat", "lstat64", "mkdir",
    "mkdirat", "newfstatat", "open", "openat", "readlink", "readlinkat", "rename", "renameat", "renameat2", "stat", "stat64", "statfs",
    "statfs64", "statx", "unlink", "unlinkat",
    // connections that are made
    "connect", "getpeername", "getsockname", "getsockopt", "recvfrom", "recvmmsg", "recvmmsg_time64", "recvmsg", "sendmmsg", "sendmsg",
    "sendto", "setsockopt", "shutdown", "recv", "send",
    NULL,
};

// Connections that are taken, the file of the key ring that is made by its user for another one (root), and answers from a file.
static const char *const of_api[] = {"accept", "accept4", "sendfile", "sendfile64", "fchown", "fchown32", NULL};
static const char *const of_mailer[] = {NULL};
// Each mail is read in a child, which is given limits and ended if need be.
static const char *const of_inbox[] = {"fork", "vfork", "wait4", "waitid", "waitpid", "kill", "setrlimit", NULL};
static const char *const *const of_role[] = {[SANDBOX_API] = of_api, [SANDBOX_MAILER] = of_mailer, [SANDBOX_INBOX] = of_inbox};

// No library of ours tries these to see what the kernel can, as libuv does io_uring or Kerberos keys: those are answered ENOSYS like the rest.
static const char *const deadly[] = {
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd", "mount", "umount", "umount2", "move_mount",
    "open_tree", "fsopen", "fsmount", "fsconfig", "fspick", "mount_setattr", "pivot_root", "chroot", "unshare", "setns", "open_by_handle_at", "bpf",
    "perf_event_open", "userfaultfd", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load", "reboot", "swapon", "swapoff",
    "setuid", "setuid32", "setgid", "setgid32", "setreuid", "setreuid32", "setregid", "setregid32", "setresuid", "setresuid32", "setresgid",
    "setresgid32", "setgroups", "setgroups32", "setfsuid", "setfsuid32", "setfsgid", "setfsgid32", "capset", "acct", "quotactl", "iopl", "ioperm",
    "mknod", "mknodat", "settimeofday", "clock_settime", "clock_settime64", "adjtimex", "clock_adjtime", "clock_adjtime64", "sethostname",
    "setdomainname", "syslog", "vhangup",
    NULL,
};
// clang-format on
static int add_all(scmp_filter_ctx filter, uint32_t action, const char *const *names)
{
    for (; *names != NULL; names++) {
        int number = seccomp_syscall_resolve_name(*names);
        int result = number != __NR_SCMP_ERROR ? seccomp_rule_add(filter, action, number, 0) : 0;
        if (result < 0 && result != -EDOM) // EDOM: another processor's
            return -result;
    }
    return 0;
}

// Allows a call when one of its arguments compares so; 0 or a negative errno, as libseccomp has it.
static int allow_if(scmp_filter_ctx filter, int call, unsigned argument, enum scmp_compare compare, scmp_datum_t a,
                    scmp_datum_t b)
{
    const struct scmp_arg_cmp condition = {argument, compare, a, b};
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &condition);
}

static int allow_if_equal(scmp_filter_ctx filter, int call, unsigned argument, scmp_datum_t value)
{
    return allow_if(filter, call, argument, SCMP_CMP_EQ, value, 0);
}

static int allow_if_bits(scmp_filter_ctx filter, int call, unsigned argument, scmp_datum_t mask, scmp_datum_t bits)
{
    return allow_if(filter, call, argument, SCMP_CMP_MASKED_EQ, mask, bits);
}

static int add_sockets(scmp_filter_ctx filter)
{
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6};
    int result = allow_if_equal(filter, SCMP_SYS(socketpair), 0, AF_UNIX);
    for (size_t i = 0; i < sizeof families / sizeof families[0] && result == 0; i++)
        result = allow_if_equal(filter, SCMP_SYS(socket), 0, (scmp_datum_t)families[i]);
    return -result;
}

// No memory that can be written is ever run, as MemoryDenyWriteExecute= has it; libraries may still be loaded.
static int add_memory(scmp_filter_ctx filter)
{
    static const int calls[] = {SCMP_SYS(mmap), SCMP_SYS(mmap2)};
    int result = allow_if_bits(filter, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
    for (size_t i = 0; i < 2 && result == 0; i++) {
        result = allow_if_bits(filter, calls[i], 2, PROT_EXEC, 0);
        if (result == 0)
            result = allow_if_bits(filter, calls[i], 2, PROT_EXEC | PROT_WRITE, PROT_EXEC);
    }
    return -result;
}

static int add_controls(scmp_filter_ctx filter, enum sandbox_role role)
{
    static const unsigned long requests[] = {FIONBIO, FIONREAD, FIOCLEX, TCGETS};
    static const int options[] = {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE}, of_child[] = {PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS};
    static const scmp_datum_t namespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
    bool forks = role == SANDBOX_INBOX;
    // Threads, for the look-up of names and the tables of a quarter, and no other processes but in the reader of mails, whose children are no more than it is. What clone3 is asked for no filter can see: glibc then takes clone.
    int result = forks ? allow_if_bits(filter, SCMP_SYS(clone), 0, namespaces, 0) : allow_if_bits(filter, SCMP_SYS(clone), 0, CLONE_THREAD, CLONE_THREAD);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0] && result == 0; i++)
        result = allow_if_bits(filter, SCMP_SYS(ioctl), 1, UINT32_MAX, requests[i]);
    for (size_t i = 0; i < sizeof options / sizeof options[0] && result == 0; i++)
        result = allow_if_equal(filter, SCMP_SYS(prctl), 0, (scmp_datum_t)options[i]);
    for (size_t i = 0; forks && i < sizeof of_child / sizeof of_child[0] && result == 0; i++)
        result = allow_if_equal(filter, SCMP_SYS(prctl), 0, (scmp_datum_t)of_child[i]);
    if (result == 0 && forks)
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 0);
    else if (result == 0)
        result = allow_if_equal(filter, SCMP_SYS(prlimit64), 2, 0); // limits are read, not set
    if (result == 0 && forks) // the child's abort() is that of another number
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 0);
    else if (result == 0)
        result = allow_if_equal(filter, SCMP_SYS(tgkill), 0, (scmp_datum_t)getpid()); // abort(); nobody else is signalled
    return -result;
}

static int set_attributes(scmp_filter_ctx filter)
{
    static const struct {
        enum scmp_filter_attr attribute;
        uint32_t value;
    } wanted[] = {
        {SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS},
        {SCMP_FLTATR_CTL_TSYNC, 1},    // every thread
        {SCMP_FLTATR_API_SYSRAWRC, 1}, // a load that fails says why
        {SCMP_FLTATR_CTL_OPTIMIZE, 2}, // a tree, not a list
    };
    int result = 0;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0] && result == 0; i++)
        result = seccomp_attr_set(filter, wanted[i].attribute, wanted[i].value);
    return -result;
}

// libseccomp 2.5 that gets no memory while it loads may go round for ever: such a process ends, and is started again.
static int load(scmp_filter_ctx filter)
{
    alarm(LOAD_S);
    int result = seccomp_load(filter);
    alarm(0);
    return result;
}

int calls_restrict(enum sandbox_role role)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    if (filter == NULL)
        return ENOMEM;
    int why = set_attributes(filter);
    if (why == 0)
        why = add_all(filter, SCMP_ACT_ALLOW, common);
    if (why == 0)
        why = add_all(filter, SCMP_ACT_ALLOW, of_role[role]);
    if (why == 0)
        why = add_all(filter, SCMP_ACT_KILL_PROCESS, deadly);
    if (why == 0)
        why = add_sockets(filter);
    if (why == 0)
        why = add_memory(filter);
    if (why == 0)
        why = add_controls(filter, role);
    if (why == 0)
        why = -load(filter);
    seccomp_release(filter);
    return why;
}
