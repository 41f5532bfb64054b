/*
 * summary: the figures of a result as JSON, and back.  Tables say which member
 * of which struct has which key, for both directions.
 */
#include "run/summary.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "run/origin.h"
#include "util/mem.h"

enum kind { DEC, U32, U64 };

struct member {
	const char *key;
	enum kind kind;
	size_t off;
};

#define A(name) { #name, DEC, offsetof(struct sim_account, name) }
static const struct member account[] = {
	A(initial), A(cash), A(open_cost), A(value), A(gross), A(short_value),
	A(equity), A(realized), A(dividends), A(interest), A(fees),
	A(reserved), A(peak), A(trough),
};
#define P(name) { #name, DEC, offsetof(struct sim_position, name) }
static const struct member position[] = {
	P(qty), P(cost), P(last), P(value), P(realized), P(fees), P(dividends),
};
#define C(name, kind) { #name, kind, offsetof(struct sim_engine_counts, name) }
static const struct member counts[] = {
	C(events, U64), C(submitted, U32), C(rejected, U32),
	C(cancelled, U32), C(expired, U32), C(replaced, U32), C(fills, U32),
	C(ambiguous, U32), C(synthetic, U32), C(liquidations, U32),
	C(slippage, DEC), C(traded, DEC),
};
#define B(name) { #name, DEC, offsetof(struct sim_run_band, name) }
static const struct member band[] = {
	B(low), B(high), B(ohlc), B(olhc), B(worst), B(best),
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* -- writing ------------------------------------------------------------- */

static void write_members(struct sim_json *j, const struct member *m,
			  size_t n, const void *from)
{
	char text[SIM_DEC_STRMAX];

	for (size_t i = 0; i < n; i++) {
		const char *at = (const char *)from + m[i].off;

		switch (m[i].kind) {
		case DEC:
			sim_dec_format(*(const sim_dec *)(const void *)at, 0,
				       text);
			sim_json_str(j, m[i].key, text);
			break;
		case U32:
			sim_json_int(j, m[i].key,
				     *(const uint32_t *)(const void *)at);
			break;
		case U64:
			sim_json_int(j, m[i].key, (int64_t)
				     *(const uint64_t *)(const void *)at);
			break;
		}
	}
}

/* The file that a symbol of the result was read from, or NULL. */
static const char *file_of(const struct sim_run_spec *spec, const char *symbol)
{
	for (uint32_t i = 0; i < spec->nsyms; i++) {
		if (!strcmp(spec->data[i].instrument.symbol, symbol))
			return spec->data[i].file;
	}
	return NULL;
}

static void write_symbols(struct sim_json *j, const struct sim_run_spec *spec,
			  const struct sim_run_result *r)
{
	sim_json_array(j, "symbols");
	for (uint32_t i = 0; i < r->nsyms; i++) {
		const char *symbol = r->instruments[i].symbol;
		const char *file = file_of(spec, symbol);

		sim_json_object(j, NULL);
		sim_json_str(j, "symbol", symbol);
		if (file)
			sim_json_str(j, "file", file);
		write_members(j, position, COUNT(position), &r->positions[i]);
		sim_json_end(j);
	}
	sim_json_end(j);
}

static void write_band(struct sim_json *j, const struct sim_run_band *b)
{
	if (!b->is_known) {
		sim_json_null(j, "band");
		return;
	}
	sim_json_object(j, "band");
	write_members(j, band, COUNT(band), b);
	sim_json_end(j);
}

static void write_stamps(struct sim_json *j, uint32_t stamps)
{
	sim_json_array(j, "stamps");
	for (int k = 0; k < SIM_RUN_STAMP__COUNT; k++) {
		if (stamps >> k & 1)
			sim_json_str(j, NULL, sim_run_stamp(k)->text);
	}
	sim_json_end(j);
}

/* Where a strategy came from, which is no part of what it is, and how it
 * ended. */
static void write_origin(struct sim_json *j, const struct sim_run_spec *spec,
			 const struct sim_run_result *r)
{
	if (!spec->orders)
		sim_origin_write(j, &spec->form);
	if (r->failure.code)
		sim_json_str(j, "failure", r->failure.msg);
}

void sim_summary_write(const struct sim_run_spec *spec,
		       const struct sim_run_result *r, sim_time created,
		       struct sim_buf *out)
{
	struct sim_json j;

	sim_json_init(&j, out, true);
	sim_json_object(&j, NULL);
	sim_json_time(&j, "created", created);
	sim_json_str(&j, "strategy", r->strategy);
	sim_json_str(&j, "timeframe", r->timeframe);
	sim_json_time(&j, "first", r->first);
	sim_json_time(&j, "last", r->last);
	sim_json_int(&j, "bars", (int64_t)r->bars);
	sim_json_int(&j, "steps", (int64_t)r->steps);
	sim_json_int(&j, "stop_step", (int64_t)r->stop_step);
	sim_json_int(&j, "periods", r->periods);
	sim_json_str(&j, "manifest_hash", r->manifest_hash);
	sim_json_str(&j, "log_hash", r->log_hash);
	if (spec->benchmark)
		sim_json_str(&j, "benchmark",
			     spec->benchmark->instrument.symbol);
	write_stamps(&j, r->stamps);
	write_origin(&j, spec, r);
	sim_json_object(&j, "account");
	write_members(&j, account, COUNT(account), &r->account);
	sim_json_double(&j, "max_drawdown", r->account.max_drawdown);
	sim_json_end(&j);
	sim_json_object(&j, "counts");
	write_members(&j, counts, COUNT(counts), &r->counts);
	sim_json_end(&j);
	write_band(&j, &r->band);
	write_symbols(&j, spec, r);
	sim_json_end(&j);
	sim_buf_putc(out, '\n');
}

/* -- reading ------------------------------------------------------------- */

static int missing(const char *what, const char *key, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "the %s has no valid '%s'", what,
			   key);
}

