/*
 * manifest: everything that decides a run, as canonical JSON: keys in a fixed
 * order, symbols by name, settings in the order of their list, one line.
 */
#include "run/manifest.h"

#include <string.h>

#include "config.h"
#include "run/fork.h"
#include "run/orders.h"
#include "strategy/registry.h"
#include "util/mem.h"

#define FORMAT "simutrador-manifest-1"

static void write_hash(struct sim_json *j, const char *key,
		       const uint8_t hash[SIM_SHA256_SIZE])
{
	char hex[SIM_SHA256_HEX];

	sim_sha256_hex(hash, hex);
	sim_json_str(j, key, hex);
}

void sim_manifest_hash_actions(const struct sim_action *a, size_t n,
			       char hex[SIM_SHA256_HEX])
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	uint8_t hash[SIM_SHA256_SIZE];

	for (size_t i = 0; i < n; i++) {
		sim_buf_int(&b, a[i].day);
		sim_buf_putc(&b, ' ');
		if (a[i].type == SIM_ACTION_SPLIT) {
			sim_buf_puts(&b, "split ");
			sim_buf_int(&b, a[i].num);
			sim_buf_putc(&b, ' ');
			sim_buf_int(&b, a[i].den);
		} else {
			sim_buf_puts(&b, "dividend ");
			sim_buf_dec(&b, a[i].cash, 0);
		}
		sim_buf_putc(&b, '\n');
	}
	sim_sha256_of(sim_buf_str(&b), b.len, hash);
	sim_sha256_hex(hash, hex);
	sim_buf_release(&b);
}

static void write_instrument(struct sim_json *j,
			     const struct sim_instrument *ins)
{
	sim_json_str(j, "symbol", ins->symbol);
	sim_json_dec(j, "tick_size", ins->tick_size);
	sim_json_dec(j, "lot_size", ins->lot_size);
	sim_json_dec(j, "multiplier", ins->multiplier);
	sim_json_str(j, "currency", ins->currency);
	sim_json_str(j, "asset_class",
		     sim_vocab_asset_class_text(ins->asset_class));
	sim_json_str(j, "calendar", ins->calendar);
}

static void write_detail(struct sim_json *j, const struct sim_run_data *d)
{
	uint8_t hash[SIM_SHA256_SIZE];
	char tf[16];

	if (!d->detail)
		return;
	sim_store_hash(&d->instrument, d->detail_tf, d->detail, NULL, hash);
	sim_json_str(j, "detail_timeframe",
		     sim_bar_tf_text(d->detail_tf, tf));
	write_hash(j, "detail_hash", hash);
}

static void write_symbol(struct sim_json *j, const struct sim_manifest_sym *s,
			 bool has_detail)
{
	const struct sim_run_data *d = s->data;
	char hex[SIM_SHA256_HEX];

	sim_json_object(j, NULL);
	write_instrument(j, &d->instrument);
	sim_json_int(j, "bars", (int64_t)s->bars);
	if (s->bars) {
		sim_json_time(j, "first", s->first);
		sim_json_time(j, "last", s->last);
	}
	write_hash(j, "hash", s->hash);
	if (d->nactions) {
		sim_manifest_hash_actions(d->actions, d->nactions, hex);
		sim_json_str(j, "actions_hash", hex);
	}
	if (has_detail)
		write_detail(j, d);
	sim_json_end(j);
}

static void write_strategy(struct sim_json *j,
			   const struct sim_run_spec *spec,
			   const struct sim_strategy *s)
{
	char name[SIM_FORM_NAME_MAX];
	struct sim_strategy_param p;
	uint8_t hash[SIM_SHA256_SIZE];

	if (spec->orders) {
		sim_sha256_of(sim_buf_str(&spec->orders->text),
			      spec->orders->text.len, hash);
		sim_json_object(j, "orders");
		sim_json_str(j, "format", spec->orders->is_ndjson ? "ndjson" :
			     "csv");
		write_hash(j, "hash", hash);
		sim_json_end(j);
		return;
	}
	sim_form_label(&spec->form, name);
	sim_json_object(j, "strategy");
	sim_json_str(j, "form", sim_form_name(spec->form.kind));
	sim_json_str(j, "name", name);
	sim_json_str(j, "hash", s->hash);
	sim_json_object(j, "params");
	for (int i = 0; s->ops->param && s->ops->param(s->self, i, &p); i++)
		sim_json_str(j, p.name, p.value);
	sim_json_end(j);
	sim_json_end(j);
}

