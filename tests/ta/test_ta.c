/*
 * Every file of vectors/ against the batch, the stream and the stream fed in
 * chunks; the registry; what options are refused; what flat, missing and huge
 * inputs do; and random options and lengths.
 */
#include "ta/ta.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../suite.h"

/* ck_assert_msg() reports each success too: too slow for every bar. */
#define MUST(cond, ...) do { \
	if (!(cond)) \
		ck_abort_msg(__VA_ARGS__); \
} while (0)

#define BARS_MAX 512

#define UNKNOWN INFINITY	/* "-": not compared */
#define COLUMNS (SIM_TA_INPUTS + SIM_TA_OUTPUTS)

/* One case: the columns of inputs, then those of the expected outputs. */
struct vcase {
	const struct sim_ta_row *row;
	double opt[SIM_TA_OPTIONS];
	double col[COLUMNS][BARS_MAX];
	size_t n;
	char where[160];
};

static struct vcase vc;
static double batch[SIM_TA_OUTPUTS][BARS_MAX];
static double other[SIM_TA_OUTPUTS][BARS_MAX];
static size_t cases_run;

static bool same_bits(const double *a, const double *b, size_t n)
{
	return memcmp(a, b, n * sizeof(*a)) == 0;
}

static void columns_of(double (*m)[BARS_MAX], size_t from, double **out)
{
	size_t i;

	for (i = 0; i < SIM_TA_OUTPUTS; i++)
		out[i] = m[i] + from;
}

/* -- reading vectors ---------------------------------------------------- */

/* The next word of a line, NULL at its end. */
static char *next_word(char **rest)
{
	char *word;

	*rest += strspn(*rest, " ");
	if (!**rest)
		return NULL;
	word = *rest;
	*rest += strcspn(*rest, " ");
	if (**rest)
		*(*rest)++ = '\0';
	return word;
}

static void read_options(char *rest)
{
	char *word, *value;
	int i, given = 0;

	while ((word = next_word(&rest))) {
		value = strchr(word, '=');
		ck_assert_msg(value != NULL, "%s: %s", vc.where, word);
		*value++ = '\0';
		i = sim_ta_option(vc.row, word);
		ck_assert_msg(i >= 0, "%s: no option %s", vc.where, word);
		vc.opt[i] = strtod(value, NULL);
		given++;
	}
	ck_assert_msg(given == vc.row->n_options, "%s: options", vc.where);
}

static void read_columns(char *rest)
{
	const struct sim_ta_row *r = vc.row;
	char *word = next_word(&rest);
	int i;

	for (i = 0; i < r->n_inputs; i++, word = next_word(&rest))
		ck_assert_str_eq(word, r->inputs[i]);
	ck_assert_str_eq(word, "|");
	for (i = 0; i < r->n_outputs; i++) {
		word = next_word(&rest);
		ck_assert_str_eq(word, r->outputs[i]);
	}
}

static void read_bar(char *rest)
{
	char *word, *end;
	int i = 0;

	ck_assert_msg(vc.n < BARS_MAX, "%s: too many bars", vc.where);
	while ((word = next_word(&rest))) {
		if (!strcmp(word, "|"))
			continue;
		ck_assert_int_lt(i, vc.row->n_inputs + vc.row->n_outputs);
		vc.col[i][vc.n] = UNKNOWN;
		if (strcmp(word, "-")) {
			vc.col[i][vc.n] = strtod(word, &end);
			MUST(!*end, "%s: '%s'", vc.where, word);
		}
		i++;
	}
	ck_assert_int_eq(i, vc.row->n_inputs + vc.row->n_outputs);
	vc.n++;
}

/* -- one case ------------------------------------------------------------ */

/* 1e-9 of the value; what is as good as 0 beside prices of 100 is 0. */
static bool close_to(double got, double want)
{
	if (want == UNKNOWN)
		return true;
	if (isnan(want) || isnan(got))
		return isnan(want) && isnan(got);
	return fabs(got - want) <= 1e-9 * fabs(want) + 1e-11;
}

static void compare_expected(void)
{
	const double *want;
	size_t bar;
	int o;

	for (o = 0; o < vc.row->n_outputs; o++) {
		want = vc.col[vc.row->n_inputs + o];
		for (bar = 0; bar < vc.n; bar++)
			MUST(close_to(batch[o][bar], want[bar]),
			     "%s: %s at bar %zu is %.17g, not %.17g",
			     vc.where, vc.row->outputs[o], bar, batch[o][bar],
			     want[bar]);
	}
}

