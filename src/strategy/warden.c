/*
 * warden: a table in shared memory, and a process that waits for the end of a
 * pipe which nobody but the program holds open.
 */
#include "config.h"

#include "strategy/warden.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "util/err.h"

#define PLACES	4096			/* more than a sweep has threads */

struct table {
	pid_t pid[PLACES];		/* 0: a free place */
	pid_t owner;			/* whose they are */
};

static struct table private;		/* where there is no shared memory */
static struct table *table = &private;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static volatile pid_t warden;		/* 0: there is none */

static void kill_groups(void)
{
	for (size_t i = 0; i < PLACES; i++) {
		pid_t pid = __atomic_load_n(&table->pid[i], __ATOMIC_SEQ_CST);

		if (pid) {
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
		}
	}
}

/* -- the warden's side, after fork: async-signal-safe calls only ----------- */

/* A terminal's signals are for the program; a session of its own has none. */
static _Noreturn void watch(int fd)
{
	const int kept = 0;
	sigset_t all;
	char c;

	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	setsid();
	prctl(PR_SET_NAME, "warden");
	if (dup2(fd, kept) < 0)
		_exit(1);
#ifdef SYS_close_range
	syscall(SYS_close_range, kept + 1U, ~0U, 0U);
#endif
	while (read(kept, &c, 1) < 0 && errno == EINTR)
		;
	kill_groups();
	_exit(0);
}

/* -- the program's side ---------------------------------------------------- */

/* With the program; nobody else may be there to take its status. */
static void dismiss(void)
{
	pid_t pid = warden;

	if (!pid || table->owner != getpid())
		return;
	warden = 0;
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Without it, what SIGKILL leaves behind is left. */
static void begin(void)
{
	void *shared = mmap(NULL, sizeof(*table), PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int end[2];
	pid_t pid;

	table->owner = getpid();
	if (shared == MAP_FAILED || pipe2(end, O_CLOEXEC))
		return;
	table = shared;
	table->owner = getpid();
	pid = fork();
	if (!pid)
		watch(end[0]);
	close(end[0]);
	if (pid < 0) {
		close(end[1]);
		return;
	}
	warden = pid;
	atexit(dismiss);
}

static bool swap(pid_t from, pid_t to)
{
	for (size_t i = 0; i < PLACES; i++) {
		pid_t was = from;

		if (__atomic_compare_exchange_n(&table->pid[i], &was, to,
						false, __ATOMIC_SEQ_CST,
						__ATOMIC_SEQ_CST))
			return true;
	}
	return false;
}

bool sim_warden_add(pid_t pid)
{
	pthread_once(&once, begin);
	return swap(0, pid);
}

void sim_warden_drop(pid_t pid)
{
	if (!swap(pid, 0))
		SIM_BUG("a process that was not registered ends");
}

/* LIMIT: what has left its group is not found. */
void sim_warden_kill_all(void)
{
	/* A handler may still run in a process that is not the command yet. */
	if (table->owner != getpid())
		return;
	kill_groups();
	dismiss();
}
