/* plugin: load, look whether it is one, and call it. */
#include "strategy/plugin_priv.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/sha256.h"
#include "util/str.h"

static int wrong(const struct sim_plugin *p, struct sim_err *err,
		 const char *what)
{
	return sim_err_set(err, SIM_E_STRATEGY, "the plugin %s %s", p->label,
			   what);
}

/* -- calling --------------------------------------------------------------- */

/* What a callback's value means, with the sentence that was left. */
static int judge(struct sim_plugin *p, int rc, const char *callback,
		 struct sim_err *err)
{
	if (p->fatal && p->fatal != SIM_E_STRATEGY) {
		if (err)
			*err = p->end;
		return p->fatal;
	}
	if (p->fatal)
		return sim_err_set(err, SIM_E_STRATEGY, "%s: %s", p->label,
				   p->end.msg);
	if (!rc)
		return SIM_OK;
	return sim_err_set(err, SIM_E_STRATEGY, "%s: %s returned %d in step "
			   "%llu; host->fail can say why", p->label, callback,
			   rc, (unsigned long long)p->view->step);
}

/* A callback other than on_step is over. */
static int called(struct sim_plugin *p, int rc, struct sim_err *err)
{
	const char *callback = p->callback;

	p->callback = "on_step";
	return judge(p, rc, callback, err);
}

static int init(void *self, struct sim_strategy_view *v, struct sim_err *err)
{
	struct sim_plugin *p = self;
	int rc;

	p->view = v;
	p->host.nsyms = v->nsyms;
	p->step.struct_size = sizeof(p->step);
	p->step.nsyms = v->nsyms;
	p->step.traded = v->traded;
	sim_bar_tf_text(v->tf, p->timeframe);
	p->callback = "init";
	sim_watchdog_enter(&p->watch);
	rc = p->row.init(&p->host, &p->self);
	sim_watchdog_leave(&p->watch);
	return called(p, rc, err);
}

static inline int step_over(struct sim_plugin *p, int rc,
			    struct sim_err *err)
{
	if (__builtin_expect(!rc && !p->fatal, 1))
		return SIM_OK;
	return judge(p, rc, p->callback, err);
}

static inline void begin_step(struct sim_plugin *p,
			      const struct sim_strategy_view *v)
{
	p->step.now_ns = v->now;
	p->step.number = v->step;
	p->step.ntraded = v->ntraded;
}

/* When nobody watches. */
static int on_step(void *self, struct sim_strategy_view *v,
		   struct sim_err *err)
{
	struct sim_plugin *p = self;

	begin_step(p, v);
	return step_over(p, p->row.on_step(p->self, &p->step), err);
}

/* As between sim_watchdog_enter and _leave, but for one load less. */
static int on_step_watched(void *self, struct sim_strategy_view *v,
			   struct sim_err *err)
{
	struct sim_plugin *p = self;
	uint64_t word = (p->watch.word | 3) + 1;
	int rc;

	begin_step(p, v);
	sim_watchdog_store(&p->watch, word + SIM_WATCHDOG_IN);
	rc = p->row.on_step(p->self, &p->step);
	sim_watchdog_store(&p->watch, word);
	sim_watchdog_check(&p->watch);
	return step_over(p, rc, err);
}

static uint64_t quiet(void *self, const struct sim_strategy_view *v,
		      uint64_t n)
{
	struct sim_plugin *p = self;
	uint64_t steps;

	begin_step(p, v);
	p->callback = "quiet";
	p->is_looking = true;
	sim_watchdog_enter(&p->watch);
	steps = p->row.quiet(p->self, &p->step, n);
	sim_watchdog_leave(&p->watch);
	p->is_looking = false;
	p->callback = "on_step";
	return p->fatal ? 0 : steps < n ? steps : n;
}

static int on_fill(void *self, struct sim_strategy_view *v,
		   const struct sim_fill *f, struct sim_err *err)
{
	struct sim_plugin *p = self;
	const struct simu_fill x = {
		.struct_size = sizeof(x), .order = f->order, .sym = f->sym,
		.side = f->side, .time_ns = f->time, .qty = f->qty,
		.price = f->price, .commission = f->commission,
		.realized = f->realized, .closes = f->is_close,
	};
	int rc;

	(void)v;
	p->callback = "on_fill";
	sim_watchdog_enter(&p->watch);
	rc = p->row.on_fill(p->self, &x);
	sim_watchdog_leave(&p->watch);
	return called(p, rc, err);
}

