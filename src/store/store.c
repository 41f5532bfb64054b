/* store: the folder: where series lie, what is there, and its locks. */
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "store/store_priv.h"
#include "util/file.h"
#include "util/mem.h"

int sim_store_open(const char *dir, struct sim_store **out,
		   struct sim_err *err)
{
	struct sim_store *st;

	if (!dir[0] || strlen(dir) > SIM_STORE_PATHMAX - 256)
		return sim_err_set(err, SIM_E_INVAL, "'%.80s' can't be the "
				   "store's folder; name one of 1 to %d bytes",
				   dir, SIM_STORE_PATHMAX - 256);
	st = sim_mem_zalloc(sizeof(*st));
	st->dir = sim_mem_strdup(dir);
	*out = st;
	return SIM_OK;
}

void sim_store_close(struct sim_store *st)
{
	if (!st)
		return;
	if (st->shared) {
		if (st->shared->first)
			SIM_BUG("a store is closed before its bars");
		pthread_mutex_destroy(&st->shared->lock);
	}
	sim_mem_free(st->shared);
	sim_mem_free(st->dir);
	sim_mem_free(st);
}

void sim_store_share(struct sim_store *st)
{
	st->shared = sim_mem_zalloc(sizeof(*st->shared));
	pthread_mutex_init(&st->shared->lock, NULL);
}

int sim_store_path(const struct sim_store *st, const char *symbol,
		   const char *leaf, char path[SIM_STORE_PATHMAX],
		   struct sim_err *err)
{
	char enc[97];
	int rc = sim_instrument_check_symbol(symbol, err);

	if (rc)
		return rc;
	sim_instrument_encode(symbol, enc);
	snprintf(path, SIM_STORE_PATHMAX, "%s/%s%s%s", st->dir, enc,
		 leaf[0] ? "/" : "", leaf);
	return SIM_OK;
}

int sim_store_path_bars(const struct sim_store *st, const char *symbol,
			struct sim_bar_tf tf, char path[SIM_STORE_PATHMAX],
			struct sim_err *err)
{
	char name[16], leaf[32];

	snprintf(leaf, sizeof(leaf), "%s" SIM_STORE_SUFFIX,
		 sim_bar_tf_text(tf, name));
	return sim_store_path(st, symbol, leaf, path, err);
}

/* Half-written files of a killed writer; the caller holds the lock. */
static void sweep(const char *folder)
{
	char path[SIM_STORE_PATHMAX + 256];
	struct dirent *e;
	DIR *d = opendir(folder);

	while (d && (e = readdir(d))) {
		if (!strstr(e->d_name, ".tmp."))
			continue;
		snprintf(path, sizeof(path), "%s/%.255s", folder, e->d_name);
		unlink(path);
	}
	if (d)
		closedir(d);
}

int sim_store_lock(const struct sim_store *st, const char *symbol, int *fd,
		   struct sim_err *err)
{
	char folder[SIM_STORE_PATHMAX], locks[SIM_STORE_PATHMAX];
	char lock[SIM_STORE_PATHMAX], enc[97];
	int rc = sim_store_path(st, symbol, "", folder, err);

	if (rc)
		return rc;
	sim_instrument_encode(symbol, enc);
	snprintf(locks, sizeof(locks), "%.*s/.locks",
		 SIM_STORE_PATHMAX - 128, st->dir);
	snprintf(lock, sizeof(lock), "%.*s/.locks/%s",
		 SIM_STORE_PATHMAX - 128, st->dir, enc);
	rc = sim_file_mkdirs(locks, err);
	if (!rc)
		rc = sim_file_lock(lock, fd, err);
	if (rc)
		return rc;
	rc = sim_file_mkdirs(folder, err);
	if (rc)
		sim_file_unlock(*fd);
	else
		sweep(folder);
	return rc;
}

int sim_store_put(struct sim_store *st, const struct sim_instrument *ins,
		  struct sim_bar_tf tf, const struct sim_bar_series *s,
		  struct sim_err *err)
{
	char path[SIM_STORE_PATHMAX];
	int fd, rc = sim_store_path_bars(st, ins->symbol, tf, path, err);

	if (!rc)
		rc = sim_store_lock(st, ins->symbol, &fd, err);
	if (rc)
		return rc;
	rc = sim_store_write(path, ins, tf, s, err);
	sim_file_unlock(fd);
	return rc;
}

/* A name "15min.bars" is the timeframe 15min, spelled as we spell it. */
static bool tf_of_name(const char *name, struct sim_bar_tf *tf)
{
	size_t n = strlen(name), k = strlen(SIM_STORE_SUFFIX);
	char stem[16], again[16];

	if (n <= k || n - k >= sizeof(stem) ||
	    strcmp(name + n - k, SIM_STORE_SUFFIX))
		return false;
	memcpy(stem, name, n - k);
	stem[n - k] = '\0';
	return !sim_bar_tf_parse(stem, tf, NULL) &&
	       !strcmp(sim_bar_tf_text(*tf, again), stem);
}

struct listing {
	struct sim_store_entry *e;
	size_t n, cap;
};

/* Why a series can't be opened, without the folder that all have in common. */
static void set_problem(const struct sim_store *st, struct sim_store_entry *e,
			const char *why)
{
	size_t n = strlen(st->dir);

	if (!strncmp(why, st->dir, n) && why[n] == '/')
		why += n + 1;
	snprintf(e->problem, sizeof(e->problem), "%.127s", why);
}

static void list_series(const struct sim_store *st, const char *symbol,
			struct sim_bar_tf tf, struct listing *l)
{
	struct sim_store_entry *e;
	struct sim_store_bars *b;
	struct sim_err why = SIM_ERR_INIT;

