/*
 * file: reading plain and packed files with a limit, replacement that is
 * whole or absent, folders, locks.  Each test works in a folder of its own.
 */
#include "../suite.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include "util/file.h"
#include "util/mem.h"

static char dir[] = "/tmp/test_file.XXXXXX";

static void enter(void)
{
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chdir(dir), 0);
}

static void leave(void)
{
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_int_eq(sim_file_remove_tree(dir, NULL), 0);
}

static void put(const char *path, const void *p, size_t n)
{
	ck_assert_int_eq(sim_file_write(path, p, n, 0644, NULL), 0);
}

static void expect(const char *path, const char *want)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	ck_assert_int_eq(sim_file_read(path, 1 << 20, &b, NULL), 0);
	ck_assert_str_eq(sim_buf_str(&b), want);
	sim_buf_release(&b);
}

/* How many entries the working folder has. */
static int entries(void)
{
	DIR *d = opendir(".");
	int n = -2;

	ck_assert_ptr_nonnull(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}

START_TEST(map)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_file_map m;

	put("a", "hello", 5);
	ck_assert_int_eq(sim_file_map("a", &m, &err), 0);
	ck_assert_uint_eq(m.len, 5);
	ck_assert_mem_eq(m.data, "hello", 5);
	sim_file_unmap(&m);
	ck_assert_uint_eq(m.len, 0);
	put("empty", "", 0);
	ck_assert_int_eq(sim_file_map("empty", &m, &err), 0);
	ck_assert_uint_eq(m.len, 0);
	ck_assert_ptr_nonnull(m.data);
	sim_file_unmap(&m);
	ck_assert_int_eq(err.code, 0);
	ck_assert_int_eq(sim_file_map("nothing", &m, &err), SIM_E_NOENT);
	ck_assert_ptr_nonnull(strstr(err.msg, "nothing"));
	ck_assert_int_eq(sim_file_map(".", &m, &err), SIM_E_NOENT);
	ck_assert_int_eq(err.code, SIM_E_NOENT);
}
END_TEST

START_TEST(read_limits)
{
	static const size_t sizes[] = { 0, 1, 2, 65535, 65536, 65537, 200000 };
	struct sim_err err = SIM_ERR_INIT;
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	size_t n = sizes[_i];
	char *data = sim_mem_alloc(n);

	memset(data, 'x', n);
	put("f", data, n);
	sim_buf_puts(&b, "head");
	ck_assert_int_eq(sim_file_read("f", n, &b, &err), 0);
	ck_assert_uint_eq(b.len, n + 4);
	ck_assert_mem_eq(b.data + 4, data, n);
	if (n) {
		ck_assert_int_eq(sim_file_read("f", n - 1, &b, &err),
				 SIM_E_DATA);
		ck_assert_uint_eq(b.len, n + 4);
		ck_assert(!b.overflow);
		ck_assert_uint_eq(strlen(sim_buf_str(&b)), n + 4);
	}
	sim_buf_release(&b);
	free(data);
}
END_TEST

START_TEST(read_buffer_limit)
{
	struct sim_buf b = SIM_BUF_INIT(3);

	put("f", "hello", 5);
	ck_assert_int_eq(sim_file_read("f", 100, &b, NULL), SIM_E_DATA);
	ck_assert_uint_eq(b.len, 0);
	sim_buf_release(&b);
}
END_TEST

START_TEST(read_missing)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	ck_assert_int_eq(sim_file_read("nothing", 10, &b, &err), SIM_E_NOENT);
	ck_assert_str_eq(err.msg,
			 "cannot read nothing: No such file or directory");
	ck_assert_int_eq(sim_file_read(".", 10, &b, &err), SIM_E_NOENT);
	ck_assert_uint_eq(b.len, 0);
	sim_buf_release(&b);
}
END_TEST

START_TEST(read_standard_input)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int fd[2];

	ck_assert_int_eq(pipe(fd), 0);
	ck_assert_int_eq(write(fd[1], "a", 1), 1);
	ck_assert_int_eq(write(fd[1], "bc", 2), 2);
	close(fd[1]);
	ck_assert_int_eq(dup2(fd[0], STDIN_FILENO), STDIN_FILENO);
	close(fd[0]);
	ck_assert_int_eq(sim_file_read("-", 10, &b, NULL), 0);
	ck_assert_str_eq(sim_buf_str(&b), "abc");
	/* There is nothing more for a second who asks. */
	ck_assert_int_eq(sim_file_read("-", 10, &b, NULL), SIM_E_USAGE);
	ck_assert_str_eq(sim_buf_str(&b), "abc");
	sim_buf_release(&b);
}
END_TEST