static int on_timer(void *self, struct sim_strategy_view *v, uint64_t id,
		    struct sim_err *err)
{
	struct sim_plugin *p = self;
	int rc;

	(void)v;
	p->callback = "on_timer";
	sim_watchdog_enter(&p->watch);
	rc = p->row.on_timer(p->self, id);
	sim_watchdog_leave(&p->watch);
	return called(p, rc, err);
}

static int on_end(void *self, struct sim_strategy_view *v,
		  struct sim_err *err)
{
	struct sim_plugin *p = self;
	int rc;

	(void)v;
	p->callback = "on_end";
	sim_watchdog_enter(&p->watch);
	rc = p->row.on_end(p->self);
	sim_watchdog_leave(&p->watch);
	return called(p, rc, err);
}

static bool param(void *self, int i, struct sim_strategy_param *out)
{
	struct sim_plugin *p = self;

	if (i < 0 || (uint32_t)i >= p->row.nparams)
		return false;
	out->name = p->params[i].name;
	out->value = p->values[i].text;
	return true;
}

static void release(void *self)
{
	struct sim_plugin *p = self;

	sim_crash_release(&p->crash);
	sim_watchdog_stop(&p->watch);
	if (p->view && p->row.release)
		p->row.release(p->self);
	if (p->library)
		dlclose(p->library);
	sim_mem_free(p);
}

/* In the watchdog's thread. */
static void describe(void *ctx, struct sim_err *err)
{
	const struct sim_plugin *p = ctx;
	const char *death = sim_crash_text(&p->crash);
	char when[40] = "";

	if (p->view && p->view->step)
		snprintf(when, sizeof(when), " in step %llu",
			 (unsigned long long)p->view->step);
	if (death)
		sim_err_set(err, SIM_E_STRATEGY, "%s: %s %s%s", p->label,
			    p->callback, death, when);
	else
		sim_err_set(err, SIM_E_STRATEGY, "%s: %s took longer than "
			    "%lld ms%s; --callback-timeout gives it more",
			    p->label, p->callback,
			    (long long)p->watch.limit_ms, when);
}

static void set_ops(struct sim_plugin *p, bool is_watched)
{
	p->ops = (struct sim_strategy_ops){
		.name = p->label, .summary = "a plugin",
		.keeps_orders = p->row.wants & SIMU_WANT_ENDED,
		.init = init, .on_step = is_watched ? on_step_watched : on_step,
		.quiet = p->row.quiet ? quiet : NULL,
		.on_fill = p->row.on_fill ? on_fill : NULL,
		.on_timer = p->row.on_timer ? on_timer : NULL,
		.on_end = p->row.on_end ? on_end : NULL,
		.param = param, .free = release,
	};
}

/* -- its parameters -------------------------------------------------------- */

static bool is_name(const char *s)
{
	size_t n = s ? strspn(s, "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") : 0;

	return n && n < SIM_FORM_NAME_MAX && !s[n];
}

static bool is_within(const struct simu_param *q, double v)
{
	return (q->min == 0 && q->max == 0) || (v >= q->min && v <= q->max);
}

/* Read a value; false when it is not of its kind or out of range. */
static bool read_value(const struct simu_param *q, const char *s,
		       struct sim_plugin_value *v)
{
	sim_dec d;

	if (q->kind == SIMU_TEXT) {
		if (strlen(s) >= sizeof(v->text))
			return false;
		memcpy(v->text, s, strlen(s) + 1);
		return true;
	}
	if (sim_dec_parse(s, strlen(s), &d, NULL) ||
	    (q->kind == SIMU_INT && d % SIM_DEC_ONE))
		return false;
	v->whole = d / SIM_DEC_ONE;
	v->real = sim_dec_to_double(d);
	sim_dec_format(d, 0, v->text);
	return is_within(q, v->real);
}