	SIM_MEM_GROW(l->e, l->cap, l->n + 1);
	e = &l->e[l->n++];
	memset(e, 0, sizeof(*e));
	snprintf(e->instrument.symbol, sizeof(e->instrument.symbol), "%s",
		 symbol);
	e->tf = tf;
	if (sim_store_bars_open(st, symbol, tf, &b, &why)) {
		set_problem(st, e, why.msg);
		return;
	}
	e->instrument = *sim_store_bars_instrument(b);
	e->bars = sim_store_bars_series(b).n;
	e->first = sim_store_bars_series(b).ts[0];
	e->last = sim_store_bars_series(b).ts[e->bars - 1];
	memcpy(e->hash, sim_store_bars_hash(b), sizeof(e->hash));
	sim_store_bars_close(b);
}

/* Every series of one symbol; a folder that isn't there has none. */
static void list_symbol(const struct sim_store *st, const char *symbol,
			struct listing *l)
{
	char folder[SIM_STORE_PATHMAX];
	struct sim_bar_tf tf;
	struct dirent *e;
	DIR *d;

	if (sim_store_path(st, symbol, "", folder, NULL))
		return;
	d = opendir(folder);
	while (d && (e = readdir(d)))
		if (tf_of_name(e->d_name, &tf))
			list_series(st, symbol, tf, l);
	if (d)
		closedir(d);
}

static int by_symbol_tf(const void *a, const void *b)
{
	const struct sim_store_entry *x = a, *y = b;
	int c = strcmp(x->instrument.symbol, y->instrument.symbol);

	if (c)
		return c;
	return (x->tf.span > y->tf.span) - (x->tf.span < y->tf.span);
}

int sim_store_list(const struct sim_store *st, struct sim_store_entry **out,
		   size_t *n, struct sim_err *err)
{
	char symbol[SIM_INSTRUMENT_SYMBOL];
	struct listing l = { NULL, 0, 0 };
	struct dirent *e;
	DIR *d = opendir(st->dir);

	if (!d && errno != ENOENT)
		return sim_err_set(err, SIM_E_IO, "can't read the folder %s: "
				   "%s", st->dir, strerror(errno));
	while (d && (e = readdir(d)))
		if (sim_instrument_decode(e->d_name, symbol))
			list_symbol(st, symbol, &l);
	if (d)
		closedir(d);
	if (l.n)
		qsort(l.e, l.n, sizeof(*l.e), by_symbol_tf);
	*out = l.e;
	*n = l.n;
	return SIM_OK;
}

int sim_store_instrument(const struct sim_store *st, const char *symbol,
			 struct sim_instrument *ins, struct sim_err *err)
{
	struct listing l = { NULL, 0, 0 };
	size_t i = 0;
	int rc = sim_instrument_check_symbol(symbol, err);

	if (rc)
		return rc;
	list_symbol(st, symbol, &l);
	if (l.n)
		qsort(l.e, l.n, sizeof(*l.e), by_symbol_tf);
	while (i < l.n && l.e[i].problem[0])
		i++;
	if (i < l.n)
		*ins = l.e[i].instrument;
	else
		rc = sim_err_set(err, SIM_E_NOENT, "nothing of %s is stored; "
				 "import it with `simutrador data import FILE "
				 "--symbol %s`", symbol, symbol);
	sim_mem_free(l.e);
	return rc;
}

static int no_bars(const char *symbol, struct sim_bar_tf tf,
		   struct sim_err *err)
{
	char name[16];

	return sim_err_set(err, SIM_E_NOENT, "no %s bars of %s are stored; see "
			   "`simutrador data list`", sim_bar_tf_text(tf, name),
			   symbol);
}

static int remove_one(const struct sim_store *st, const char *symbol,
		      struct sim_bar_tf tf, struct sim_err *err)
{
	char path[SIM_STORE_PATHMAX];
	int rc = sim_store_path_bars(st, symbol, tf, path, err);

	if (rc)
		return rc;
	if (!unlink(path))
		return SIM_OK;
	if (errno == ENOENT)
		return no_bars(symbol, tf, err);
	return sim_err_set(err, SIM_E_IO, "can't remove %s: %s", path,
			   strerror(errno));
}

int sim_store_find(const struct sim_store *st, const char *symbol,
		   const struct sim_bar_tf *tf_or_all, struct sim_err *err)
{
	char path[SIM_STORE_PATHMAX];
	int rc = sim_store_path(st, symbol, "", path, err);

	if (!rc && access(path, F_OK))
		return sim_err_set(err, SIM_E_NOENT, "nothing of %s is stored; "
				   "see `simutrador data list`", symbol);
	if (!rc && tf_or_all)
		rc = sim_store_path_bars(st, symbol, *tf_or_all, path, err);
	if (!rc && tf_or_all && access(path, F_OK))
		return no_bars(symbol, *tf_or_all, err);
	return rc;
}

int sim_store_remove(struct sim_store *st, const char *symbol,
		     const struct sim_bar_tf *tf_or_all, struct sim_err *err)
{
	char folder[SIM_STORE_PATHMAX];
	int fd, rc = sim_store_find(st, symbol, tf_or_all, err);

	if (!rc)
		rc = sim_store_path(st, symbol, "", folder, err);
	if (rc)
		return rc;
	rc = sim_store_lock(st, symbol, &fd, err);
	if (rc)
		return rc;
	rc = tf_or_all ? remove_one(st, symbol, *tf_or_all, err)
		       : sim_file_remove_tree(folder, err);
	if (tf_or_all)
		rmdir(folder);		/* only when nothing is left in it */
	sim_file_unlock(fd);
	return rc;
}
