/*
 * bundle: parts by name.  Files of the run's folder have their own names;
 * bars/N, detail/N and actions/N belong to the N-th symbol of the manifest,
 * calendars/NAME are the user's.
 */
#include "run/bundle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/str.h"

#define FORMAT "simutrador-bundle-1\n"
#define COLUMNS 6			/* of 64 bits: time, prices, volume */
#define HAS_VOLUME 1
#define HAS_FLAGS 2

/* The files of a run that a bundle holds, in no order. */
static const char *const files[] = {
	"manifest.json", "events.ndjson", "equity.col", "rows.sum", "reach.col",
	"summary.json", "orders.csv", "orders.ndjson", "strategy.lua",
	"notes.ndjson", "fork.json", NULL
};

/* -- names ----------------------------------------------------------------- */

/* A decimal number without leading zeros, at most `max`. */
static bool is_number(const char *s, uint64_t max)
{
	size_t n = strlen(s);

	return n && n < 10 && strspn(s, "0123456789") == n &&
	       (n == 1 || *s != '0') && strtoull(s, NULL, 10) <= max;
}

static bool is_run_file(const char *name)
{
	char number[SIM_BUNDLE_NAME];
	size_t n = strlen(name);

	for (int i = 0; files[i]; i++)
		if (!strcmp(files[i], name))
			return true;
	if (strncmp(name, "fork-", 5) || n < 10 ||
	    strcmp(name + n - 4, ".lua"))
		return false;
	memcpy(number, name + 5, n - 9);
	number[n - 9] = '\0';
	return is_number(number, 16);
}

/* A file name of letters, digits, - and _, so that it can't leave its
 * folder. */
static bool is_calendar(const char *name)
{
	size_t n = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
			  "abcdefghijklmnopqrstuvwxyz0123456789-_");

	return n && !name[n];
}

/* What a name says it is, after its folder; NULL when it is none. */
static const char *in_folder(const char *name, const char *folder)
{
	size_t n = strlen(folder);

	return strncmp(name, folder, n) ? NULL : name + n;
}

static bool is_name(const char *name)
{
	static const char *const folders[] = { "bars/", "detail/",
					       "actions/" };
	const char *rest = in_folder(name, "calendars/");

	if (rest)
		return is_calendar(rest);
	for (int i = 0; i < 3; i++) {
		rest = in_folder(name, folders[i]);
		if (rest)
			return is_number(rest, SIM_ENGINE_SYMS_MAX);
	}
	return is_run_file(name);
}

/* -- writing --------------------------------------------------------------- */

struct writer {
	struct sim_buf *out;
	size_t begin, n;
};

static void hex_of(const void *p, size_t n, char hex[SIM_SHA256_HEX])
{
	uint8_t hash[SIM_SHA256_SIZE];

	sim_sha256_of(p, n, hash);
	sim_sha256_hex(hash, hex);
}

static void add_part(struct writer *w, const char *name,
		     const struct sim_buf *b)
{
	char hex[SIM_SHA256_HEX];

	hex_of(sim_buf_str(b), b->len, hex);
	sim_buf_printf(w->out, "%s %zu %s\n", name, b->len, hex);
	sim_buf_add(w->out, sim_buf_str(b), b->len);
	w->n++;
}

static int add_file(struct writer *w, const char *dir, const char *file,
		    const char *name, struct sim_err *err)
{
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_buf_printf(&path, "%s/%s", dir, file);
	rc = sim_file_read(sim_buf_str(&path), SIM_BUF_MAX, &b, err);
	if (!rc)
		add_part(w, name, &b);
	sim_buf_release(&path);
	sim_buf_release(&b);
	return rc;
}

/* Most of them need not be there. */
static int add_files(struct writer *w, const struct sim_folder *f,
		     struct sim_err *err)
{
	char name[32];
	int rc = SIM_OK;

