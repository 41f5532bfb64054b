/*
 * notify: what a manager gets to read, on both kinds of address; which
 * descriptors are taken over, and which aren't.
 */
#include <fcntl.h>
#include <netinet/in.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "suite.h"

#include "server/notify.h"

#define N(a) ((int)(sizeof(a) / sizeof((a)[0])))

/* -- telling --------------------------------------------------------------- */

static char dir[] = "/tmp/test_notify.XXXXXX";

/* A manager's socket; its address goes to NOTIFY_SOCKET. */
static int listen_as_manager(bool is_abstract)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	size_t n;

	if (is_abstract)
		snprintf(a.sun_path, sizeof(a.sun_path), "@test_notify.%d",
			 (int)getpid());
	else
		snprintf(a.sun_path, sizeof(a.sun_path), "%s/socket", dir);
	n = strlen(a.sun_path);
	setenv("NOTIFY_SOCKET", a.sun_path, 1);
	if (is_abstract)
		a.sun_path[0] = '\0';
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, (socklen_t)
			      (offsetof(struct sockaddr_un, sun_path) + n)),
			 0);
	return fd;
}

static void ck_told(int fd, const char *expected)
{
	char text[200];
	ssize_t n = recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT);

	ck_assert_int_ge((int)n, 0);
	text[n] = '\0';
	ck_assert_str_eq(text, expected);
}

START_TEST(told)
{
	char path[64];
	int fd;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	fd = listen_as_manager(_i);
	ck_assert(sim_notify_is_wanted());
	sim_notify_ready();
	ck_told(fd, "READY=1");
	sim_notify_reloading(1234567890);
	ck_told(fd, "RELOADING=1\nMONOTONIC_USEC=1234567");
	sim_notify_stopping();
	ck_told(fd, "STOPPING=1");
	sim_notify_alive();
	ck_told(fd, "WATCHDOG=1");
	ck_assert_int_eq((int)recv(fd, path, 1, MSG_DONTWAIT), -1);
	close(fd);
	sim_notify_ready();		/* nobody is there: no harm */
	snprintf(path, sizeof(path), "%s/socket", dir);
	unlink(path);
	rmdir(dir);
}
END_TEST

/* Addresses that are none; and none at all. */
START_TEST(not_told)
{
	static char longer[300];
	static const char *const addresses[] = {
		"", "relative", "@", "/", "/no/such/socket", longer
	};

	memset(longer, '/', sizeof(longer) - 1);
	for (int i = 0; i < N(addresses); i++) {
		setenv("NOTIFY_SOCKET", addresses[i], 1);
		sim_notify_ready();
	}
	unsetenv("NOTIFY_SOCKET");
	ck_assert(!sim_notify_is_wanted());
	sim_notify_ready();
}
END_TEST

static const struct {
	const char *usec, *pid;		/* pid: "me", "init", NULL */
	int64_t ns;
} watchdogs[] = {
	{ NULL, NULL, 0 }, { "30000000", NULL, INT64_C(30000000000) },
	{ "30000000", "me", INT64_C(30000000000) }, { "30000000", "init", 0 },
	{ "0", NULL, 0 }, { "-5", NULL, 0 }, { "5s", NULL, 0 }, { "", NULL, 0 },
	{ "99999999999999999999", NULL, 0 }, { "1", "", 0 },
};

/* Set a variable to what a row says. */
static void set(const char *name, const char *value)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", (int)getpid());
	if (!value)
		unsetenv(name);
	else
		setenv(name, !strcmp(value, "me") ? text :
		       !strcmp(value, "init") ? "1" : value, 1);
}

START_TEST(watchdog)
{
	set("WATCHDOG_USEC", watchdogs[_i].usec);
	set("WATCHDOG_PID", watchdogs[_i].pid);
	ck_assert_int_eq(sim_notify_watchdog_ns(), watchdogs[_i].ns);
}
END_TEST

/* -- sockets --------------------------------------------------------------- */

/* In a process of its own, since descriptor 3 is in use in this one: what does
 * not hold ends it with the number of the line. */
#define HOLDS(x) do { \
	if (!(x)) \
		_exit(__LINE__ % 255 + 1); \
} while (0)

/* L: listens; U: listens, unix; C: is only bound; D: datagrams; P: a pipe; -:
 * is closed. */