static int bad_value(const struct sim_plugin *p, const struct simu_param *q,
		     const char *s, struct sim_err *err)
{
	static const char *const kinds[] = {
		[SIMU_TEXT] = "a text of at most 255 bytes",
		[SIMU_INT] = "a whole number",
		[SIMU_REAL] = "a number with at most eight decimals",
	};

	if (q->kind == SIMU_TEXT || (q->min == 0 && q->max == 0))
		return sim_err_set(err, SIM_E_INVAL, "%s: the parameter %s is "
				   "'%.40s'; it must be %s", p->label, q->name,
				   s, kinds[q->kind]);
	return sim_err_set(err, SIM_E_INVAL, "%s: the parameter %s is '%.40s'; "
			   "it must be %s from %.8g to %.8g", p->label,
			   q->name, s, kinds[q->kind], q->min, q->max);
}

static int unknown_param(const struct sim_plugin *p, const char *name,
			 struct sim_err *err)
{
	const char *names[SIM_PLUGIN_PARAMS + 1] = { NULL };
	const char *near;

	for (uint32_t i = 0; i < p->row.nparams; i++)
		names[i] = p->params[i].name;
	near = sim_str_near(name, names);
	if (near)
		return sim_err_set(err, SIM_E_INVAL, "%s has no parameter "
				   "'%.40s'; did you mean %s", p->label, name,
				   near);
	return sim_err_set(err, SIM_E_INVAL, "%s has no parameter '%.40s'; "
			   "strategy check --plugin lists those it has",
			   p->label, name);
}

static int set_given(struct sim_plugin *p, const struct sim_form *f,
		     struct sim_err *err)
{
	bool seen[SIM_PLUGIN_PARAMS] = { false };

	for (size_t k = 0; k < f->nparams; k++) {
		const struct sim_strategy_param *g = &f->params[k];
		int i = sim_plugin_index(p, g->name);

		if (i < 0)
			return unknown_param(p, g->name, err);
		if (seen[i])
			return sim_err_set(err, SIM_E_INVAL, "parameter %s is "
					   "given twice; give it once",
					   g->name);
		seen[i] = true;
		if (!read_value(&p->params[i], g->value, &p->values[i]))
			return bad_value(p, &p->params[i], g->value, err);
	}
	return SIM_OK;
}

static int check_param(struct sim_plugin *p, uint32_t i, struct sim_err *err)
{
	const struct simu_param *q = &p->params[i];

	if (!is_name(q->name))
		return wrong(p, err, "declares a parameter whose name is not "
			     "made of letters, digits and _");
	if (sim_plugin_index(p, q->name) != (int)i)
		return wrong(p, err, "declares a parameter twice");
	if (q->kind < SIMU_TEXT || q->kind > SIMU_REAL)
		return wrong(p, err, "declares a parameter of no kind");
	if (!q->value || !read_value(q, q->value, &p->values[i]))
		return wrong(p, err, "declares a parameter whose own value is "
			     "not of its kind or out of its range");
	return SIM_OK;
}

static int read_params(struct sim_plugin *p, struct sim_err *err)
{
	const struct simu_strategy *r = &p->row;
	size_t least = offsetof(struct simu_param, max) + sizeof(double);
	int rc = SIM_OK;

	if (!r->nparams)
		return SIM_OK;
	if (r->nparams > SIM_PLUGIN_PARAMS)
		return wrong(p, err, "declares more than 64 parameters");
	if (!r->params || r->param_size < least)
		return wrong(p, err, "has parameters but no table of them; set "
			     "it with SIMU_PARAMS");
	for (uint32_t i = 0; i < r->nparams; i++)
		memcpy(&p->params[i], (const char *)r->params +
		       (size_t)i * r->param_size,
		       r->param_size < sizeof(p->params[i]) ?
		       r->param_size : sizeof(p->params[i]));
	for (uint32_t i = 0; !rc && i < r->nparams; i++)
		rc = check_param(p, i, err);
	return rc;
}

bool sim_plugin_declared(const struct sim_strategy *s, int i,
			 struct sim_plugin_param *out)
{
	static const char *const kinds[] = { "text", "int", "real" };
	const struct sim_plugin *p = s->self;
	const struct simu_param *q = &p->params[i];

	if (i < 0 || (uint32_t)i >= p->row.nparams)
		return false;
	*out = (struct sim_plugin_param){
		q->name, q->value, q->help, kinds[q->kind], q->min, q->max
	};
	return true;
}

