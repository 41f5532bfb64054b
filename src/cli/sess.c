/* sess: asks for the user's sessions, newest first. */
#include "cli/sess.h"

#include <string.h>

#include "cli/seen.h"
#include "util/mem.h"

#define NAMED_MAX	8	/* sessions in a sentence */

const struct sim_out_col sim_sess_cols[] = {
	{ "id", SIM_OUT_COL_ID }, { "state", 0 }, { "symbols", 0 },
	{ "timeframe", 0 }, { "start_date", 0 }, { "end_date", 0 },
	{ "initial_capital", 0 }, { "sim_time", 0 }, { "step", 0 },
	{ "steps", 0 }, { "progress_pct", 0 },
	{ "warmup_bars", SIM_OUT_COL_WIDE },
	{ "data_provider", SIM_OUT_COL_WIDE },
	{ "created", SIM_OUT_COL_WIDE }, { NULL, 0 }
};
const struct sim_out_col sim_sess_status_cols[] = {
	{ "id", SIM_OUT_COL_ID }, { "state", 0 }, { "sim_time", 0 },
	{ "step", 0 }, { "steps", 0 }, { "progress_pct", 0 },
	{ "run_id", 0 }, { NULL, 0 }
};

const struct sim_json_val *sim_sess_data(const struct sim_backend_message *m)
{
	return m->line ? sim_json_get(sim_json_root(m->m.doc), "data") : NULL;
}

/* -- rows ------------------------------------------------------------------ */

static void put_text(struct sim_out *o, const char *name,
		     const struct sim_json_val *v)
{
	const char *s = sim_json_as_str(v);

	if (s && *s)
		sim_out_str(o, name, s);
}

static void put_time(struct sim_out *o, const char *name,
		     const struct sim_json_val *v)
{
	const char *s = sim_json_as_str(v);
	sim_time t;

	if (s && !sim_time_parse(s, strlen(s), &t, NULL, NULL))
		sim_out_time(o, name, t);
}

static void put_dec(struct sim_out *o, const char *name,
		    const struct sim_json_val *v)
{
	sim_dec d;

	if (sim_json_as_dec(v, &d))
		sim_out_dec(o, name, d);
}

static void put_int(struct sim_out *o, const char *name,
		    const struct sim_json_val *v)
{
	int64_t n;

	if (sim_json_as_int(v, &n))
		sim_out_int(o, name, n);
}

static void put_double(struct sim_out *o, const char *name,
		       const struct sim_json_val *v)
{
	double d;

	if (sim_json_as_double(v, &d))
		sim_out_double(o, name, d);
}

static void put_strs(struct sim_out *o, const char *name,
		     const struct sim_json_val *v)
{
	size_t n = sim_json_len(v);
	const char **list = sim_mem_array(n + 1, sizeof(*list));

	for (size_t i = 0; i < n; i++) {
		const char *s = sim_json_as_str(sim_json_at(v, i));

		list[i] = s ? s : "";
	}
	sim_out_strs(o, name, list, n);
	sim_mem_free(list);
}

/* How many steps there will be is counted when its bars are loaded. */
static bool total_is_known(const struct sim_json_val *v)
{
	int64_t n;

	return !sim_json_as_int(sim_json_get(v, "ticks_total"), &n) || n;
}

void sim_sess_put(struct sim_out *o, const struct sim_json_val *v,
		  sim_time now)
{
	static const struct {
		const char *name, *key;
		void (*put)(struct sim_out *, const char *,
			    const struct sim_json_val *);
	} fields[] = {
		{ "id", "session_id", put_text },
		{ "state", "state", put_text },
		{ "symbols", "symbols", put_strs },
		{ "timeframe", "timeframe", put_text },
		{ "start_date", "start_date", put_time },
		{ "end_date", "end_date", put_time },
		{ "initial_capital", "initial_capital", put_dec },
		{ "sim_time", "sim_time", put_time },
		{ "step", "sequence_id", put_int },
		{ "steps", "ticks_total", put_int },
		{ "progress_pct", "progress_pct", put_double },
		{ "warmup_bars", "warmup_bars", put_int },
		{ "data_provider", "data_provider", put_text },
		{ "created", "created_at", put_time },
	};
	bool is_open = !total_is_known(v);

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct sim_json_val *x = sim_json_get(v, fields[i].key);

		if (is_open && (fields[i].put == put_double ||
				!strcmp(fields[i].name, "steps"))) {
			sim_out_null(o, fields[i].name);
			continue;
		}
		if (!x && now != SIM_TIME_NONE &&
		    !strcmp(fields[i].name, "sim_time"))
			sim_out_time(o, "sim_time", now);
		fields[i].put(o, fields[i].name, x);
	}
}

