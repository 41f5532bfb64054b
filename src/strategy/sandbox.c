/* sandbox: the ruleset and the filter, as tables. */
#include "config.h"

#include "strategy/sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* -- Landlock: the kernel's interface, also where its header is older ------ */

enum {					/* the same number everywhere */
	CALL_CREATE = 444, CALL_ADD = 445, CALL_RESTRICT = 446
};
enum {
	FS_EXECUTE = 1 << 0, FS_WRITE_FILE = 1 << 1, FS_READ_FILE = 1 << 2,
	FS_READ_DIR = 1 << 3, FS_TRUNCATE = 1 << 14
};
#define CREATE_VERSION	1u
#define LOW_FDS		10
#define RULE_BENEATH	1
#define READ		(FS_READ_FILE | FS_READ_DIR)
#define FILE_RIGHTS	(FS_EXECUTE | FS_WRITE_FILE | FS_READ_FILE | \
			 FS_TRUNCATE)

struct ruleset {
	uint64_t fs, net, scoped;
};
struct beneath {
	uint64_t rights;
	int32_t fd;
} __attribute__((packed));

/* What each version of the interface can deny, and how much of the struct it
 * knows. */
static const struct {
	uint64_t fs, net, scoped;
	size_t size;
} versions[] = {
	{ 0x1fff, 0, 0, 8 },		/* 1 */
	{ 0x3fff, 0, 0, 8 },		/* 2: refer */
	{ 0x7fff, 0, 0, 8 },		/* 3: truncate */
	{ 0x7fff, 3, 0, 16 },		/* 4: TCP */
	{ 0xffff, 3, 0, 16 },		/* 5: ioctl on devices */
	{ 0xffff, 3, 3, 24 },		/* 6: abstract sockets, signals */
};

/* What the system offers every program. */
static const struct {
	const char *path;
	unsigned rights;
	bool is_folder;		/* of programs and libraries */
} system_paths[] = {
	{ "/usr", READ | FS_EXECUTE, true },
	{ "/bin", READ | FS_EXECUTE, true },
	{ "/sbin", READ | FS_EXECUTE, true },
	{ "/lib", READ | FS_EXECUTE, true },
	{ "/lib32", READ | FS_EXECUTE, true },
	{ "/lib64", READ | FS_EXECUTE, true },
	{ "/libx32", READ | FS_EXECUTE, true },
	{ "/opt", READ | FS_EXECUTE, true },
	{ "/nix/store", READ | FS_EXECUTE, true },
	{ "/gnu/store", READ | FS_EXECUTE, true },
	{ "/etc/alternatives", READ, false },
	{ "/etc/ld.so.cache", READ, false },
	{ "/etc/ld.so.conf", READ, false },
	{ "/etc/ld.so.conf.d", READ, false },
	{ "/etc/localtime", READ, false },
	/* Node.js does not start without it. */
	{ "/etc/ssl/openssl.cnf", READ, false },
	{ "/etc/pki/tls/openssl.cnf", READ, false },
	{ "/dev/null", FS_READ_FILE | FS_WRITE_FILE, false },
	{ "/dev/zero", FS_READ_FILE, false },
	{ "/dev/random", FS_READ_FILE, false },
	{ "/dev/urandom", FS_READ_FILE, false },
};

bool sim_sandbox_is_system(const char *path)
{
	for (size_t i = 0; i < N(system_paths); i++) {
		size_t n = strlen(system_paths[i].path);

		if (system_paths[i].is_folder &&
		    !strncmp(path, system_paths[i].path, n) && path[n] == '/')
			return true;
	}
	return false;
}

/* Allow rights on and below an open place; false with errno. */
static bool allow(int rules, int fd, uint64_t rights)
{
	struct beneath b = { .rights = rights, .fd = fd };
	struct stat st;

	if (fstat(fd, &st))
		return false;
	if (!S_ISDIR(st.st_mode))
		b.rights &= FILE_RIGHTS;
	return !syscall(CALL_ADD, rules, RULE_BENEATH, &b, 0);
}