/* Append one gzip member to path. */
static void pack(const char *path, const void *p, size_t n)
{
	gzFile f = gzopen(path, "ab");

	ck_assert_ptr_nonnull(f);
	if (n)
		ck_assert_int_eq(gzwrite(f, p, (unsigned)n), (int)n);
	ck_assert_int_eq(gzclose(f), Z_OK);
}

START_TEST(read_gzip)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_err err = SIM_ERR_INIT;
	size_t n = 300000, i;
	char *data = sim_mem_alloc(n);

	/* Hard to pack, so that the packed file spans blocks. */
	for (i = 0; i < n; i++)
		data[i] = (char)(i * i * 2654435761u >> 13);
	pack("f.gz", data, n);
	pack("f.gz", "tail", 4);
	ck_assert_int_eq(sim_file_read("f.gz", n + 4, &b, &err), 0);
	ck_assert_uint_eq(b.len, n + 4);
	ck_assert_mem_eq(b.data, data, n);
	ck_assert_str_eq(b.data + n, "tail");
	ck_assert_int_eq(sim_file_read("f.gz", n + 3, &b, &err), SIM_E_DATA);
	ck_assert_uint_eq(b.len, n + 4);
	sim_buf_release(&b);
	free(data);
	pack("e.gz", "", 0);
	expect("e.gz", "");
}
END_TEST

START_TEST(read_gzip_bomb)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	size_t n = 8 << 20;
	char *zeros = sim_mem_zalloc(n);

	pack("bomb.gz", zeros, n);
	free(zeros);
	ck_assert_int_eq(sim_file_read("bomb.gz", 100000, &b, NULL),
			 SIM_E_DATA);
	ck_assert_uint_lt(b.cap, 400000);
	sim_buf_release(&b);
}
END_TEST

START_TEST(read_damaged_gzip)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_buf raw = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_file_map m;
	size_t n;

	pack("f.gz", "some text, some text, some more", 31);
	ck_assert_int_eq(sim_file_map("f.gz", &m, NULL), 0);
	/* Cut anywhere behind the magic number. */
	for (n = 2; n < m.len; n++) {
		put("cut.gz", m.data, n);
		ck_assert_int_eq(sim_file_read("cut.gz", 1000, &b, &err),
				 SIM_E_DATA);
		ck_assert_uint_eq(b.len, 0);
	}
	ck_assert_ptr_nonnull(strstr(err.msg, "cut.gz"));
	/* A wrong byte in the checksum; bytes after the end. */
	sim_buf_add(&raw, m.data, m.len);
	sim_file_unmap(&m);
	raw.data[raw.len - 6] ^= 1;
	put("bad.gz", raw.data, raw.len);
	ck_assert_int_eq(sim_file_read("bad.gz", 1000, &b, &err), SIM_E_DATA);
	raw.data[raw.len - 6] ^= 1;
	sim_buf_puts(&raw, "junk");
	put("junk.gz", raw.data, raw.len);
	ck_assert_int_eq(sim_file_read("junk.gz", 1000, &b, &err),
			 SIM_E_DATA);
	sim_buf_release(&raw);
	sim_buf_release(&b);
}
END_TEST

