/* notes: written line by line, and parsed again by whoever shows them. */
#include "run/notes.h"

#include <math.h>
#include <string.h>

#include "util/json.h"
#include "util/mem.h"

static const char *const kinds[] = {
	[SIM_NOTE_METRIC] = "metric", [SIM_NOTE_MARK] = "mark",
	[SIM_NOTE_LOG] = "log",
};
#define KINDS ((int)(sizeof(kinds) / sizeof(kinds[0])))

const char *sim_notes_kind(int kind)
{
	return kind >= 0 && kind < KINDS ? kinds[kind] : NULL;
}

void sim_notes_reset(struct sim_notes *s)
{
	s->text.max = SIM_NOTES_BYTES_MAX;
	sim_buf_reset(&s->text);
	s->n = 0;
}

void sim_notes_release(struct sim_notes *s)
{
	sim_buf_release(&s->text);
	s->n = 0;
}

/* -- writing --------------------------------------------------------------- */

static int check_name(const char *name, struct sim_err *err)
{
	size_t len = name ? strlen(name) : 0;

	if (len && len <= SIM_NOTE_NAME_MAX)
		return SIM_OK;
	return sim_err_set(err, SIM_E_STRATEGY, "the name of a metric has %zu "
			   "bytes; it must have 1 to %d", len,
			   SIM_NOTE_NAME_MAX);
}

static int check_text(const char *text, struct sim_err *err)
{
	size_t len = text ? strlen(text) : 0;

	if (text && len <= SIM_NOTE_TEXT_MAX)
		return SIM_OK;
	return sim_err_set(err, SIM_E_STRATEGY, "a note has %zu bytes of text; "
			   "at most %d are kept", len, SIM_NOTE_TEXT_MAX);
}

static int check(const struct sim_notes *s, const struct sim_note *n,
		 uint32_t nsyms, struct sim_err *err)
{
	if (s->n == SIM_NOTE_MAX)
		return sim_err_set(err, SIM_E_STRATEGY, "the strategy has left "
				   "%d notes, which is as many as a run keeps; "
				   "let it say less", SIM_NOTE_MAX);
	if (n->sym != UINT32_MAX && n->sym >= nsyms)
		return sim_err_set(err, SIM_E_STRATEGY, "a note is on symbol "
				   "number %u, but the run has %u",
				   (unsigned)n->sym, (unsigned)nsyms);
	if (n->kind != SIM_NOTE_METRIC)
		return check_text(n->text, err);
	if (!isfinite(n->value))
		return sim_err_set(err, SIM_E_STRATEGY, "the metric '%.64s' is "
				   "not a finite number; leave it out then",
				   n->name ? n->name : "");
	return check_name(n->name, err);
}

int sim_notes_add(struct sim_notes *s, const struct sim_note *n,
		  const struct sim_instrument *ins, uint32_t nsyms,
		  struct sim_err *err)
{
	size_t before = s->text.len;
	struct sim_json j;
	int rc = check(s, n, nsyms, err);

	if (rc)
		return rc;
	sim_json_init(&j, &s->text, false);
	sim_json_object(&j, NULL);
	sim_json_time(&j, "time", n->time);
	sim_json_str(&j, "kind", kinds[n->kind]);
	if (n->sym != UINT32_MAX)
		sim_json_str(&j, "symbol", ins[n->sym].symbol);
	if (n->kind == SIM_NOTE_METRIC) {
		sim_json_str(&j, "name", n->name);
		sim_json_double(&j, "value", n->value);
	} else {
		sim_json_str(&j, "text", n->text);
	}
	sim_json_end(&j);
	sim_buf_putc(&s->text, '\n');
	if (s->text.overflow) {
		s->text.len = before;
		return sim_err_set(err, SIM_E_STRATEGY, "the notes of the "
				   "strategy exceed 1 GiB; let it say less");
	}
	s->n++;
	return SIM_OK;
}

/* -- reading --------------------------------------------------------------- */

static int kind_of(const char *text)
{
	for (int i = 0; text && i < KINDS; i++) {
		if (!strcmp(kinds[i], text))
			return i;
	}
	return -1;
}

static bool symbol_of(const char *text, const struct sim_instrument *ins,
		      uint32_t nsyms, uint32_t *sym)
{
	*sym = UINT32_MAX;
	for (uint32_t i = 0; text && i < nsyms; i++) {
		if (!strcmp(ins[i].symbol, text))
			*sym = i;
	}
	return !text || *sym != UINT32_MAX;
}