/* What is not there need not be allowed. */
static bool allow_path(int rules, const char *path, uint64_t rights)
{
	int fd = open(path, O_PATH | O_CLOEXEC);
	bool is_done;

	if (fd < 0)
		return true;
	is_done = allow(rules, fd, rights);
	close(fd);
	return is_done;
}

/* Is `path` at or below the folder `above`? */
static bool is_below(const char *path, const char *above)
{
	size_t n = strlen(above);

	while (n && above[n - 1] == '/')
		n--;
	return !strncmp(path, above, n) && (!path[n] || path[n] == '/');
}

/* One name of the own folder. */
static bool allow_entry(int rules, int folder, const char *name)
{
	int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;
	bool is_done = true;

	if (fd < 0)
		return true;
	if (!fstat(fd, &st) && (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode)))
		is_done = allow(rules, fd, READ);
	close(fd);
	return is_done;
}

static bool holds(const char *folder, const char *name, const char *hidden)
{
	size_t n = strlen(folder), len = strlen(name);

	if (n == 1)
		n = 0;
	return hidden && !strncmp(hidden, folder, n) && hidden[n] == '/' &&
		!strncmp(hidden + n + 1, name, len) &&
		(!hidden[n + 1 + len] || hidden[n + 1 + len] == '/');
}

/* Listing it, and each of its names that is not hidden. */
static bool allow_own(int rules, const char *folder, const char *hidden)
{
	DIR *d = opendir(folder);
	const struct dirent *e;
	bool is_done;

	if (!d)
		return true;
	is_done = allow(rules, dirfd(d), FS_READ_DIR);
	while (is_done && (e = readdir(d))) {
		if (e->d_name[0] != '.' && !holds(folder, e->d_name, hidden))
			is_done = allow_entry(rules, dirfd(d), e->d_name);
	}
	closedir(d);
	return is_done;
}

/* The ruleset, away from the low descriptors that a child sets. */
static int create(const struct ruleset *r, size_t size)
{
	int fd = (int)syscall(CALL_CREATE, r, size, 0);
	int high = fd < 0 ? fd : fcntl(fd, F_DUPFD_CLOEXEC, LOW_FDS);

	if (fd >= 0)
		close(fd);
	return high;
}

static int make_rules(struct sim_sandbox *s, const char *folder,
		      const char *hidden, struct sim_err *err)
{
	long version = syscall(CALL_CREATE, NULL, 0, CREATE_VERSION);
	struct ruleset r;
	bool is_done = true;
	size_t row;

	if (version < 1)
		return sim_err_set(err, SIM_E_UNAVAILABLE, "this system's "
				   "kernel offers no Landlock, so a sandbox "
				   "can't keep a strategy from files; run it "
				   "without --sandbox, or in a container");
	row = (size_t)version < N(versions) ? (size_t)version : N(versions);
	r = (struct ruleset){ versions[row - 1].fs, versions[row - 1].net,
			      versions[row - 1].scoped };
	s->rules = create(&r, versions[row - 1].size);
	if (s->rules < 0)
		is_done = false;
	for (size_t i = 0; is_done && i < N(system_paths); i++)
		is_done = allow_path(s->rules, system_paths[i].path,
				     system_paths[i].rights & r.fs);
	if (is_done && !(hidden && is_below(folder, hidden)))
		is_done = allow_own(s->rules, folder, hidden);
	if (is_done)
		return SIM_OK;
	return sim_err_set(err, SIM_E_UNAVAILABLE, "the sandbox's rules can't "
			   "be made: %s", strerror(errno));
}

/* -- seccomp --------------------------------------------------------------- */

#if defined(__x86_64__)
#define ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__arm__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARCH AUDIT_ARCH_PPC64LE
#elif defined(__s390x__)
#define ARCH AUDIT_ARCH_S390X
#else
#define ARCH 0
#endif
#define X32_BIT 0x40000000u