static void make_fd(int fd, char kind)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	struct sockaddr_un u = { .sun_family = AF_UNIX };
	int made, pipes[2];

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	close(fd);
	if (kind == '-')
		return;
	if (kind == 'P') {
		HOLDS(!pipe(pipes));
		made = pipes[0];
	} else if (kind == 'U') {
		made = socket(AF_UNIX, SOCK_STREAM, 0);
		HOLDS(!bind(made, (struct sockaddr *)&u, sizeof(sa_family_t)));
	} else {
		made = socket(AF_INET, kind == 'D' ? SOCK_DGRAM : SOCK_STREAM,
			      0);
		HOLDS(!bind(made, (struct sockaddr *)&a, sizeof(a)));
	}
	if (kind == 'L' || kind == 'U')
		HOLDS(!listen(made, 1));
	if (made != fd) {
		HOLDS(dup2(made, fd) == fd);
		close(made);
	}
}

static const struct {
	const char *fds, *pid, *names;
	const char *kinds;		/* of 3, 4, ... */
	const char *taken;		/* "" none; NULL: an error */
	const char *error;		/* some of it */
} rows[] = {
	{ NULL, NULL, NULL, "", "", "" },
	{ "2", "me", NULL, "LL", "34", "" },
	{ "2", "me", "simulation:auth", "LL", "43", "" },
	{ "3", "me", "x:auth:auth", "LLU", "453", "" },
	{ "3", "me", "auth", "LLL", "345", "" },
	{ "3", "me", "authority::au:th", "LLL", "345", "" },
	{ "0", "me", NULL, "", "", "" },
	{ "2", "init", NULL, "LL", "", "" },
	{ "2", NULL, NULL, "LL", "", "" },
	{ "2", "", NULL, "LL", "", "" },
	{ NULL, "me", NULL, "LL", "", "" },
	{ "5", "me", NULL, "LLLLL", NULL, "from 0 to 4" },
	{ "-1", "me", NULL, "", NULL, "from 0 to 4" },
	{ "two", "me", NULL, "LL", NULL, "\"two\"" },
	{ "2", "me", NULL, "LC", NULL, "descriptor 4" },
	{ "2", "me", NULL, "DL", NULL, "descriptor 3" },
	{ "1", "me", NULL, "P", NULL, "descriptor 3" },
	{ "2", "me", NULL, "L-", NULL, "descriptor 4" },
};

static void try_row(int row)
{
	struct sim_err err = SIM_ERR_INIT;
	int fds[4], n = -1, rc;

	for (int i = 0; rows[row].kinds[i]; i++)
		make_fd(3 + i, rows[row].kinds[i]);
	set("LISTEN_FDS", rows[row].fds);
	set("LISTEN_PID", rows[row].pid);
	set("LISTEN_FDNAMES", rows[row].names);
	rc = sim_notify_sockets(fds, N(fds), &n, &err);
	if (!rows[row].taken) {
		HOLDS(rc == SIM_E_CONFIG && err.code == SIM_E_CONFIG);
		HOLDS(strstr(err.msg, rows[row].error) != NULL);
		HOLDS(n == -1);
		return;
	}
	HOLDS(rc == 0);
	HOLDS(n == (int)strlen(rows[row].taken));
	for (int i = 0; i < n; i++) {
		HOLDS(fds[i] == rows[row].taken[i] - '0');
		HOLDS(fcntl(fds[i], F_GETFD) == FD_CLOEXEC);
	}
	HOLDS(!getenv("LISTEN_FDS"));
	HOLDS(!getenv("LISTEN_PID"));
	HOLDS(!getenv("LISTEN_FDNAMES"));
}

START_TEST(sockets)
{
	pid_t pid = fork();
	int status;

	ck_assert_int_ge(pid, 0);
	if (!pid) {
		try_row(_i);
		_exit(0);
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("notify");
	TCase *tc = tcase_create("notify");

	tcase_add_loop_test(tc, told, 0, 2);
	tcase_add_test(tc, not_told);
	tcase_add_loop_test(tc, watchdog, 0, N(watchdogs));
	tcase_add_loop_test(tc, sockets, 0, N(rows));
	suite_add_tcase(s, tc);
	return run_suite(s);
}