static void inputs_of(const double **in, size_t from)
{
	int i;

	for (i = 0; i < SIM_TA_INPUTS; i++)
		in[i] = vc.col[i] + from;
}

static void compare_other(const char *form)
{
	int o;

	for (o = 0; o < vc.row->n_outputs; o++)
		MUST(same_bits(batch[o], other[o], vc.n),
		     "%s: %s differs from the batch", vc.where, form);
}

static void compare_stream(void)
{
	int lookback = sim_ta_lookback(vc.row, vc.opt), i;
	double in[SIM_TA_INPUTS], out[SIM_TA_OUTPUTS];
	struct sim_ta_stream *s;
	size_t bar;
	bool ready;

	ck_assert_int_eq(sim_ta_new(vc.row, vc.opt, &s, NULL), 0);
	ck_assert_ptr_eq(sim_ta_row(s), vc.row);
	for (bar = 0; bar < vc.n; bar++) {
		for (i = 0; i < vc.row->n_inputs; i++)
			in[i] = vc.col[i][bar];
		ready = sim_ta_push(s, in, out);
		MUST(ready == (bar >= (size_t)lookback),
		     "%s: bar %zu, lookback %d", vc.where, bar, lookback);
		for (i = 0; i < vc.row->n_outputs; i++) {
			MUST(isfinite(out[i]) == ready, "%s: bar %zu: %g",
			     vc.where, bar, out[i]);
			other[i][bar] = out[i];
		}
	}
	sim_ta_free(s);
	compare_other("the stream");
}

static void compare_chunks(size_t step)
{
	double *out[SIM_TA_OUTPUTS];
	const double *in[SIM_TA_INPUTS];
	struct sim_ta_stream *s;
	size_t at, n;

	ck_assert_int_eq(sim_ta_new(vc.row, vc.opt, &s, NULL), 0);
	for (at = 0; at < vc.n; at += n) {
		n = vc.n - at < step ? vc.n - at : step;
		inputs_of(in, at);
		columns_of(other, at, out);
		sim_ta_feed(s, in, n, out);
	}
	sim_ta_free(s);
	compare_other("the stream in chunks");
}

static void run_forms(void)
{
	double *out[SIM_TA_OUTPUTS];
	const double *in[SIM_TA_INPUTS];

	inputs_of(in, 0);
	columns_of(batch, 0, out);
	ck_assert_int_eq(sim_ta_batch(vc.row, vc.opt, in, vc.n, out, NULL), 0);
	compare_stream();
	compare_chunks(1);
	compare_chunks(7);
}

static void run_case(void)
{
	if (!vc.n)
		return;
	ck_assert_msg(vc.n > (size_t)sim_ta_lookback(vc.row, vc.opt),
		      "%s: too short to show a value", vc.where);
	run_forms();
	compare_expected();
	cases_run++;
	vc.n = 0;
}

static void read_line(char *line, const char *file)
{
	if (!strncmp(line, "name ", 5)) {
		vc.row = sim_ta_lookup(line + 5);
		ck_assert_msg(vc.row != NULL, "%s: %s", file, line);
	} else if (!strncmp(line, "case", 4)) {
		run_case();
		snprintf(vc.where, sizeof(vc.where), "%.40s: %.100s",
			 file, line);
		read_options(line + 4);
	} else if (!strncmp(line, "columns ", 8)) {
		read_columns(line + 8);
	} else if (line[0] != '#' && line[0] != '\0' &&
		   strncmp(line, "source ", 7)) {
		read_bar(line);
	}
}

static void read_file(const char *dir, const char *name)
{
	char path[4096 + 256], line[1024];
	bool source = false;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s", path);
	vc.row = NULL;
	vc.n = 0;
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		source |= !strncmp(line, "source ", 7);
		read_line(line, name);
	}
	fclose(f);
	run_case();
	ck_assert_msg(source, "%s names no source", name);
}

static void vectors_dir(char *dir, size_t size)
{
	const char *top = getenv("top_srcdir");

	snprintf(dir, size, "%s/tests/ta/vectors", top ? top : ".");
}

START_TEST(vectors)
{
	char dir[4000];
	struct dirent *e;
	DIR *d;

	vectors_dir(dir, sizeof(dir));
	d = opendir(dir);
	ck_assert_msg(d != NULL, "%s", dir);
	while ((e = readdir(d)))
		if (strlen(e->d_name) > 4 &&
		    !strcmp(e->d_name + strlen(e->d_name) - 4, ".txt"))
			read_file(dir, e->d_name);
	closedir(d);
	ck_assert_uint_gt(cases_run, 150);
}
END_TEST