/* Sockets; then what makes them, or reaches files and processes, otherwise. */
static const int refused[] = {
	SYS_socket, SYS_socketpair, SYS_bind, SYS_connect, SYS_listen,
	SYS_accept4, SYS_sendto, SYS_sendmsg, SYS_sendmmsg, SYS_recvfrom,
	SYS_recvmsg, SYS_recvmmsg,
#ifdef SYS_accept
	SYS_accept,
#endif
#ifdef SYS_socketcall
	SYS_socketcall,
#endif
	425, 426, 427,			/* io_uring */
	428, 429, 430, 431, 432, 433, 442,	/* mounts, new interface */
	434, 438, 424,		/* pidfd_open, pidfd_getfd, _send_signal */
	SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev,
	SYS_kcmp, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
	SYS_keyctl, SYS_add_key, SYS_request_key, SYS_mount, SYS_umount2,
	SYS_pivot_root, SYS_chroot, SYS_unshare, SYS_setns,
	SYS_open_by_handle_at, SYS_name_to_handle_at, SYS_kexec_load,
	SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_reboot,
	SYS_swapon, SYS_swapoff, SYS_quotactl, SYS_acct, SYS_syslog,
	437,			/* openat2, whose flags are out of sight */
	/* What changes a file without opening it, which Landlock allows. */
	SYS_truncate, SYS_fchmod, SYS_fchmodat, 452, SYS_fchown, SYS_fchownat,
	SYS_setxattr, SYS_lsetxattr, SYS_fsetxattr, SYS_removexattr,
	SYS_lremovexattr, SYS_fremovexattr, 463, 466, 469,
	SYS_utimensat, 412,
#ifdef SYS_chmod
	SYS_chmod, SYS_chown, SYS_lchown, SYS_utimes, SYS_futimesat,
#endif
#ifdef SYS_utime
	SYS_utime,
#endif
#ifdef SYS_truncate64
	SYS_truncate64,
#endif
#ifdef SYS_chown32
	SYS_chown32, SYS_fchown32, SYS_lchown32,
#endif
	/* Memory and messages of other programs. */
#ifdef SYS_shmget
	SYS_shmget, SYS_shmat, SYS_msgget, SYS_msgsnd, SYS_msgrcv, SYS_semget,
#endif
#ifdef SYS_ipc
	SYS_ipc,
#endif
	SYS_mq_open,
};

#if defined(__s390x__)
#define CLONE_FLAGS 1
#else
#define CLONE_FLAGS 0
#endif

/* Calls that are refused when the bits of an argument, its number and a mask,
 * are these: to type on the terminal that the error output may be, to empty a
 * file by reading it, to enter namespaces. */
static const struct {
	int call;
	unsigned arg;
	uint32_t mask, bits;
} partly[] = {
	{ SYS_ioctl, 1, ~0U, TIOCSTI },
	{ SYS_ioctl, 1, ~0U, TIOCLINUX },
	{ SYS_ioctl, 1, ~0U, TIOCSETD },
	{ SYS_ioctl, 1, ~0U, TIOCCONS },
#ifdef SYS_open
	{ SYS_open, 1, O_TRUNC | O_ACCMODE, O_TRUNC },
#endif
	{ SYS_openat, 2, O_TRUNC | O_ACCMODE, O_TRUNC },
	{ SYS_clone, CLONE_FLAGS, CLONE_NEWNS, CLONE_NEWNS },
	{ SYS_clone, CLONE_FLAGS, CLONE_NEWCGROUP, CLONE_NEWCGROUP },
	{ SYS_clone, CLONE_FLAGS, CLONE_NEWUTS, CLONE_NEWUTS },
	{ SYS_clone, CLONE_FLAGS, CLONE_NEWIPC, CLONE_NEWIPC },
	{ SYS_clone, CLONE_FLAGS, CLONE_NEWUSER, CLONE_NEWUSER },
	{ SYS_clone, CLONE_FLAGS, CLONE_NEWPID, CLONE_NEWPID },
	{ SYS_clone, CLONE_FLAGS, CLONE_NEWNET, CLONE_NEWNET },
};
#define CALL_CLONE3 435		/* its flags are out of sight too */