static int read_members(const struct sim_json_val *v, const struct member *m,
			size_t n, void *to, struct sim_err *err)
{
	for (size_t i = 0; i < n; i++) {
		const struct sim_json_val *x = sim_json_get(v, m[i].key);
		char *at = (char *)to + m[i].off;
		int64_t w;
		bool ok;

		if (m[i].kind == DEC) {
			ok = sim_json_as_dec(x, (sim_dec *)(void *)at);
		} else {
			ok = sim_json_as_int(x, &w) && w >= 0;
			if (ok && m[i].kind == U32)
				*(uint32_t *)(void *)at = (uint32_t)w;
			else if (ok)
				*(uint64_t *)(void *)at = (uint64_t)w;
		}
		if (!ok)
			return missing("summary", m[i].key, err);
	}
	return SIM_OK;
}

static bool read_text(const struct sim_json_val *v, const char *key, char *out,
		      size_t size)
{
	const char *s = sim_json_as_str(sim_json_get(v, key));

	if (!s || strlen(s) >= size)
		return false;
	memcpy(out, s, strlen(s) + 1);
	return true;
}

static bool read_instrument(const struct sim_json_val *v,
			    struct sim_instrument *ins)
{
	const char *class = sim_json_as_str(sim_json_get(v, "asset_class"));

	return read_text(v, "symbol", ins->symbol, sizeof(ins->symbol)) &&
		read_text(v, "currency", ins->currency,
			  sizeof(ins->currency)) &&
		read_text(v, "calendar", ins->calendar,
			  sizeof(ins->calendar)) &&
		sim_json_as_dec(sim_json_get(v, "tick_size"),
				&ins->tick_size) &&
		sim_json_as_dec(sim_json_get(v, "lot_size"), &ins->lot_size) &&
		sim_json_as_dec(sim_json_get(v, "multiplier"),
				&ins->multiplier) &&
		class && sim_vocab_asset_class_parse(class, &ins->asset_class);
}

int sim_summary_read_symbols(const struct sim_json_val *manifest,
			     struct sim_run_result *r, struct sim_err *err)
{
	const struct sim_json_val *list = sim_json_get(manifest, "symbols");
	size_t n = sim_json_len(list);

