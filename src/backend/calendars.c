/* calendars: a list under a lock; there are only a few. */
#include "backend/calendars.h"

#include <pthread.h>
#include <string.h>

#include "util/mem.h"

struct sim_calendars {
	pthread_mutex_t lock;
	char *dir;
	struct sim_calendar **all;
	size_t n, cap;
};

struct sim_calendars *sim_calendars_new(const char *dir)
{
	struct sim_calendars *c = sim_mem_zalloc(sizeof(*c));

	if (pthread_mutex_init(&c->lock, NULL))
		SIM_BUG("a lock that can't be made");
	c->dir = dir ? sim_mem_strdup(dir) : NULL;
	return c;
}

void sim_calendars_free(struct sim_calendars *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->n; i++)
		sim_calendar_close(c->all[i]);
	sim_mem_free(c->all);
	sim_mem_free(c->dir);
	pthread_mutex_destroy(&c->lock);
	sim_mem_free(c);
}

static int get(struct sim_calendars *c, const char *name,
	       const struct sim_calendar **cal, struct sim_err *err)
{
	struct sim_calendar *made;
	int rc;

	for (size_t i = 0; i < c->n; i++) {
		if (!strcmp(sim_calendar_name(c->all[i]), name)) {
			*cal = c->all[i];
			return SIM_OK;
		}
	}
	rc = sim_calendar_open(name, c->dir, &made, err);
	if (rc)
		return rc;
	SIM_MEM_GROW(c->all, c->cap, c->n + 1);
	c->all[c->n++] = made;
	*cal = made;
	return SIM_OK;
}

int sim_calendars_get(struct sim_calendars *c, const char *name,
		      const struct sim_calendar **cal, struct sim_err *err)
{
	int rc;

	pthread_mutex_lock(&c->lock);
	rc = get(c, name, cal, err);
	pthread_mutex_unlock(&c->lock);
	return rc;
}