	for (int i = 0; !rc && files[i]; i++) {
		rc = add_file(w, f->path, files[i], files[i], err);
		if (rc == SIM_E_NOENT)
			rc = SIM_OK;
	}
	for (int i = 1; !rc && i <= 16; i++) {
		snprintf(name, sizeof(name), "fork-%d.lua", i);
		rc = add_file(w, f->path, name, name, err);
		if (rc == SIM_E_NOENT)
			rc = SIM_OK;
	}
	return rc;
}

static void add_word(struct sim_buf *b, int64_t v)
{
	unsigned char w[8];

	for (int i = 0; i < 8; i++)
		w[i] = (unsigned char)((uint64_t)v >> (8 * i));
	sim_buf_add(b, w, sizeof(w));
}

static void add_series(struct writer *w, const char *name,
		       const struct sim_bar_series *s)
{
	const int64_t *const cols[COLUMNS] = {
		s->ts, s->open, s->high, s->low, s->close, s->volume
	};
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	add_word(&b, (int64_t)s->n);
	add_word(&b, (s->volume ? HAS_VOLUME : 0) |
		 (s->flags ? HAS_FLAGS : 0));
	for (int c = 0; c < COLUMNS; c++)
		for (size_t i = 0; cols[c] && i < s->n; i++)
			add_word(&b, cols[c][i]);
	if (s->flags)
		sim_buf_add(&b, s->flags, s->n);
	add_part(w, name, &b);
	sim_buf_release(&b);
}

static void add_actions(struct writer *w, const char *name,
			const struct sim_run_data *d)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	for (size_t i = 0; i < d->nactions; i++) {
		const struct sim_action *a = &d->actions[i];

		add_word(&b, a->day);
		add_word(&b, a->type);
		add_word(&b, a->num);
		add_word(&b, a->den);
		add_word(&b, a->cash);
	}
	add_part(w, name, &b);
	sim_buf_release(&b);
}

static void add_symbol(struct writer *w, uint32_t i,
		       const struct sim_run_data *d)
{
	char name[32];

	snprintf(name, sizeof(name), "bars/%" PRIu32, i);
	add_series(w, name, &d->bars);
	if (d->detail) {
		snprintf(name, sizeof(name), "detail/%" PRIu32, i);
		add_series(w, name, d->detail);
	}
	if (d->nactions) {
		snprintf(name, sizeof(name), "actions/%" PRIu32, i);
		add_actions(w, name, d);
	}
}

static int add_calendar(struct writer *w, const char *dir,
			const struct sim_folder *f, uint32_t i,
			struct sim_err *err)
{
	const char *cal = f->result.instruments[i].calendar;
	char file[SIM_BUNDLE_NAME], name[SIM_BUNDLE_NAME];
	int rc;

	for (uint32_t k = 0; k < i; k++)
		if (!strcmp(f->result.instruments[k].calendar, cal))
			return SIM_OK;
	if (!dir || !is_calendar(cal) || strlen(cal) > 40)
		return SIM_OK;
	snprintf(file, sizeof(file), "%s.cal", cal);
	snprintf(name, sizeof(name), "calendars/%s", cal);
	rc = add_file(w, dir, file, name, err);
	return rc == SIM_E_NOENT ? SIM_OK : rc;	/* a built-in one */
}

int sim_bundle_write(const struct sim_folder *f,
		     const struct sim_run_spec *spec, struct sim_buf *out,
		     struct sim_err *err)
{
	struct writer w = { out, out->len, 0 };
	char hex[SIM_SHA256_HEX];
	int rc;

	sim_buf_puts(out, FORMAT);
	rc = add_files(&w, f, err);
	for (uint32_t i = 0; !rc && i < spec->nsyms; i++) {
		add_symbol(&w, i, &spec->data[i]);
		rc = add_calendar(&w, spec->calendar_dir, f, i, err);
	}
	if (rc)
		return rc;
	hex_of(sim_buf_str(out) + w.begin, out->len - w.begin, hex);
	sim_buf_printf(out, "end %zu %s\n", w.n, hex);
	return SIM_OK;
}

/* -- reading --------------------------------------------------------------- */