START_TEST(every_row_has_vectors)
{
	char dir[4000], path[4096];
	const struct sim_ta_row *r;
	size_t i, n;
	FILE *f;

	vectors_dir(dir, sizeof(dir));
	r = sim_ta_rows(&n);
	for (i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s.txt", dir, r[i].name);
		f = fopen(path, "r");
		ck_assert_msg(f != NULL, "%s", path);
		fclose(f);
	}
}
END_TEST

/* -- the registry -------------------------------------------------------- */

static void check_row(const struct sim_ta_row *r)
{
	int i;

	ck_assert(r->n_inputs >= 1 && r->n_inputs <= SIM_TA_INPUTS);
	ck_assert(r->n_options >= 0 && r->n_options <= SIM_TA_OPTIONS);
	ck_assert(r->n_outputs >= 1 && r->n_outputs <= SIM_TA_OUTPUTS);
	ck_assert(*r->title && *r->source);
	for (i = 0; i < r->n_options; i++)
		ck_assert(r->options[i].min <= r->options[i].def &&
			  r->options[i].def <= r->options[i].max);
	for (i = 0; i < r->n_inputs; i++)
		ck_assert_int_eq(sim_ta_input(r, r->inputs[i]), i);
	for (i = 0; i < r->n_outputs; i++)
		ck_assert_int_eq(sim_ta_output(r, r->outputs[i]), i);
	for (i = 0; i < r->n_options; i++)
		ck_assert_int_eq(sim_ta_option(r, r->options[i].name), i);
	ck_assert_int_eq(sim_ta_option(r, "nothing"), -1);
}

START_TEST(registry)
{
	size_t i, n;
	const struct sim_ta_row *r = sim_ta_rows(&n);

	ck_assert_uint_ge(n, 44);
	for (i = 0; i < n; i++) {
		check_row(&r[i]);
		ck_assert_ptr_eq(sim_ta_lookup(r[i].name), &r[i]);
		if (i)
			ck_assert_str_lt(r[i - 1].name, r[i].name);
	}
}
END_TEST

static void check_sentence(const struct sim_err *err, const char *has)
{
	size_t len = strlen(err->msg);

	ck_assert_int_eq(err->code, SIM_E_INVAL);
	ck_assert_msg(strstr(err->msg, has) != NULL, "%s", err->msg);
	ck_assert_ptr_eq(strchr(err->msg, '\n'), NULL);
	ck_assert(len && err->msg[len - 1] != '.');
}

START_TEST(unknown_name)
{
	const struct sim_ta_row *row = NULL;
	struct sim_err err = SIM_ERR_INIT;

	ck_assert_int_eq(sim_ta_find("supertend", &row, &err), SIM_E_INVAL);
	check_sentence(&err, "'supertrend'");
	ck_assert_int_eq(sim_ta_find("zzzzzzzz", &row, &err), SIM_E_INVAL);
	check_sentence(&err, "'zzzzzzzz'");
	ck_assert_ptr_eq(row, NULL);
	ck_assert_int_eq(sim_ta_find("rsi", &row, NULL), 0);
	ck_assert_str_eq(row->name, "rsi");
}
END_TEST

static void refuse(const struct sim_ta_row *r, int option, double value)
{
	struct sim_ta_stream *s = NULL;
	struct sim_err err = SIM_ERR_INIT;
	double opt[SIM_TA_OPTIONS] = { 0 };
	int i;

	for (i = 0; i < r->n_options; i++)
		opt[i] = r->options[i].def;
	opt[option] = value;
	ck_assert_msg(sim_ta_new(r, opt, &s, &err) == SIM_E_INVAL,
		      "%s: %s = %g was taken", r->name,
		      r->options[option].name, value);
	ck_assert_ptr_eq(s, NULL);
	check_sentence(&err, r->options[option].name);
	check_sentence(&err, r->name);
}

static void accept(const struct sim_ta_row *r, int option, double value)
{
	struct sim_ta_stream *s;
	double opt[SIM_TA_OPTIONS] = { 0 };
	int i;

	for (i = 0; i < r->n_options; i++)
		opt[i] = r->options[i].def;
	opt[option] = value;
	ck_assert_int_eq(sim_ta_new(r, opt, &s, NULL), 0);
	sim_ta_free(s);
}