int sim_sess_put_whole(struct sim_cli *cli, const struct sim_sess *s,
		       struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_message_status *st;
	sim_time now = SIM_TIME_NONE;
	int rc = SIM_OK;

	/* Of one that is not in memory the time is not known there. */
	if (!s->info->has_sim_time && s->info->sequence_id)
		rc = sim_connect_call(cli, SIM_MESSAGE_query_status, NULL,
				      s->id, &m, err);
	st = m.m.data;
	if (!rc && m.line && st->has_sim_time)
		now = st->sim_time;
	if (!rc) {
		sim_out_object(cli->out, sim_sess_cols);
		sim_sess_put(cli->out, sim_sess_data(&s->m), now);
		sim_out_end(cli->out);
	}
	sim_backend_release(&m);
	return rc;
}

void sim_sess_put_status(struct sim_out *o, const char *id,
			 const struct sim_message_status *st, const char *run)
{
	sim_out_object(o, sim_sess_status_cols);
	sim_out_str(o, "id", id);
	sim_out_str(o, "state", sim_session_states[st->state]);
	if (st->has_sim_time)
		sim_out_time(o, "sim_time", st->sim_time);
	sim_out_int(o, "step", st->sequence_id);
	sim_out_int(o, "steps", st->ticks_total);
	sim_out_double(o, "progress_pct", st->progress_pct);
	if (run)
		sim_out_str(o, "run_id", run);
	sim_out_end(o);
}

int sim_sess_print(struct sim_cli *cli, const char *id, const char *run,
		   struct sim_err *err)
{
	struct sim_backend_message reply = SIM_BACKEND_MESSAGE_INIT;
	int rc = sim_connect_call(cli, SIM_MESSAGE_query_status, NULL, id,
				  &reply, err);

	if (!rc)
		sim_sess_put_status(cli->out, id, reply.m.data, run);
	sim_backend_release(&reply);
	return rc;
}

/* -- which ----------------------------------------------------------------- */

static int state_of(const char *name)
{
	for (int i = 0; name && sim_session_states[i]; i++)
		if (!strcmp(sim_session_states[i], name))
			return i;
	return -1;
}

static bool fits_in(const struct sim_json_val *v, unsigned fits)
{
	int state = state_of(sim_json_as_str(sim_json_get(v, "state")));

	return state >= 0 && fits >> state & 1;
}

static const char *id_of(const struct sim_json_val *v)
{
	const char *id = sim_json_as_str(sim_json_get(v, "session_id"));

	return id ? id : "";
}

/* "ready, running or paused". */
static void put_states(struct sim_buf *b, unsigned fits)
{
	int last = -1, n = 0;

	for (int i = 0; i < SIM_SESSION_STATE__COUNT; i++)
		last = fits >> i & 1 ? i : last;
	for (int i = 0; i < SIM_SESSION_STATE__COUNT; i++) {
		if (!(fits >> i & 1))
			continue;
		if (n++)
			sim_buf_puts(b, i == last ? " or " : ", ");
		sim_buf_puts(b, sim_session_states[i]);
	}
}

static int none_fits(const struct sim_json_val *list, unsigned fits,
		     struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	if (!sim_json_len(list))
		return sim_err_set(err, SIM_E_NOENT, "there is no session; "
				   "session create makes one");
	put_states(&b, fits);
	rc = sim_err_set(err, SIM_E_STATE, "no session is %s; session list "
			 "shows what there is", sim_buf_str(&b));
	sim_buf_release(&b);
	return rc;
}