struct reader {
	const char *begin, *p, *end;
	struct sim_bundle_part *parts;
	size_t n, cap;
};

static int wrong(const struct reader *r, const char *what, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "the bundle is damaged at byte "
			   "%zu: %s", (size_t)(r->p - r->begin), what);
}

/* A line "WORD NUMBER HASH".  Gives: the three, and stands behind it. */
static int read_line(struct reader *r, char word[SIM_BUNDLE_NAME],
		     uint64_t *number, char hex[SIM_SHA256_HEX],
		     struct sim_err *err)
{
	size_t left = (size_t)(r->end - r->p);
	const char *nl = memchr(r->p, '\n', left < 256 ? left : 256);
	const char *a, *b;
	char digits[24];

	if (!nl)
		return wrong(r, "a part's line is cut off or too long", err);
	a = memchr(r->p, ' ', (size_t)(nl - r->p));
	b = a ? memchr(a + 1, ' ', (size_t)(nl - a - 1)) : NULL;
	if (!b || a - r->p >= SIM_BUNDLE_NAME || b - a > 16 ||
	    nl - b != SIM_SHA256_HEX)
		return wrong(r, "a part's line is not a name, a size and a "
			     "hash", err);
	memcpy(word, r->p, (size_t)(a - r->p));
	word[a - r->p] = '\0';
	memcpy(digits, a + 1, (size_t)(b - a - 1));
	digits[b - a - 1] = '\0';
	memcpy(hex, b + 1, SIM_SHA256_HEX - 1);
	hex[SIM_SHA256_HEX - 1] = '\0';
	if (!*digits || strspn(digits, "0123456789") != strlen(digits))
		return wrong(r, "a part has no size", err);
	*number = strtoull(digits, NULL, 10);
	r->p = nl + 1;
	return SIM_OK;
}

static int read_part(struct reader *r, const char *name, uint64_t size,
		     const char *hex, struct sim_err *err)
{
	char now[SIM_SHA256_HEX];
	struct sim_bundle_part *p;

	if (!is_name(name))
		return wrong(r, "it has a part that no bundle has", err);
	for (size_t i = 0; i < r->n && r->n < 64; i++)
		if (!strcmp(r->parts[i].name, name))
			return wrong(r, "it has a part twice", err);
	if (r->n == SIM_BUNDLE_PARTS)
		return wrong(r, "it has too many parts", err);
	if (size > (uint64_t)(r->end - r->p))
		return wrong(r, "a part is cut off", err);
	hex_of(r->p, (size_t)size, now);
	if (strcmp(now, hex))
		return wrong(r, "a part is not what its hash says", err);
	SIM_MEM_GROW(r->parts, r->cap, r->n + 1);
	p = &r->parts[r->n++];
	memcpy(p->name, name, SIM_BUNDLE_NAME);
	p->data = r->p;
	p->size = (size_t)size;
	r->p += size;
	return SIM_OK;
}

static int by_name(const void *a, const void *b)
{
	const struct sim_bundle_part *x = a, *y = b;

	return strcmp(x->name, y->name);
}

static int read_end(struct reader *r, const char *line, uint64_t number,
		    const char *hex, struct sim_err *err)
{
	char now[SIM_SHA256_HEX];

	if (!r->n || number != r->n || r->p != r->end)
		return wrong(r, "it does not end where it says", err);
	hex_of(r->begin, (size_t)(line - r->begin), now);
	if (strcmp(now, hex))
		return wrong(r, "it is not what its last line says", err);
	qsort(r->parts, r->n, sizeof(*r->parts), by_name);
	for (size_t i = 1; i < r->n; i++)
		if (!by_name(&r->parts[i - 1], &r->parts[i]))
			return wrong(r, "it has a part twice", err);
	return SIM_OK;
}