START_TEST(options)
{
	const struct sim_ta_option *o;
	const struct sim_ta_row *r;
	size_t i, n;
	int k;

	r = sim_ta_rows(&n);
	for (i = 0; i < n; i++)
		for (k = 0; k < r[i].n_options; k++) {
			o = &r[i].options[k];
			refuse(&r[i], k, nextafter(o->min, -INFINITY));
			refuse(&r[i], k, nextafter(o->max, INFINITY));
			refuse(&r[i], k, NAN);
			refuse(&r[i], k, INFINITY);
			if (o->whole)
				refuse(&r[i], k, o->min + 0.5);
			accept(&r[i], k, o->min);
			accept(&r[i], k, o->max);
		}
}
END_TEST

/* -- inputs that are not like others ------------------------------------- */

/* Prices that stand still and that binary cannot hold exactly: the sum of 20
 * of the second, rounded, divided by 20 is another number. */
static const double stills[] = { 0.1, 7638.86 };

static void check_still(const char *name, double x, double want)
{
	const struct sim_ta_row *r = sim_ta_lookup(name);
	double out[SIM_TA_OUTPUTS];
	struct sim_ta_stream *s;
	int bar;

	ck_assert_int_eq(sim_ta_new(r, NULL, &s, NULL), 0);
	for (bar = 0; bar < 700; bar++)
		if (sim_ta_push(s, &x, out))
			MUST(out[0] == want, "%s of %g: %.17g", name, x,
			     out[0]);
	sim_ta_free(s);
}

START_TEST(flat_same)
{
	static const char *const t[] = {
		"sma", "ema", "rma", "wma", "hma", "trima", "median", "linreg",
		"tsf", "highest", "dema", "kama", "zlema", "linreg_intercept",
	};
	size_t i, k;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		for (k = 0; k < 2; k++)
			check_still(t[i], stills[k], stills[k]);
}
END_TEST