START_TEST(replace)
{
	struct stat st;

	umask(022);
	put("f", "old", 3);
	expect("f", "old");
	ck_assert_int_eq(sim_file_write("f", "new text", 8, 0600, NULL), 0);
	expect("f", "new text");
	ck_assert_int_eq(stat("f", &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

START_TEST(replace_in_pieces)
{
	struct sim_file_new f;

	put("f", "old", 3);
	ck_assert_int_eq(sim_file_new_open(&f, "f", 0644, NULL), 0);
	ck_assert_int_eq(sim_file_new_write(&f, "one ", 4, NULL), 0);
	ck_assert_int_eq(sim_file_new_write(&f, "", 0, NULL), 0);
	ck_assert_int_eq(sim_file_new_write(&f, "t..", 3, NULL), 0);
	sim_file_new_start(&f);
	ck_assert_int_eq(sim_file_new_rewrite(&f, 5, "wo", 2, NULL), 0);
	expect("f", "old");
	ck_assert_int_eq(entries(), 2);
	ck_assert_int_eq(sim_file_new_commit(&f, NULL), 0);
	expect("f", "one two");
	ck_assert_int_eq(entries(), 1);
	sim_file_new_abort(&f);		/* nothing is left to abort */
	expect("f", "one two");
}
END_TEST

START_TEST(abort_keeps_the_old)
{
	struct sim_file_new f;

	put("f", "old", 3);
	ck_assert_int_eq(sim_file_new_open(&f, "f", 0644, NULL), 0);
	ck_assert_int_eq(sim_file_new_write(&f, "new", 3, NULL), 0);
	sim_file_new_abort(&f);
	expect("f", "old");
	ck_assert_int_eq(entries(), 1);
}
END_TEST

/* What is no file is written to and stays; of a link the target changes. */
START_TEST(replace_what_is_no_file)
{
	struct stat st;
	char got[8] = "";
	int fd;

	ck_assert_int_eq(mkfifo("pipe", 0600), 0);
	fd = open("pipe", O_RDWR | O_NONBLOCK);
	ck_assert_int_ge(fd, 0);
	put("pipe", "abc", 3);
	ck_assert_int_eq(read(fd, got, sizeof(got)), 3);
	ck_assert_str_eq(got, "abc");
	close(fd);
	ck_assert_int_eq(lstat("pipe", &st), 0);
	ck_assert(S_ISFIFO(st.st_mode));
	put("target", "old", 3);
	ck_assert_int_eq(symlink("target", "link"), 0);
	put("link", "new", 3);
	expect("target", "new");
	ck_assert_int_eq(lstat("link", &st), 0);
	ck_assert(S_ISLNK(st.st_mode));
	ck_assert_int_eq(sim_file_write(".", "x", 1, 0644, NULL),
			 SIM_E_CANTCREAT);
	ck_assert_int_eq(entries(), 3);
}
END_TEST

START_TEST(stale_temporary)
{
	struct sim_buf name = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_buf_printf(&name, "f.tmp.%ld", (long)getpid());
	put(name.data, "left by a crash", 15);
	put("f", "new", 3);
	expect("f", "new");
	ck_assert_int_eq(entries(), 1);
	sim_buf_release(&name);
}
END_TEST

START_TEST(write_failures)
{
	struct sim_err err = SIM_ERR_INIT;
	struct sim_file_new f;

	ck_assert_int_eq(sim_file_write("no/such/f", "x", 1, 0644, &err),
			 SIM_E_CANTCREAT);
	ck_assert_ptr_nonnull(strstr(err.msg, "no/such/f"));
	/* The target is a folder. */
	ck_assert_int_eq(mkdir("d", 0755), 0);
	ck_assert_int_eq(sim_file_write("d", "x", 1, 0644, &err),
			 SIM_E_CANTCREAT);
	ck_assert_int_eq(entries(), 1);
	/* A full disk. */
	ck_assert_int_eq(sim_file_new_open(&f, "full", 0644, NULL), 0);
	close(f.fd);
	f.fd = open("/dev/full", O_WRONLY);
	if (f.fd >= 0)
		ck_assert_int_eq(sim_file_new_write(&f, "x", 1, &err),
				 SIM_E_IO);
	sim_file_new_abort(&f);
	ck_assert_int_eq(entries(), 1);
}
END_TEST

static unsigned mode_of(const char *path)
{
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	return st.st_mode & 0777;
}

START_TEST(folders)
{
	struct sim_err err = SIM_ERR_INIT;
	char home[64];

	umask(022);
	ck_assert_int_eq(sim_file_mkdirs("a/b/c", &err), 0);
	ck_assert_int_eq(sim_file_mkdirs("a/b/c", &err), 0);
	ck_assert_int_eq(sim_file_mkdirs("a//d/", &err), 0);
	ck_assert_uint_eq(mode_of("a/b"), 0755);
	ck_assert_uint_eq(mode_of("a/d"), 0755);
	snprintf(home, sizeof(home), "%s/home", dir);
	setenv("HOME", home, 1);
	snprintf(home, sizeof(home), "%s/home/x/y", dir);
	ck_assert_int_eq(sim_file_mkdirs(home, &err), 0);
	ck_assert_uint_eq(mode_of("home"), 0755);
	ck_assert_uint_eq(mode_of("home/x"), 0700);
	ck_assert_uint_eq(mode_of("home/x/y"), 0700);
	ck_assert_int_eq(err.code, 0);
	put("a/f", "x", 1);
	ck_assert_int_eq(sim_file_mkdirs("a/f", &err), SIM_E_CANTCREAT);
	ck_assert_int_eq(sim_file_mkdirs("a/f/g", &err), SIM_E_CANTCREAT);
}
END_TEST

START_TEST(remove_tree)
{
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_file_mkdirs("t/a/b", NULL), 0);
	ck_assert_int_eq(sim_file_mkdirs("outside", NULL), 0);
	put("outside/keep", "kept", 4);
	put("t/f", "x", 1);
	put("t/a/b/.hidden", "x", 1);
	ck_assert_int_eq(symlink("../../outside", "t/a/link"), 0);
	ck_assert_int_eq(symlink("nowhere", "t/dangling"), 0);
	ck_assert_int_eq(sim_file_remove_tree("t", &err), 0);
	ck_assert_int_eq(access("t", F_OK), -1);
	expect("outside/keep", "kept");
	ck_assert_int_eq(symlink("outside", "link"), 0);
	ck_assert_int_ne(sim_file_remove_tree("link", &err), 0);
	expect("outside/keep", "kept");
	ck_assert_int_ne(sim_file_remove_tree("t", &err), 0);
	ck_assert_ptr_nonnull(strstr(err.msg, "t: No such file"));
}
END_TEST

START_TEST(lock_excludes)
{
	struct sim_err err = SIM_ERR_INIT;
	int fd, other, i, status;
	pid_t pid[4];
	FILE *f;

	put("count", "0", 1);
	/* Read, add one, write: only a lock keeps four processes right. */
	for (i = 0; i < 4; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		for (i = 0; i < 25; i++) {
			struct sim_buf b = SIM_BUF_INIT(64);
			char text[24];

			if (sim_file_lock("lock", &fd, NULL) ||
			    sim_file_read("count", 16, &b, NULL))
				_exit(1);
			snprintf(text, sizeof(text), "%ld",
				 strtol(sim_buf_str(&b), NULL, 10) + 1);
			sim_buf_release(&b);
			f = fopen("count", "w");
			fputs(text, f);
			fclose(f);
			sim_file_unlock(fd);
		}
		_exit(0);
	}
	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(waitpid(pid[i], &status, 0), pid[i]);
		ck_assert_int_eq(status, 0);
	}
	expect("count", "100");
	ck_assert_int_eq(sim_file_lock("no/lock", &other, &err),
			 SIM_E_CANTCREAT);
	sim_file_unlock(-1);
}
END_TEST

static void wake(int sig)
{
	(void)sig;
}

START_TEST(lock_is_interrupted)
{
	struct sigaction on_alarm = { .sa_handler = wake };
	struct itimerval soon = { { 0, 50000 }, { 0, 50000 } };
	struct sim_err err = SIM_ERR_INIT;
	int fd, other = 4711;

	ck_assert_int_eq(sim_file_lock("lock", &fd, NULL), 0);
	ck_assert_int_eq(sigaction(SIGALRM, &on_alarm, NULL), 0);
	ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	ck_assert_int_eq(sim_file_lock("lock", &other, &err), SIM_E_INTR);
	soon = (struct itimerval){ { 0, 0 }, { 0, 0 } };
	ck_assert_int_eq(setitimer(ITIMER_REAL, &soon, NULL), 0);
	ck_assert_int_eq(other, 4711);
	ck_assert_ptr_nonnull(strstr(err.msg, "lock"));
	sim_file_unlock(fd);
	ck_assert_int_eq(sim_file_lock("lock", &fd, NULL), 0);
	sim_file_unlock(fd);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("file");
	TCase *tc = tcase_create("file");

	tcase_add_checked_fixture(tc, enter, leave);
	tcase_set_timeout(tc, 300);
	tcase_add_test(tc, map);
	tcase_add_loop_test(tc, read_limits, 0, 7);
	tcase_add_test(tc, read_buffer_limit);
	tcase_add_test(tc, read_missing);
	tcase_add_test(tc, read_standard_input);
	tcase_add_test(tc, read_gzip);
	tcase_add_test(tc, read_gzip_bomb);
	tcase_add_test(tc, read_damaged_gzip);
	tcase_add_test(tc, replace);
	tcase_add_test(tc, replace_in_pieces);
	tcase_add_test(tc, abort_keeps_the_old);
	tcase_add_test(tc, replace_what_is_no_file);
	tcase_add_test(tc, stale_temporary);
	tcase_add_test(tc, write_failures);
	tcase_add_test(tc, folders);
	tcase_add_test(tc, remove_tree);
	tcase_add_test(tc, lock_excludes);
	tcase_add_test(tc, lock_is_interrupted);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