static int read_all(struct reader *r, struct sim_err *err)
{
	char name[SIM_BUNDLE_NAME] = "", hex[SIM_SHA256_HEX];
	size_t n = strlen(FORMAT);
	uint64_t number = 0;
	int rc = SIM_OK;

	if ((size_t)(r->end - r->p) < n || memcmp(r->p, FORMAT, n))
		return sim_err_set(err, SIM_E_DATA, "this is no bundle of a "
				   "run; simutrador run bundle makes them");
	r->p += n;
	while (!rc) {
		const char *line = r->p;

		memset(name, 0, sizeof(name));
		rc = read_line(r, name, &number, hex, err);
		if (!rc && !strcmp(name, "end"))
			return read_end(r, line, number, hex, err);
		if (!rc)
			rc = read_part(r, name, number, hex, err);
	}
	return rc;
}

int sim_bundle_parse(const char *p, size_t n, struct sim_bundle *b,
		     struct sim_err *err)
{
	struct reader r = { .begin = p, .p = p, .end = p + n };
	int rc = read_all(&r, err);

	if (rc) {
		sim_mem_free(r.parts);
		return rc;
	}
	*b = (struct sim_bundle){ .parts = r.parts, .n = r.n };
	return SIM_OK;
}

static const struct sim_bundle_part *find(const struct sim_bundle *b,
					  const char *name)
{
	struct sim_bundle_part key;

	snprintf(key.name, sizeof(key.name), "%s", name);
	return bsearch(&key, b->parts, b->n, sizeof(*b->parts), by_name);
}

/* -- unpacking ------------------------------------------------------------- */

int sim_bundle_unpack(const struct sim_bundle *b, const char *dir,
		      char id[SIM_FOLDER_ID], struct sim_err *err)
{
	struct sim_folder_file list[32];
	size_t n = 0;

	for (size_t i = 0; i < b->n && n < 32; i++) {
		if (!is_run_file(b->parts[i].name))
			continue;
		list[n++] = (struct sim_folder_file){
			b->parts[i].name, b->parts[i].data, b->parts[i].size
		};
	}
	if (!find(b, "manifest.json") || !find(b, "summary.json"))
		return sim_err_set(err, SIM_E_DATA, "the bundle holds no run");
	return sim_folder_adopt(dir, list, n, id, err);
}

int sim_bundle_calendars(const struct sim_bundle *b, const char *dir,
			 struct sim_err *err)
{
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc = SIM_OK;

	for (size_t i = 0; !rc && i < b->n; i++) {
		const struct sim_bundle_part *p = &b->parts[i];
		const char *name = in_folder(p->name, "calendars/");

		if (!name)
			continue;
		rc = sim_file_mkdirs(dir, err);
		sim_buf_reset(&path);
		sim_buf_printf(&path, "%s/%s.cal", dir, name);
		if (!rc)
			rc = sim_file_write(sim_buf_str(&path), p->data,
					    p->size, 0644, err);
	}
	sim_buf_release(&path);
	return rc;
}

/* -- its data -------------------------------------------------------------- */

struct sim_bundle_series {
	struct sim_bar_table bars;
	struct sim_action *actions;
	struct sim_bundle_series *next;
};

void sim_bundle_close(struct sim_bundle *b)
{
	while (b->series) {
		struct sim_bundle_series *s = b->series;

		b->series = s->next;
		sim_bar_table_release(&s->bars);
		sim_mem_free(s->actions);
		sim_mem_free(s);
	}
	sim_mem_free(b->parts);
	b->parts = NULL;
	b->n = 0;
}

static int64_t word_at(const char *p)
{
	uint64_t v = 0;

	for (int i = 7; i >= 0; i--)
		v = v << 8 | (unsigned char)p[i];
	return (int64_t)v;
}

static int bad_part(const char *name, struct sim_err *err)
{
	return sim_err_set(err, SIM_E_DATA, "the bundle's %s is not what such "
			   "a part holds", name);
}

/* What an import would let through. */
static bool is_sane(const struct sim_bar *b)
{
	return b->low > 0 && b->low <= b->open && b->low <= b->close &&
	       b->high >= b->open && b->high >= b->close && b->volume >= 0;
}

static int read_series(const struct sim_bundle_part *p,
		       struct sim_bar_table *t, struct sim_err *err)
{
	const char *at = p->data + 16;
	uint64_t n, has;
	size_t cols;