static int many_fit(const struct sim_json_val *list, unsigned fits, int n,
		    struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int named = 0, rc;

	for (size_t i = 0; i < sim_json_len(list); i++) {
		const struct sim_json_val *v = sim_json_at(list, i);

		if (!fits_in(v, fits) || named == NAMED_MAX)
			continue;
		if (named++)
			sim_buf_puts(&b, ", ");
		sim_buf_puts(&b, id_of(v));
	}
	rc = sim_err_set(err, SIM_E_USAGE, "%d sessions may be meant: %s%s; "
			 "say which", n, sim_buf_str(&b),
			 n > named ? ", ..." : "");
	sim_buf_release(&b);
	return rc;
}

/* How many fit, and the newest of them. */
static int count(const struct sim_json_val *list, unsigned fits,
		 const char **id)
{
	int n = 0;

	for (size_t i = 0; i < sim_json_len(list); i++) {
		const struct sim_json_val *v = sim_json_at(list, i);

		if (!fits_in(v, fits))
			continue;
		if (!n++)
			*id = id_of(v);
	}
	return n;
}

/* The one that fits, or with is_last the newest.  One that is under way is
 * meant before those that are over or have not begun. */
static int choose(const struct sim_json_val *list, unsigned fits, bool is_last,
		  const char **id, struct sim_err *err)
{
	unsigned alive = fits & SIM_SESS_STARTED;
	int n;

	if (is_last && sim_json_len(list)) {
		*id = id_of(sim_json_at(list, 0));
		return SIM_OK;
	}
	n = count(list, alive, id);
	if (!n) {
		alive = fits;
		n = count(list, fits, id);
	}
	if (!n)
		return none_fits(list, fits, err);
	return n > 1 ? many_fit(list, alive, n, err) : SIM_OK;
}

void sim_sess_seen(struct sim_cli *cli, const struct sim_json_val *list)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	for (size_t i = 0; i < sim_json_len(list); i++) {
		const struct sim_json_val *v = sim_json_at(list, i);
		const char *state = sim_json_as_str(sim_json_get(v, "state"));

		sim_seen_line(&b, id_of(v), state ? state : "session");
	}
	sim_seen_keep(cli, SIM_SEEN_SESSIONS, &b);
	sim_buf_release(&b);
}

int sim_sess_id(struct sim_cli *cli, const char *given, unsigned fits,
		const char **id, struct sim_err *err)
{
	struct sim_backend_message m = SIM_BACKEND_MESSAGE_INIT;
	const struct sim_json_val *list;
	const char *found;
	int rc;

	if (!sim_connect_has_sessions(cli))
		return given ? sim_err_set(err, SIM_E_NOENT, "there is no "
					   "session '%.64s'; session create "
					   "makes one", given) :
			none_fits(NULL, fits, err);
	if (given && strcmp(given, "last")) {
		*id = given;
		return SIM_OK;
	}
	rc = sim_connect_call(cli, SIM_MESSAGE_list_sessions, NULL, NULL, &m,
			      err);
	list = sim_json_get(sim_sess_data(&m), "sessions");
	if (!rc) {
		sim_sess_seen(cli, list);
		rc = choose(list, fits, given != NULL, &found, err);
	}
	if (!rc)
		*id = sim_mem_arena_strdup(cli->arena, found);
	sim_backend_release(&m);
	return rc;
}

int sim_sess_find(struct sim_cli *cli, const char *id, unsigned fits,
		  struct sim_sess *s, struct sim_err *err)
{
	int rc = sim_sess_id(cli, id, fits, &s->id, err);

	if (!rc)
		rc = sim_connect_call(cli, SIM_MESSAGE_get_session, NULL,
				      s->id, &s->m, err);
	if (rc)
		return rc;
	s->info = s->m.m.data;
	s->state = (enum sim_session_state)s->info->state;
	return SIM_OK;
}

int sim_sess_account(struct sim_cli *cli, const char *given, const char **id,
		     struct sim_backend_message *m,
		     const struct sim_message_account_snapshot **a,
		     struct sim_err *err)
{
	const struct sim_message_current_positions *p;
	int rc = sim_sess_id(cli, given, SIM_SESS_LOADED, id, err);

	if (!rc)
		rc = sim_connect_call(cli, SIM_MESSAGE_query_positions, NULL,
				      *id, m, err);
	if (rc)
		return rc;
	p = m->m.data;
	*a = p->account;
	return SIM_OK;
}

void sim_sess_release(struct sim_sess *s)
{
	sim_backend_release(&s->m);
	*s = (struct sim_sess)SIM_SESS_INIT;
}
