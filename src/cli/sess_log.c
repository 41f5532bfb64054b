/* sess_log: piece by piece, as the protocol gives it. */
#include "cli/sess_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/log.h"
#include "util/mem.h"

void sim_sess_log_release(struct sim_sess_log *l)
{
	for (size_t i = 0; i < l->nnames; i++)
		sim_mem_free(l->names[i]);
	sim_mem_free(l->names);
	sim_buf_release(&l->text);
	*l = (struct sim_sess_log)SIM_SESS_LOG_INIT;
}

/* Number 0 is no order. */
static void add_name(struct sim_sess_log *l, const char *name)
{
	SIM_MEM_GROW(l->names, l->names_cap, l->nnames + 2);
	if (!l->nnames)
		l->names[l->nnames++] = NULL;
	l->names[l->nnames++] = *name ? sim_mem_strdup(name) : NULL;
}

/* Add a piece.  Gives: 1 there is more, 0 that was all. */
static int add_chunk(const struct sim_message_log_chunk *c,
		     struct sim_sess_log *l)
{
	size_t n = strlen(c->text);

	sim_buf_add(&l->text, c->text, n);
	l->is_sealed = c->is_sealed;
	if (c->has_hash && strlen(c->hash) < sizeof(l->hash))
		memcpy(l->hash, c->hash, strlen(c->hash) + 1);
	for (size_t i = 0; i < c->n_names; i++)
		add_name(l, c->names[i]);
	if (n && c->offset + (int64_t)n < c->size)
		return 1;
	return c->n_names && (int64_t)l->nnames <= c->orders;
}

int sim_sess_log_fetch(struct sim_cli *cli, const char *id,
		       struct sim_sess_log *l, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	int rc;

	do {
		const struct sim_message_get_log ask = {
			.has_since = true, .since = (int64_t)l->text.len,
			.has_names_since = true,
			.names_since = l->nnames ? (int64_t)l->nnames - 1 : 0,
		};

		rc = sim_connect_call(cli, SIM_MESSAGE_get_log, &ask, id, &m,
				      err);
		if (!rc)
			rc = add_chunk(m.m.data, l);
		sim_backend_release(&m);
	} while (rc > 0);
	return rc;
}

size_t sim_sess_log_events(const struct sim_sess_log *l)
{
	size_t n = l->text.len;

	if (!l->is_sealed || !n)
		return n;
	for (n--; n && l->text.data[n - 1] != '\n'; n--)
		;
	return n;
}

/* -- as a result ----------------------------------------------------------- */

static int by_symbol(const void *pa, const void *pb)
{
	const struct sim_instrument *a = pa, *b = pb;

	return strcmp(a->symbol, b->symbol);
}

/* As if it ended here. */
static void seal(struct sim_buf *text, char hex[SIM_SHA256_HEX])
{
	struct sim_log l = { .out = text };

	for (size_t i = 0; i < text->len; i++)
		l.events += text->data[i] == '\n';
	sim_sha256_init(&l.hash);
	sim_log_seal(&l, hex);
}

void sim_sess_log_result(const struct sim_sess *s, struct sim_sess_log *l,
			 struct sim_run_result *r)
{
	const struct sim_message_session_info *x = s->info;

	*r = (struct sim_run_result)SIM_RUN_RESULT_INIT;
	r->nsyms = (uint32_t)x->n_symbols;
	r->instruments = sim_mem_array(x->n_symbols + 1,
				       sizeof(*r->instruments));
	r->positions = sim_mem_array(x->n_symbols + 1, sizeof(*r->positions));
	for (size_t i = 0; i < x->n_symbols; i++)
		snprintf(r->instruments[i].symbol,
			 sizeof(r->instruments[i].symbol), "%s",
			 x->symbols[i]);
	qsort(r->instruments, r->nsyms, sizeof(*r->instruments), by_symbol);
	r->log = l->text;
	l->text = (struct sim_buf)SIM_BUF_INIT(SIM_BUF_MAX);
	if (!l->is_sealed)
		seal(&r->log, r->log_hash);
}
