/* seen: a file for each kind and place, in the cache folder. */
#include "cli/seen.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/target.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/sha256.h"

#define BYTES_MAX	((size_t)64 << 10)

static const char *const names[] = {
	[SIM_SEEN_SESSIONS] = "sessions", [SIM_SEEN_ORDERS] = "orders",
};

/* The file of a kind, in the arena; NULL: there can't be one. */
static const char *path_of(struct sim_cli *cli, enum sim_seen_kind kind,
			   bool make)
{
	const char *dir, *place;
	struct sim_target t;
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX], *s;
	size_t n;

	if (sim_target_of(cli, &t, NULL) ||
	    sim_settings_home(cli->arena, "XDG_CACHE_HOME", "/.cache", &dir,
			      NULL))
		return NULL;
	place = t.url;
	if (t.kind != SIM_TARGET_REMOTE &&
	    sim_cli_folder(cli, t.kind == SIM_TARGET_LOOP ? "loop" : "local",
			   &place, NULL))
		return NULL;
	if (make && sim_file_mkdirs(dir, NULL))
		return NULL;
	sim_sha256_of(place, strlen(place), hash);
	sim_sha256_hex(hash, hex);
	n = strlen(dir) + 32;
	s = sim_mem_arena_alloc(cli->arena, n);
	snprintf(s, n, "%s/%s-%.12s", dir, names[kind], hex);
	return s;
}

static void put_file(const char *path, int flags, const struct sim_buf *b)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0600);
	ssize_t n;

	if (fd < 0)
		return;
	if (lseek(fd, 0, SEEK_END) < (off_t)BYTES_MAX) {
		n = write(fd, sim_buf_str(b), b->len);
		if (n < (ssize_t)b->len && ftruncate(fd, 0))
			n = 0;		/* it is a cache, and may be cut */
	}
	close(fd);
}

void sim_seen_line(struct sim_buf *list, const char *word, const char *what)
{
	if (list->len < BYTES_MAX && !strpbrk(word, "\t\n"))
		sim_buf_printf(list, "%s\t%s\n", word, what);
}

void sim_seen_keep(struct sim_cli *cli, enum sim_seen_kind kind,
		   const struct sim_buf *list)
{
	const char *path = path_of(cli, kind, true);

	if (path)
		put_file(path, O_TRUNC, list);
}

void sim_seen_add(struct sim_cli *cli, enum sim_seen_kind kind,
		  const char *word, const char *what)
{
	const char *path = path_of(cli, kind, true);
	struct sim_buf b = SIM_BUF_INIT(BYTES_MAX);

	sim_seen_line(&b, word, what);
	if (path)
		put_file(path, O_APPEND, &b);
	sim_buf_release(&b);
}

void sim_seen_each(struct sim_cli *cli, enum sim_seen_kind kind,
		   void (*each)(void *ctx, const char *word, const char *what),
		   void *ctx)
{
	const char *path = path_of(cli, kind, false);
	struct sim_buf b = SIM_BUF_INIT(4 * BYTES_MAX);
	char *p, *end, *tab;

	if (!path || sim_file_read(path, 2 * BYTES_MAX, &b, NULL) || !b.len) {
		sim_buf_release(&b);
		return;
	}
	for (p = b.data; (end = strchr(p, '\n')); p = end + 1) {
		*end = '\0';
		tab = strchr(p, '\t');
		if (!tab)
			continue;
		*tab = '\0';
		each(ctx, p, tab + 1);
	}
	sim_buf_release(&b);
}

struct rest {
	struct sim_buf list;
	const char *but;
};

static void keep_rest(void *ctx, const char *word, const char *what)
{
	struct rest *r = ctx;

	if (strcmp(word, r->but))
		sim_seen_line(&r->list, word, what);
}

void sim_seen_drop(struct sim_cli *cli, enum sim_seen_kind kind,
		   const char *word)
{
	struct rest r = { SIM_BUF_INIT(2 * BYTES_MAX), word };

	sim_seen_each(cli, kind, keep_rest, &r);
	sim_seen_keep(cli, kind, &r.list);
	sim_buf_release(&r.list);
}