	if (!n || n > SIM_ENGINE_SYMS_MAX)
		return missing("manifest", "symbols", err);
	if (!read_text(manifest, "timeframe", r->timeframe,
		       sizeof(r->timeframe)))
		return missing("manifest", "timeframe", err);
	r->nsyms = (uint32_t)n;
	r->instruments = sim_mem_array(n, sizeof(*r->instruments));
	r->positions = sim_mem_array(n, sizeof(*r->positions));
	for (size_t i = 0; i < n; i++) {
		if (!read_instrument(sim_json_at(list, i), &r->instruments[i]))
			return missing("manifest", "symbols", err);
	}
	return SIM_OK;
}

static bool read_time(const struct sim_json_val *v, const char *key,
		      sim_time *t)
{
	const char *s = sim_json_as_str(sim_json_get(v, key));

	return s && !sim_time_parse(s, strlen(s), t, NULL, NULL);
}

static bool read_u64(const struct sim_json_val *v, const char *key,
		     uint64_t *out)
{
	int64_t w;

	if (!sim_json_as_int(sim_json_get(v, key), &w) || w < 0)
		return false;
	*out = (uint64_t)w;
	return true;
}

static void read_stamps(const struct sim_json_val *v, uint32_t *stamps)
{
	*stamps = 0;
	for (size_t i = 0; i < sim_json_len(v); i++) {
		const char *s = sim_json_as_str(sim_json_at(v, i));

		for (int k = 0; s && k < SIM_RUN_STAMP__COUNT; k++)
			*stamps |= (uint32_t)!strcmp(s, sim_run_stamp(k)->text)
				<< k;
	}
}

int sim_summary_read_head(const struct sim_json_val *v,
			  struct sim_run_result *r, struct sim_err *err)
{
	uint64_t periods;

	if (!read_text(v, "strategy", r->strategy, sizeof(r->strategy)))
		return missing("summary", "strategy", err);
	if (!read_time(v, "first", &r->first) ||
	    !read_time(v, "last", &r->last))
		return missing("summary", "first", err);
	if (!read_u64(v, "bars", &r->bars) ||
	    !read_u64(v, "steps", &r->steps) ||
	    !read_u64(v, "stop_step", &r->stop_step) ||
	    !read_u64(v, "periods", &periods))
		return missing("summary", "bars", err);
	if (!read_text(v, "manifest_hash", r->manifest_hash,
		       sizeof(r->manifest_hash)) ||
	    !read_text(v, "log_hash", r->log_hash, sizeof(r->log_hash)))
		return missing("summary", "log_hash", err);
	r->periods = (int)periods;
	read_stamps(sim_json_get(v, "stamps"), &r->stamps);
	return SIM_OK;
}

static void read_failure(const struct sim_json_val *v,
			 struct sim_run_result *r)
{
	const char *s = sim_json_as_str(sim_json_get(v, "failure"));

	r->failure.code = SIM_OK;
	if (s)
		sim_err_set(&r->failure, SIM_E_STRATEGY, "%s", s);
}

static int read_positions(const struct sim_json_val *list,
			  struct sim_run_result *r, struct sim_err *err)
{
	int rc = SIM_OK;

	if (sim_json_len(list) != r->nsyms)
		return missing("summary", "symbols", err);
	for (uint32_t i = 0; !rc && i < r->nsyms; i++)
		rc = read_members(sim_json_at(list, i), position,
				  COUNT(position), &r->positions[i], err);
	return rc;
}

int sim_summary_read(const struct sim_json_val *v, struct sim_run_result *r,
		     struct sim_err *err)
{
	const struct sim_json_val *a = sim_json_get(v, "account");
	const struct sim_json_val *b = sim_json_get(v, "band");
	int rc = sim_summary_read_head(v, r, err);

	read_failure(v, r);
	if (!rc)
		rc = read_members(a, account, COUNT(account), &r->account,
				  err);
	if (!rc && !sim_json_as_double(sim_json_get(a, "max_drawdown"),
				       &r->account.max_drawdown))
		rc = missing("summary", "max_drawdown", err);
	if (!rc)
		rc = read_members(sim_json_get(v, "counts"), counts,
				  COUNT(counts), &r->counts, err);
	if (!rc && b && !sim_json_is_null(b)) {
		rc = read_members(b, band, COUNT(band), &r->band, err);
		r->band.is_known = !rc;
	}
	return rc ? rc : read_positions(sim_json_get(v, "symbols"), r, err);
}