static void write_config(struct sim_json *j, const struct sim_config *c)
{
	const struct sim_config_setting *row;
	struct sim_buf b = SIM_BUF_INIT(4096);

	sim_json_object(j, "config");
	for (int i = 0; (row = sim_config_setting_row(i)); i++) {
		sim_buf_reset(&b);
		sim_config_get(c, row->name, &b);
		sim_json_str(j, row->name, sim_buf_str(&b));
	}
	sim_json_end(j);
	sim_buf_release(&b);
}

static void write_range(struct sim_json *j, const char *key,
			const struct sim_run_bound *b)
{
	char text[16];

	switch (b->kind) {
	case SIM_RUN_BOUND_NONE:
		sim_json_null(j, key);
		break;
	case SIM_RUN_BOUND_DAY:
		sim_time_format_date(b->day, text);
		sim_json_str(j, key, text);
		break;
	case SIM_RUN_BOUND_TIME:
		sim_json_time(j, key, b->time);
		break;
	}
}

static void write_stop(struct sim_json *j,
		       const struct sim_manifest_facts *facts)
{
	uint64_t step = facts->stop_step + facts->failed_step;

	if (!step)
		return;
	sim_json_object(j, facts->failed_step ? "failed" : "stopped");
	sim_json_int(j, "step", (int64_t)step);
	sim_json_int(j, "seq", (int64_t)facts->stop_seq);
	if (facts->is_cut)
		sim_json_bool(j, "inside", true);
	sim_json_end(j);
}

void sim_manifest_tail(const struct sim_run_spec *spec,
		       const struct sim_manifest_facts *facts,
		       struct sim_buf *tail)
{
	bool has_detail = spec->config.path == SIM_CONFIG_PATH_DETAIL;
	struct sim_json j;
	char tf[16];

	sim_buf_reset(tail);
	sim_json_init(&j, tail, false);
	sim_json_object(&j, NULL);
	sim_json_int(&j, "seed", (int64_t)spec->seed);
	sim_json_str(&j, "timeframe",
		     sim_bar_tf_text(facts->syms[0].data->tf, tf));
	write_range(&j, "from", &spec->from);
	write_range(&j, "to", &spec->to);
	sim_json_str(&j, "session", spec->extended ? "extended" : "regular");
	sim_json_str(&j, "prices", sim_adjust_text(spec->view));
	write_config(&j, &spec->config);
	sim_json_array(&j, "symbols");
	for (uint32_t i = 0; i < facts->nsyms; i++)
		write_symbol(&j, &facts->syms[i], has_detail);
	sim_json_end(&j);
	sim_fork_manifest(spec->fork, &j);
	write_stop(&j, facts);
	sim_json_end(&j);
	sim_buf_putc(tail, '\n');
}

void sim_manifest_join(const struct sim_run_spec *spec,
		       const struct sim_strategy *strategy,
		       const struct sim_buf *tail, struct sim_buf *out,
		       char hex[SIM_SHA256_HEX])
{
	uint8_t hash[SIM_SHA256_SIZE];
	struct sim_json j;

	sim_buf_reset(out);
	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "format", FORMAT);
	sim_json_str(&j, "engine", PACKAGE_VERSION);
	write_strategy(&j, spec, strategy);
	/* The tail is an object of its own; its members go on with this. */
	sim_buf_putc(out, ',');
	sim_buf_add(out, tail->data + 1, tail->len - 1);
	sim_sha256_of(sim_buf_str(out), out->len, hash);
	sim_sha256_hex(hash, hex);
}

void sim_manifest_write(const struct sim_run_spec *spec,
			const struct sim_manifest_facts *facts,
			struct sim_buf *out, char hex[SIM_SHA256_HEX])
{
	struct sim_buf tail = SIM_BUF_INIT(SIM_BUF_MAX);

	sim_manifest_tail(spec, facts, &tail);
	sim_manifest_join(spec, facts->strategy, &tail, out, hex);
	sim_buf_release(&tail);
}

void sim_manifest_bars(const struct sim_prepare_sym *s,
		       struct sim_manifest_sym *m)
{
	const struct sim_run_data *d = s->data;

	m->data = d;
	m->bars = s->range.n;
	if (m->bars) {
		m->first = s->range.ts[0];
		m->last = s->range.ts[m->bars - 1];
	}
	if (d->hash && s->range.n == d->bars.n)
		memcpy(m->hash, d->hash, SIM_SHA256_SIZE);
	else
		sim_store_hash(&d->instrument, d->tf, &s->range, NULL,
			       m->hash);
}

/* -- reading ------------------------------------------------------------- */

static int missing(const char *key, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "the manifest has no valid '%s'",
			   key);
}

static int read_config(const struct sim_json_val *v, struct sim_config *c,
		       struct sim_err *err)
{
	size_t n = sim_json_len(v);
	int rc = sim_config_preset("us-equity", c, err);

