/* beside: a store in a run's folder. */
#include "run/beside.h"

#include <sys/stat.h>

#include "util/file.h"
#include "util/mem.h"

#define FOLDER "store"

struct series {
	struct sim_store_bars *bars;
	struct sim_action *actions;
	struct series *next;
};

struct sim_beside {
	struct sim_store *store;
	struct series *all;
};

/* -- writing --------------------------------------------------------------- */

static int put(struct sim_store *st, const struct sim_run_data *d,
	       struct sim_err *err)
{
	int rc = sim_store_put(st, &d->instrument, d->tf, &d->bars, err);

	if (!rc && d->detail)
		rc = sim_store_put(st, &d->instrument, d->detail_tf, d->detail,
				   err);
	if (!rc && d->nactions)
		rc = sim_store_actions_put(st, d->instrument.symbol,
					   d->actions, d->nactions, err);
	return rc;
}

int sim_beside_write(const char *dir, const struct sim_run_spec *spec,
		     struct sim_err *err)
{
	char *path = sim_file_join(dir, FOLDER);
	struct sim_store *st;
	int rc = sim_store_open(path, &st, err);

	for (uint32_t i = 0; !rc && i < spec->nsyms; i++)
		rc = put(st, &spec->data[i], err);
	if (!rc)
		sim_store_close(st);
	sim_mem_free(path);
	return rc;
}

/* -- reading --------------------------------------------------------------- */

int sim_beside_open(const char *dir, struct sim_beside **out,
		    struct sim_err *err)
{
	char *path = sim_file_join(dir, FOLDER);
	struct sim_beside *b = NULL;
	struct stat s;
	int rc = SIM_OK;

	if (!stat(path, &s)) {
		b = sim_mem_zalloc(sizeof(*b));
		rc = sim_store_open(path, &b->store, err);
	}
	sim_mem_free(path);
	if (rc) {
		sim_mem_free(b);
		return rc;
	}
	*out = b;
	return SIM_OK;
}

int sim_beside_load(struct sim_beside *b, const char *symbol,
		    struct sim_bar_tf tf, struct sim_run_data *d,
		    struct sim_err *err)
{
	struct series *s = sim_mem_zalloc(sizeof(*s));
	size_t n = 0;
	int rc = sim_store_bars_open(b->store, symbol, tf, &s->bars, err);

	s->next = b->all;
	b->all = s;
	if (!rc)
		rc = sim_store_actions_get(b->store, symbol, &s->actions, &n,
					   err);
	if (rc)
		return rc;
	*d = (struct sim_run_data){
		.instrument = *sim_store_bars_instrument(s->bars), .tf = tf,
		.bars = sim_store_bars_series(s->bars),
		.hash = sim_store_bars_hash(s->bars),
		.actions = s->actions, .nactions = n,
	};
	return SIM_OK;
}

void sim_beside_close(struct sim_beside *b)
{
	if (!b)
		return;
	while (b->all) {
		struct series *s = b->all;

		b->all = s->next;
		sim_store_bars_close(s->bars);
		sim_mem_free(s->actions);
		sim_mem_free(s);
	}
	sim_store_close(b->store);
	sim_mem_free(b);
}