/* -- loading --------------------------------------------------------------- */

/* Fields that this program doesn't know must be empty. */
static bool has_unknown(const struct simu_strategy *theirs)
{
	const char *s = (const char *)theirs;

	for (size_t i = sizeof(*theirs); i < theirs->struct_size; i++) {
		if (s[i])
			return true;
	}
	return false;
}

static int take_row(struct sim_plugin *p, const struct simu_strategy *theirs,
		    struct sim_err *err)
{
	size_t least = offsetof(struct simu_strategy, on_fill);
	size_t n;

	if (!theirs)
		return wrong(p, err, "gives NULL as its description");
	n = theirs->struct_size;
	if (n < least || n > 4096)
		return wrong(p, err, "gives no size of its description; begin "
			     "it with SIMU_STRATEGY_INIT");
	if (theirs->abi != SIMU_ABI)
		return sim_err_set(err, SIM_E_STRATEGY, "the plugin %s is "
				   "built for interface %u and this is %u; "
				   "build it with this version's "
				   "simutrador.h", p->label,
				   (unsigned)theirs->abi, (unsigned)SIMU_ABI);
	if (has_unknown(theirs))
		return wrong(p, err, "uses callbacks that this version doesn't "
			     "know; build it with its simutrador.h");
	memcpy(&p->row, theirs, n < sizeof(p->row) ? n : sizeof(p->row));
	if (!p->row.name || !*p->row.name)
		return wrong(p, err, "has no name");
	if (!p->row.init || !p->row.on_step)
		return wrong(p, err, "has no init or no on_step, without which "
			     "it does nothing");
	if (p->row.wants & ~(uint64_t)SIMU_WANT_ENDED)
		return wrong(p, err, "wants something that this version does "
			     "not know");
	return read_params(p, err);
}

static int load(struct sim_plugin *p, const char *path, struct sim_err *err)
{
	const struct simu_strategy *(*entry)(void), *row;
	char *full = realpath(path, NULL);
	const char *why;

	p->callback = "its constructor";
	sim_watchdog_enter(&p->watch);
	p->library = full ? dlopen(full, RTLD_NOW | RTLD_LOCAL) : NULL;
	sim_watchdog_leave(&p->watch);
	why = p->library ? NULL : dlerror();
	free(full);
	if (!p->library)
		return sim_err_set(err, SIM_E_STRATEGY, "the plugin %s cannot "
				   "be loaded: %.300s", p->label,
				   why ? why : strerror(errno));
	*(void **)&entry = dlsym(p->library, "simu_strategy_entry");
	if (!entry)
		return wrong(p, err, "exports no simu_strategy_entry; is it a "
			     "plugin");
	p->callback = "simu_strategy_entry";
	sim_watchdog_enter(&p->watch);
	row = entry();
	sim_watchdog_leave(&p->watch);
	p->callback = "on_step";
	return take_row(p, row, err);
}

int sim_plugin_hash(const char *path, char hex[65], struct sim_err *err)
{
	uint8_t hash[SIM_SHA256_SIZE];
	struct sim_file_map m;
	int rc = sim_file_map(path, &m, err);

	if (rc)
		return rc;
	sim_sha256_of(m.data, m.len, hash);
	sim_sha256_hex(hash, hex);
	sim_file_unmap(&m);
	return SIM_OK;
}

int sim_plugin_open(const struct sim_form *f, struct sim_strategy *out,
		    struct sim_err *err)
{
	struct sim_plugin *p;
	char hash[65];
	int rc = sim_plugin_hash(f->source, hash, err);

	if (rc)
		return rc;
	p = sim_mem_zalloc(sizeof(*p));
	sim_form_label(f, p->label);
	sim_plugin_host(p, f);
	sim_watchdog_start(&p->watch, f->limits.callback_ms, f->hang,
			   f->hang_ctx, describe, p);
	sim_crash_guard(&p->crash, &p->watch);
	rc = load(p, f->source, err);
	if (!rc)
		rc = set_given(p, f, err);
	if (rc) {
		release(p);
		return rc;
	}
	set_ops(p, f->hang != NULL);
	out->ops = &p->ops;
	out->self = p;
	memcpy(out->hash, hash, sizeof(hash));
	return SIM_OK;
}
