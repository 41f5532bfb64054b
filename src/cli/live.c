/* live: asks store, folders and tables for the words that exist now. */
#include "cli/live.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/seen.h"
#include "engine/config.h"
#include "run/folder.h"
#include "strategy/registry.h"
#include "sweep/ledger.h"
#include "util/mem.h"

struct taker {
	void (*each)(void *ctx, const char *word, const char *what);
	void *ctx;
};

static void symbols(struct sim_cli *cli, const struct taker *t)
{
	struct sim_store_entry *list;
	struct sim_store *st;
	size_t n;

	if (sim_cli_store(cli, &st, NULL) ||
	    sim_store_list(st, &list, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		const char *s = list[i].instrument.symbol;

		if (!i || strcmp(s, list[i - 1].instrument.symbol))
			t->each(t->ctx, s, "symbol");
	}
	sim_mem_free(list);
}

static void runs(struct sim_cli *cli, const struct taker *t)
{
	struct sim_folder_entry *list;
	const char *dir;
	size_t n;

	if (sim_cli_folder(cli, "runs", &dir, NULL) ||
	    sim_folder_list(dir, &list, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++)
		t->each(t->ctx, list[i].id, list[i].strategy);
	if (n)
		t->each(t->ctx, "last", "the newest run");
	sim_mem_free(list);
}

static void sessions(struct sim_cli *cli, const struct taker *t)
{
	sim_seen_each(cli, SIM_SEEN_SESSIONS, t->each, t->ctx);
	t->each(t->ctx, "last", "the newest session");
}

static void either(struct sim_cli *cli, const struct taker *t)
{
	runs(cli, t);
	sim_seen_each(cli, SIM_SEEN_SESSIONS, t->each, t->ctx);
}

static void orders(struct sim_cli *cli, const struct taker *t)
{
	sim_seen_each(cli, SIM_SEEN_ORDERS, t->each, t->ctx);
}

static void strategies(struct sim_cli *cli, const struct taker *t)
{
	const struct sim_registry_row *r;

	(void)cli;
	for (int i = 0; (r = sim_registry_row(i)); i++)
		t->each(t->ctx, r->name, r->summary);
}

static void models(struct sim_cli *cli, const struct taker *t)
{
	const char *name, *summary;

	(void)cli;
	for (int i = 0; sim_config_preset_row(i, &name, &summary); i++)
		t->each(t->ctx, name, summary);
}

struct file_name {
	char name[256];
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct file_name *)a)->name,
		      ((const struct file_name *)b)->name);
}

/* What the folder's *.cal are called without that, sorted; to be freed. */
static struct file_name *calendar_files(const char *path, size_t *n)
{
	struct file_name *list = NULL;
	size_t cap = 0;
	struct dirent *e;
	DIR *d = opendir(path);

	*n = 0;
	while (d && (e = readdir(d))) {
		size_t k = strlen(e->d_name);

		if (k < 5 || strcmp(e->d_name + k - 4, ".cal"))
			continue;
		SIM_MEM_GROW(list, cap, *n + 1);
		snprintf(list[*n].name, sizeof(list[*n].name), "%.*s",
			 (int)k - 4, e->d_name);
		(*n)++;
	}
	if (d)
		closedir(d);
	if (*n)
		qsort(list, *n, sizeof(*list), by_name);
	return list;
}

static void calendars(struct sim_cli *cli, const struct taker *t)
{
	static const char *const built_in[] = { "XNYS", "24/7", "24/5" };
	struct file_name *list;
	const char *path;
	size_t n;

	for (size_t i = 0; i < sizeof(built_in) / sizeof(built_in[0]); i++)
		t->each(t->ctx, built_in[i], "calendar");
	if (sim_cli_folder(cli, "calendars", &path, NULL))
		return;
	list = calendar_files(path, &n);
	for (size_t i = 0; i < n; i++)
		/* What is called as a built-in one is never opened. */
		if (strcmp(list[i].name, built_in[0]))
			t->each(t->ctx, list[i].name, "calendar");
	sim_mem_free(list);
}

static void sweeps(struct sim_cli *cli, const struct taker *t)
{
	uint64_t *list;
	const char *path;
	char word[SIM_LEDGER_ID];
	size_t n;

	t->each(t->ctx, "last", "the newest sweep");
	if (sim_cli_folder(cli, "sweeps", &path, NULL) ||
	    sim_ledger_list(path, &list, &n, NULL))
		return;
	for (size_t i = 0; i < n; i++) {
		snprintf(word, sizeof(word), "s%" PRIu64, list[i]);
		t->each(t->ctx, word, "sweep");
	}
	sim_mem_free(list);
}

void sim_live_words(struct sim_cli *cli, enum sim_opt_words words,
		    void (*each)(void *ctx, const char *word,
				 const char *what),
		    void *ctx)
{
	static void (*const by_kind[])(struct sim_cli *,
				       const struct taker *) = {
		[SIM_OPT_WORDS_SYMBOL] = symbols, [SIM_OPT_WORDS_RUN] = runs,
		[SIM_OPT_WORDS_STRATEGY] = strategies,
		[SIM_OPT_WORDS_MODEL] = models,
		[SIM_OPT_WORDS_CALENDAR] = calendars,
		[SIM_OPT_WORDS_SWEEP] = sweeps,
		[SIM_OPT_WORDS_SESSION] = sessions,
		[SIM_OPT_WORDS_EITHER] = either,
		[SIM_OPT_WORDS_ORDER] = orders,
	};
	struct taker t = { each, ctx };

	if (words < sizeof(by_kind) / sizeof(by_kind[0]) && by_kind[words])
		by_kind[words](cli, &t);
}