	if (p->size < 16)
		return bad_part(p->name, err);
	n = (uint64_t)word_at(p->data);
	has = (uint64_t)word_at(p->data + 8);
	cols = COLUMNS - !(has & HAS_VOLUME);
	if (has > 3 || n > p->size / 8 ||
	    p->size != 16 + n * (8 * cols + !!(has & HAS_FLAGS)))
		return bad_part(p->name, err);
	sim_bar_table_reserve(t, n ? n : 1);
	t->has_volume = (has & HAS_VOLUME) != 0;
	for (size_t i = 0; i < n; i++) {
		const struct sim_bar b = {
			word_at(at + 8 * i), word_at(at + 8 * (n + i)),
			word_at(at + 8 * (2 * n + i)),
			word_at(at + 8 * (3 * n + i)),
			word_at(at + 8 * (4 * n + i)),
			t->has_volume ? word_at(at + 8 * (5 * n + i)) : 0,
		};

		sim_bar_table_add(t, &b, has & HAS_FLAGS ?
				  (uint8_t)at[8 * cols * n + i] : 0);
		if ((i && b.ts <= t->ts[i - 1]) || !is_sane(&b))
			return bad_part(p->name, err);
	}
	return SIM_OK;
}

static int read_actions(const struct sim_bundle_part *p,
			struct sim_bundle_series *s, struct sim_run_data *d,
			struct sim_err *err)
{
	size_t n = p->size / 40;

	if (p->size % 40)
		return bad_part(p->name, err);
	s->actions = sim_mem_array(n + 1, sizeof(*s->actions));
	for (size_t i = 0; i < n; i++) {
		const char *at = p->data + 40 * i;
		int64_t type = word_at(at + 8), num = word_at(at + 16);
		int64_t den = word_at(at + 24);
		struct sim_action *a = &s->actions[i];

		a->day = word_at(at);
		a->cash = word_at(at + 32);
		if ((type != SIM_ACTION_SPLIT &&
		     type != SIM_ACTION_DIVIDEND) || num < 0 || den < 0 ||
		    num > INT32_MAX || den > INT32_MAX ||
		    (type == SIM_ACTION_SPLIT && (!num || !den)) ||
		    (i && a->day < a[-1].day))
			return bad_part(p->name, err);
		a->type = (enum sim_action_type)type;
		a->num = (int32_t)num;
		a->den = (int32_t)den;
	}
	d->actions = s->actions;
	d->nactions = n;
	return SIM_OK;
}

int sim_bundle_load(struct sim_bundle *b, const struct sim_folder *f,
		    const char *symbol, struct sim_bar_tf tf,
		    struct sim_run_data *d, struct sim_err *err)
{
	struct sim_bundle_series *s = sim_mem_zalloc(sizeof(*s));
	const struct sim_run_result *r = &f->result;
	const struct sim_bundle_part *p;
	char name[32], text[16];
	uint32_t i = 0;
	bool fine;
	int rc;

	s->bars = (struct sim_bar_table)SIM_BAR_TABLE_INIT;
	s->next = b->series;
	b->series = s;
	while (i < r->nsyms && strcmp(r->instruments[i].symbol, symbol))
		i++;
	fine = strcmp(sim_bar_tf_text(tf, text), r->timeframe) != 0;
	snprintf(name, sizeof(name), "%s/%" PRIu32, fine ? "detail" : "bars",
		 i);
	p = find(b, name);
	if (!p)
		return sim_err_set(err, SIM_E_NOENT, "the bundle has no %s "
				   "bars of %s", text, symbol);
	*d = (struct sim_run_data){ .tf = tf };
	d->instrument = r->instruments[i];
	rc = read_series(p, &s->bars, err);
	d->bars = sim_bar_table_view(&s->bars);
	snprintf(name, sizeof(name), "actions/%" PRIu32, i);
	p = find(b, name);
	return rc || !p || fine ? rc : read_actions(p, s, d, err);
}