START_TEST(flat_number)
{
	static const struct {
		const char *name;
		double want;
	} t[] = {
		{ "var", 0 }, { "stddev", 0 }, { "zscore", 0 }, { "cmo", 0 },
		{ "rsi", 50 }, { "roc", 0 }, { "macd", 0 }, { "r2", 0 },
		{ "linreg_slope", 0 }, { "bbands_width", 0 }, { "er", 0 },
		{ "bbands_b", 0.5 }, { "max_drawdown", 0 }, { "dpo", 0 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		for (k = 0; k < 2; k++)
			check_still(t[i].name, stills[k], t[i].want);
}
END_TEST

/* A missing bar changes nothing but its own output. */
START_TEST(missing)
{
	const struct sim_ta_row *r = sim_ta_lookup("ema");
	static const double gone[] = { NAN, INFINITY, -INFINITY, 1.1e18 };
	double opt = 3, x, a, b;
	struct sim_ta_stream *s, *t;
	int i;

	ck_assert_int_eq(sim_ta_new(r, &opt, &s, NULL), 0);
	ck_assert_int_eq(sim_ta_new(r, &opt, &t, NULL), 0);
	for (i = 0; i < 40; i++) {
		x = i * i % 17;
		ck_assert(!sim_ta_push(t, &gone[i % 4], &b));
		ck_assert(isnan(b));
		ck_assert(sim_ta_push(s, &x, &a) == sim_ta_push(t, &x, &b));
		ck_assert(same_bits(&a, &b, 1));
	}
	sim_ta_free(s);
	sim_ta_free(t);
}
END_TEST

/* What left the window is forgotten, however large, and nothing drifts. */
START_TEST(forgets)
{
	static const char *const names[] = { "sma", "stddev", "wma", "linreg",
					     "cmo", "zscore", "max_drawdown" };
	double opt[2] = { 10, 0 }, x, a, b;
	struct sim_ta_stream *s, *t;
	size_t k;
	int i;

	for (k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		const struct sim_ta_row *r = sim_ta_lookup(names[k]);

		ck_assert_int_eq(sim_ta_new(r, opt, &s, NULL), 0);
		ck_assert_int_eq(sim_ta_new(r, opt, &t, NULL), 0);
		for (i = 0; i < 100000; i++) {
			x = i % 1000 == 7 ? 1e17 : 1e9 / 3;
			sim_ta_push(s, &x, &a);
		}
		for (i = 0; i < 40; i++) {
			x = 100 + i * 7 % 13 * 0.01;
			sim_ta_push(s, &x, &a);
			if (sim_ta_push(t, &x, &b) && i >= 10)
				ck_assert_msg(close_to(a, b), "%s: %.17g, not "
					      "%.17g", r->name, a, b);
		}
		sim_ta_free(s);
		sim_ta_free(t);
	}
}
END_TEST

/* The output of one indicator is the input of another as it stands. */
START_TEST(chained)
{
	const struct sim_ta_row *sma = sim_ta_lookup("sma");
	const struct sim_ta_row *rsi = sim_ta_lookup("rsi");
	double x[60], mid[60], end[60];
	const double *in = x, *through = mid;
	double *out = mid, *last = end, five = 5;
	int i, first = 14 + 4;

	for (i = 0; i < 60; i++)
		x[i] = 50 + i * i % 11;
	ck_assert_int_eq(sim_ta_batch(rsi, NULL, &in, 60, &out, NULL), 0);
	ck_assert_int_eq(sim_ta_batch(sma, &five, &through, 60, &last, NULL),
			 0);
	for (i = 0; i < 60; i++)
		ck_assert(isnan(end[i]) == (i < first));
}
END_TEST

START_TEST(unwanted_output)
{
	const struct sim_ta_row *r = sim_ta_lookup("macd");
	double x[60], hist[60];
	const double *in = x;
	double *out[3] = { NULL, NULL, hist };
	int i;

	for (i = 0; i < 60; i++)
		x[i] = i * i % 23;
	ck_assert_int_eq(sim_ta_batch(r, NULL, &in, 60, out, NULL), 0);
	ck_assert(isnan(hist[32]) && !isnan(hist[33]));
}
END_TEST

/* -- random options and lengths ------------------------------------------ */

static unsigned long long seed;

static int draw(int n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (int)(seed % (unsigned long long)n);
}

static void random_options(const struct sim_ta_row *r)
{
	const struct sim_ta_option *o;
	double span;
	int i;

	for (i = 0; i < r->n_options; i++) {
		o = &r->options[i];
		span = o->max - o->min < 40 ? o->max - o->min : 40;
		vc.opt[i] = o->whole ? o->min + draw((int)span + 1) :
			    o->min + span * draw(1001) / 1000;
	}
}

/* One price a bar: open, high, low and close around it, as the row asks. */
static double random_input(const char *name, double price, double up,
			   double down)
{
	if (!strcmp(name, "volume"))
		return draw(4) ? draw(100000) : 0;
	if (!strcmp(name, "high"))
		return price + up;
	if (!strcmp(name, "low"))
		return price - down;
	return price;
}

static void random_bars(void)
{
	double price = 100, up, down;
	bool still = !draw(5);
	size_t bar;
	int i;

	vc.n = (size_t)draw(BARS_MAX);
	for (bar = 0; bar < vc.n; bar++) {
		if (!still || !draw(50))
			price *= 0.95 + draw(1001) / 10000.0;
		up = still ? 0 : draw(300) / 100.0;
		down = still ? 0 : price * draw(300) / 10000.0;
		for (i = 0; i < vc.row->n_inputs; i++)
			vc.col[i][bar] = random_input(vc.row->inputs[i],
						      price, up, down);
	}
}

START_TEST(random_forms)
{
	int rounds = getenv("SIM_LONG") ? 2000 : 40, i;
	size_t n;
	const struct sim_ta_row *r = sim_ta_rows(&n);

	seed = 88172645463325252ULL + (unsigned long long)_i;
	vc.row = &r[_i];
	for (i = 0; i < rounds; i++) {
		random_options(vc.row);
		random_bars();
		snprintf(vc.where, sizeof(vc.where), "%s, round %d",
			 vc.row->name, i);
		run_forms();
	}
	vc.n = 0;
}
END_TEST

static void add(Suite *s, const char *name, const TTest *test)
{
	TCase *c = tcase_create(name);

	tcase_add_test(c, test);
	tcase_set_timeout(c, 120);
	suite_add_tcase(s, c);
}

int main(void)
{
	Suite *s = suite_create("ta");
	TCase *random = tcase_create("random");
	size_t n;

	sim_ta_rows(&n);
	add(s, "vectors", vectors);
	add(s, "every row has vectors", every_row_has_vectors);
	add(s, "registry", registry);
	add(s, "unknown name", unknown_name);
	add(s, "options", options);
	add(s, "flat: the price", flat_same);
	add(s, "flat: a number", flat_number);
	add(s, "missing", missing);
	add(s, "forgets", forgets);
	add(s, "chained", chained);
	add(s, "unwanted output", unwanted_output);
	tcase_add_loop_test(random, random_forms, 0, (int)n);
	tcase_set_timeout(random, 600);
	suite_add_tcase(s, random);
	return run_suite(s);
}
