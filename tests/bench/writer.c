/*
 * The storage writer in figures: lines acknowledged a second while so many
 * sessions wait for one each, and how long the slowest hundredth waits; beside
 * it, by turns, how often the same disk takes 8 KiB for good.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "row.h"
#include "server/writer.h"
#include "util/file.h"
#include "util/mem.h"

#define ROUNDS 5
#define SECONDS 1.0			/* of a round */
#define SAMPLES (1 << 20)
#define BLOCK 8192
#define LINE 300			/* bytes: a batch of one order */

static char dir[64], path[80];
static char line[LINE];
static struct sim_user user = { .name = "bench" };
static struct sim_err err;

/* Sessions that have a line each under way, the one that is next first. */
struct crowd {
	size_t n, next;
	struct one {
		char id[SIM_SESSION_ROW_ID];
		int64_t lines;
		uint64_t ticket;
		double since;
	} *all;
	double *waits;
	size_t nwaits;
};

static void send_line(struct sim_writer *w, struct one *o, double now)
{
	struct sim_writer_line l = {
		user.id, o->id, ++o->lines, o->lines, line, sizeof(line)
	};

	o->since = now;
	o->ticket = sim_writer_append(w, &l);
}

static int fill(struct sim_writer *w, struct crowd *c, int round)
{
	static char config[] = "{}";
	uint64_t ticket = 0;

	for (size_t i = 0; i < c->n; i++) {
		struct sim_session_row r = { .state = "ready",
					     .config = config };

		snprintf(c->all[i].id, sizeof(c->all[i].id), "%zu.%d.%zu",
			 c->n, round, i);
		memcpy(r.id, c->all[i].id, sizeof(c->all[i].id));
		memcpy(r.user, user.id, sizeof(r.user));
		ticket = sim_writer_insert(w, &r);
	}
	return sim_writer_wait(w, ticket, &err);
}

/* Whoever's line is stored sends the next.  Gives: lines a second. */
static double drive(struct sim_writer *w, struct crowd *c)
{
	double start = seconds(), now = start;
	size_t done = 0;

	for (size_t i = 0; i < c->n; i++)
		send_line(w, &c->all[i], now);
	while (now - start < SECONDS) {
		struct one *o = &c->all[c->next];
		uint64_t decided;

		if (sim_writer_wait(w, o->ticket, &err))
			exit(1);
		decided = sim_writer_decided(w);
		now = seconds();
		for (; o->ticket <= decided; o = &c->all[c->next]) {
			if (c->nwaits < SAMPLES)
				c->waits[c->nwaits++] = now - o->since;
			send_line(w, o, now);
			c->next = (c->next + 1) % c->n;
			done++;
		}
	}
	return (double)done / (now - start);
}

static double round_of(struct crowd *c, int round)
{
	const struct sim_writer_config config = { .db_path = path };
	struct sim_writer *w;
	double rate;

	c->all = sim_mem_array(c->n, sizeof(*c->all));
	c->next = 0;
	if (sim_writer_start(&config, &w, &err) || fill(w, c, round))
		exit(1);
	rate = drive(w, c);
	sim_writer_stop(w);
	sim_mem_free(c->all);
	return rate;
}

/* Times a second that 8 KiB are appended and synchronised. */
static double sync_rate(void)
{
	static char block[BLOCK];
	double start = seconds(), now = start;
	char name[80];
	int fd, n = 0;

	snprintf(name, sizeof(name), "%s/raw", dir);
	fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	for (; now - start < SECONDS; n++) {
		if (pwrite(fd, block, BLOCK, (off_t)n * BLOCK) != BLOCK ||
		    fdatasync(fd))
			exit(1);
		now = seconds();
	}
	close(fd);
	return n / (now - start);
}

static int make_db(void)
{
	const struct sim_db_by by = { "local", 0, NULL };
	struct sim_db *db;
	int rc = sim_db_open(path, true, &db, &err);

	if (rc)
		return rc;
	rc = sim_user_add(db, &by, &user, &err);
	sim_db_close(db);
	return rc;
}

int main(void)
{
	static const size_t crowds[] = { 1, 100, 1000 };
	char name[64];

	snprintf(dir, sizeof(dir), "bench-writer-%ld.tmp", (long)getpid());
	snprintf(path, sizeof(path), "%s/a.db", dir);
	memset(line, 'x', sizeof(line));
	if (make_db())
		return 1;
	for (size_t i = 0; i < sizeof(crowds) / sizeof(crowds[0]); i++) {
		struct crowd c = { .n = crowds[i] };
		double rates[ROUNDS], syncs[ROUNDS];

		c.waits = sim_mem_array(SAMPLES, sizeof(*c.waits));
		for (int k = 0; k < ROUNDS; k++) {
			syncs[k] = sync_rate();
			rates[k] = round_of(&c, k);
		}
		snprintf(name, sizeof(name), "stored lines, %zu at once", c.n);
		row(name, median(rates, ROUNDS), "lines/s",
		    median(syncs, ROUNDS));
		qsort(c.waits, c.nwaits, sizeof(*c.waits), by_size);
		row("  the slowest hundredth waits",
		    c.waits[c.nwaits * 99 / 100] * 1e3, "ms", 0);
		sim_mem_free(c.waits);
	}
	return sim_file_remove_tree(dir, NULL) != 0;
}