	if (!v)
		return missing("config", err);
	for (size_t i = 0; !rc && i < n; i++) {
		const char *key;
		const struct sim_json_val *m = sim_json_member(v, i, &key);
		const char *text = sim_json_as_str(m);

		if (!text)
			return missing(key, err);
		rc = sim_config_set(c, key, text, err);
	}
	return rc;
}

static int read_params(const struct sim_json_val *v,
		       struct sim_strategy_param *params,
		       struct sim_run_spec *spec, struct sim_err *err)
{
	const struct sim_json_val *list = sim_json_get(v, "params");
	size_t n = sim_json_len(list);

	const char *form = sim_json_as_str(sim_json_get(v, "form"));
	int kind = form ? sim_form_find(form) : -1;

	spec->form.source = sim_json_as_str(sim_json_get(v, "name"));
	if (!spec->form.source || kind < 0 || n > SIM_RUN_PARAMS_MAX)
		return missing("strategy", err);
	for (size_t i = 0; i < n; i++) {
		const struct sim_json_val *m =
			sim_json_member(list, i, &params[i].name);

		params[i].value = sim_json_as_str(m);
		if (!params[i].value)
			return missing(params[i].name, err);
	}
	spec->form.kind = (enum sim_form_kind)kind;
	spec->form.params = params;
	spec->form.nparams = n;
	return SIM_OK;
}

static int read_bound(const struct sim_json_val *doc, const char *key,
		      bool is_end, struct sim_run_bound *b, struct sim_err *err)
{
	const struct sim_json_val *v = sim_json_get(doc, key);
	const char *text = sim_json_as_str(v);

	if (!v || (!text && !sim_json_is_null(v)))
		return missing(key, err);
	return sim_run_bound_parse(text ? text : "", key, is_end, b, err);
}

static int read_words(const struct sim_json_val *v, struct sim_run_spec *spec,
		      struct sim_err *err)
{
	const char *session = sim_json_as_str(sim_json_get(v, "session"));
	const char *prices = sim_json_as_str(sim_json_get(v, "prices"));
	int64_t seed;

	if (!sim_json_as_int(sim_json_get(v, "seed"), &seed))
		return missing("seed", err);
	if (!session)
		return missing("session", err);
	if (!prices || !sim_adjust_parse(prices, &spec->view))
		return missing("prices", err);
	spec->extended = !strcmp(session, "extended");
	spec->seed = (uint64_t)seed;
	return SIM_OK;
}

static void read_stop(const struct sim_json_val *v, bool is_inside,
		      struct sim_run_spec *out)
{
	int64_t step = 0, seq = 0;

	if (!v)
		return;
	sim_json_as_int(sim_json_get(v, "step"), &step);
	sim_json_as_int(sim_json_get(v, "seq"), &seq);
	out->stop_step = (uint64_t)step;
	out->stop_inside = is_inside;
	out->stop_seq = (uint64_t)seq;
}

void sim_manifest_cut(const struct sim_json_doc *doc,
		      struct sim_run_spec *spec)
{
	read_stop(sim_json_get(sim_json_root(doc), "failed"), true, spec);
}

int sim_manifest_read(const struct sim_json_doc *doc,
		      struct sim_strategy_param params[SIM_RUN_PARAMS_MAX],
		      struct sim_run_spec *spec, struct sim_err *err)
{
	const struct sim_json_val *v = sim_json_root(doc);
	const char *format = sim_json_as_str(sim_json_get(v, "format"));
	const struct sim_json_val *s = sim_json_get(v, "strategy");
	struct sim_run_spec out = SIM_RUN_SPEC_INIT;
	const struct sim_json_val *stopped;
	int rc;

	if (!format || strcmp(format, FORMAT))
		return sim_err_set(err, SIM_E_DATA, "the manifest is of format "
				   "'%.40s'; this version reads %s",
				   format ? format : "", FORMAT);
	rc = read_config(sim_json_get(v, "config"), &out.config, err);
	if (!rc)
		rc = read_words(v, &out, err);
	if (!rc)
		rc = read_bound(v, "from", false, &out.from, err);
	if (!rc)
		rc = read_bound(v, "to", true, &out.to, err);
	if (!rc && s)
		rc = read_params(s, params, &out, err);
	else if (!rc && !sim_json_get(v, "orders"))
		rc = missing("strategy", err);
	if (rc)
		return rc;
	stopped = sim_json_get(v, "stopped");
	read_stop(stopped, sim_json_get(stopped, "inside") != NULL, &out);
	*spec = out;
	return SIM_OK;
}