/* What a line says; strings die with *doc. */
static bool parse(const char *p, size_t len, const struct sim_instrument *ins,
		  uint32_t nsyms, struct sim_note *n, struct sim_json_doc **doc)
{
	const struct sim_json_val *v;
	const char *time;
	int kind;

	if (sim_json_parse(p, len, doc, NULL))
		return false;
	v = sim_json_root(*doc);
	time = sim_json_as_str(sim_json_get(v, "time"));
	kind = kind_of(sim_json_as_str(sim_json_get(v, "kind")));
	memset(n, 0, sizeof(*n));
	n->name = sim_json_as_str(sim_json_get(v, "name"));
	n->text = sim_json_as_str(sim_json_get(v, "text"));
	if (kind >= 0)
		n->kind = (enum sim_note_kind)kind;
	if (kind >= 0 && time &&
	    !sim_time_parse(time, strlen(time), &n->time, NULL, NULL) &&
	    symbol_of(sim_json_as_str(sim_json_get(v, "symbol")), ins, nsyms,
		      &n->sym) &&
	    (kind != SIM_NOTE_METRIC ||
	     sim_json_as_double(sim_json_get(v, "value"), &n->value)))
		return true;
	sim_json_free(*doc);
	return false;
}

static size_t line_len(const char *p, size_t left)
{
	const char *nl = memchr(p, '\n', left);

	return nl ? (size_t)(nl - p) : left;
}

int sim_notes_read(struct sim_notes *s, const char *p, size_t n,
		   const struct sim_instrument *ins, uint32_t nsyms,
		   struct sim_err *err)
{
	struct sim_json_doc *doc;
	struct sim_note note;
	unsigned line = 0;
	size_t i = 0;
	int rc = SIM_OK;

	sim_notes_reset(s);
	while (!rc && i < n) {
		size_t len = line_len(p + i, n - i);

		line++;
		if (!parse(p + i, len, ins, nsyms, &note, &doc))
			return sim_err_set(err, SIM_E_DATA, "line %u of the "
					   "notes is none that a run writes; "
					   "was the file altered?", line);
		rc = sim_notes_add(s, &note, ins, nsyms, err);
		sim_json_free(doc);
		i += len + 1;
	}
	return rc ? SIM_E_DATA : SIM_OK;
}

/* -- what a report shows --------------------------------------------------- */

static void see_metric(struct sim_notes_view *v, const struct sim_note *n)
{
	struct sim_notes_metric *m = v->metrics;
	size_t len = strlen(n->name);

	for (size_t i = 0; i < v->nmetrics; i++) {
		if (!strcmp(m[i].name, n->name)) {
			m[i].value = n->value;
			return;
		}
	}
	SIM_MEM_GROW(v->metrics, v->metrics_cap, v->nmetrics + 1);
	m = &v->metrics[v->nmetrics++];
	memcpy(m->name, n->name, len + 1);
	m->value = n->value;
}

static void see_mark(struct sim_notes_view *v, const struct sim_note *n)
{
	SIM_MEM_GROW(v->marks, v->marks_cap, v->nmarks + 1);
	v->marks[v->nmarks++] = (struct sim_notes_mark){
		n->time, n->sym, sim_mem_strdup(n->text)
	};
}

static void see(void *ctx, const struct sim_note *n, const char *symbol)
{
	struct sim_notes_view *v = ctx;

	(void)symbol;
	if (n->kind == SIM_NOTE_METRIC)
		see_metric(v, n);
	else if (n->kind == SIM_NOTE_MARK)
		see_mark(v, n);
	else
		v->logs++;
}

void sim_notes_each(const struct sim_notes *s, const struct sim_instrument *ins,
		    uint32_t nsyms,
		    void (*each)(void *ctx, const struct sim_note *n,
				 const char *symbol), void *ctx)
{
	const char *p = sim_buf_str(&s->text);
	struct sim_json_doc *doc;
	struct sim_note n;

	for (size_t i = 0; i < s->text.len; ) {
		size_t len = line_len(p + i, s->text.len - i);

		if (!parse(p + i, len, ins, nsyms, &n, &doc))
			SIM_BUG("a note that was added can't be read");
		each(ctx, &n, n.sym < nsyms ? ins[n.sym].symbol : NULL);
		sim_json_free(doc);
		i += len + 1;
	}
}

void sim_notes_view(const struct sim_notes *s, const struct sim_instrument *ins,
		    uint32_t nsyms, struct sim_notes_view *out)
{
	memset(out, 0, sizeof(*out));
	sim_notes_each(s, ins, nsyms, see, out);
}

void sim_notes_view_release(struct sim_notes_view *v)
{
	for (size_t i = 0; i < v->nmarks; i++)
		sim_mem_free(v->marks[i].text);
	sim_mem_free(v->metrics);
	sim_mem_free(v->marks);
	memset(v, 0, sizeof(*v));
}