/* How many instructions follow the table of calls. */
#define PART	5
#define TAIL	(PART * N(partly) + 2)

static void add(struct sim_sandbox *s, unsigned code, uint32_t k,
		size_t to, size_t past)
{
	s->code[s->ncode++] = (struct sock_filter){
		(unsigned short)code, (unsigned char)to, (unsigned char)past, k
	};
}

/* The half of an argument that has the low bits. */
static uint32_t low_half(unsigned arg)
{
	size_t at = offsetof(struct seccomp_data, args) + 8 * arg;

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	at += 4;
#endif
	return (uint32_t)at;
}

/* `left` rows of partly[] from here to the end of the filter. */
static void add_part(struct sim_sandbox *s, size_t left)
{
	const unsigned load = BPF_LD | BPF_W | BPF_ABS;
	const unsigned same = BPF_JMP | BPF_JEQ | BPF_K;
	size_t i = N(partly) - left, past = PART * (left - 1);

	add(s, same, (uint32_t)partly[i].call, 0, PART - 1);
	add(s, load, low_half(partly[i].arg), 0, 0);
	add(s, BPF_ALU | BPF_AND | BPF_K, partly[i].mask, 0, 0);
	add(s, same, partly[i].bits, past + 2, 0);
	add(s, load, offsetof(struct seccomp_data, nr), 0, 0);
}

/* A call of another machine's kind ends the process; one in the table, or of
 * the second kind that some have, is refused; clone3 is said not to be there,
 * so that libraries use clone. */
static void make_filter(struct sim_sandbox *s)
{
	const unsigned load = BPF_LD | BPF_W | BPF_ABS;
	const unsigned same = BPF_JMP | BPF_JEQ | BPF_K;
	size_t left = N(refused);

	s->ncode = 0;
	add(s, load, offsetof(struct seccomp_data, arch), 0, 0);
	add(s, same, ARCH, 1, 0);
	add(s, BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS, 0, 0);
	add(s, load, offsetof(struct seccomp_data, nr), 0, 0);
	add(s, same, CALL_CLONE3, 0, 1);
	add(s, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS, 0, 0);
	add(s, BPF_JMP | BPF_JGE | BPF_K, X32_BIT, left + TAIL - 1, 0);
	for (; left; left--)
		add(s, same, (uint32_t)refused[N(refused) - left],
		    left + TAIL - 2, 0);
	for (left = N(partly); left; left--)
		add_part(s, left);
	add(s, BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
	add(s, BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM, 0, 0);
}
_Static_assert(N(refused) + TAIL + 7 <= SIM_SANDBOX_CODE,
	       "the filter has room");
_Static_assert(N(refused) + TAIL <= 255, "a jump goes so far");

/* -- the whole ------------------------------------------------------------- */

int sim_sandbox_open(struct sim_sandbox *s, const char *folder,
		     const char *hidden, struct sim_err *err)
{
	char *own = realpath(folder, NULL);
	char *away = hidden ? realpath(hidden, NULL) : NULL;
	int rc;

	*s = (struct sim_sandbox)SIM_SANDBOX_INIT;
	if (!own) {
		free(away);
		return sim_err_set(err, SIM_E_NOENT, "the strategy's folder "
				   "'%.200s' can't be opened: %s", folder,
				   strerror(errno));
	}
	if (ARCH)
		rc = make_rules(s, own, away, err);
	else
		rc = sim_err_set(err, SIM_E_UNAVAILABLE, "there is no sandbox "
				 "for this kind of processor; run the "
				 "strategy without --sandbox");
	make_filter(s);
	free(own);
	free(away);
	if (rc)
		sim_sandbox_close(s);
	return rc;
}

void sim_sandbox_close(struct sim_sandbox *s)
{
	if (s->rules >= 0)
		close(s->rules);
	s->rules = -1;
}

int sim_sandbox_enter(const struct sim_sandbox *s)
{
	struct sock_fprog p = { s->ncode, (struct sock_filter *)s->code };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return -1;
	if (syscall(CALL_RESTRICT, s->rules, 0))
		return -1;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p);
}
