/*
 * json: the streaming writer, and the reader.
 *
 * jansson parses; its values are then copied into a tree of ours in an arena,
 * because jansson keeps neither the text of a number (decimals must be exact)
 * nor a member by its position.  Values come in document order on both sides
 * (jansson keeps insertion order and duplicates are refused), so one cursor
 * over the source finds each number's text.
 */
#include "util/json.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"
#include "util/str.h"

/* -- writer ------------------------------------------------------------ */

void sim_json_init(struct sim_json *j, struct sim_buf *out, bool pretty)
{
	*j = (struct sim_json){ .out = out, .pretty = pretty };
}

static void newline(struct sim_json *j)
{
	int i;

	sim_buf_putc(j->out, '\n');
	for (i = 0; i < j->depth; i++)
		sim_buf_add(j->out, "  ", 2);
}

static size_t escape_one(char *to, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	static const char names[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
	const char *name = c ? strchr(names, c) : NULL;

	to[0] = '\\';
	if (name) {
		to[1] = letters[name - names];
		return 2;
	}
	memcpy(to + 1, "u00", 3);
	to[4] = hex[c >> 4];
	to[5] = hex[c & 15];
	return 6;
}

static bool is_plain_ascii(unsigned char c)
{
	return c >= ' ' && c < 0x80 && c != '"' && c != '\\';
}

/* Quoted and escaped; bytes that are not UTF-8 become U+FFFD. */
static void quoted_slowly(struct sim_buf *out, const char *v, size_t n)
{
	const unsigned char *s = (const unsigned char *)v;
	char esc[6];
	size_t i = 0, plain = 0, len;

	sim_buf_putc(out, '"');
	for (;;) {
		while (i < n && is_plain_ascii(s[i]))
			i++;
		if (i == n)
			break;
		len = sim_str_utf8(v + i, n - i, NULL);
		if (len > 1) {
			i += len;
			continue;
		}
		sim_buf_add(out, v + plain, i - plain);
		if (len)
			sim_buf_add(out, esc, escape_one(esc, s[i]));
		else
			sim_buf_puts(out, "\xef\xbf\xbd");
		plain = ++i;
	}
	sim_buf_add(out, v + plain, n - plain);
	sim_buf_putc(out, '"');
}

/* The usual case, plain ASCII, goes straight into the buffer. */
static void quoted(struct sim_buf *out, const char *v, size_t n)
{
	char *to = sim_buf_reserve(out, n + 2);
	size_t i;

	if (!to)
		return;
	*to++ = '"';
	for (i = 0; i < n && is_plain_ascii((unsigned char)v[i]); i++)
		to[i] = v[i];
	if (i < n) {
		quoted_slowly(out, v, n);
		return;
	}
	to[n] = '"';
	to[n + 1] = '\0';
	out->len += n + 2;
}

/* Comma, new line and key: what stands before a value. */
static void before(struct sim_json *j, const char *key)
{
	if (j->depth > 0) {
		if (j->need_comma[j->depth - 1])
			sim_buf_putc(j->out, ',');
		j->need_comma[j->depth - 1] = true;
		if (j->pretty)
			newline(j);
	}
	if (!key)
		return;
	quoted(j->out, key, strlen(key));
	sim_buf_putc(j->out, ':');
	if (j->pretty)
		sim_buf_putc(j->out, ' ');
}

static void begin(struct sim_json *j, const char *key, char bracket)
{
	if (j->depth >= SIM_JSON_DEPTH)
		SIM_BUG("JSON is written too deep");
	before(j, key);
	sim_buf_putc(j->out, bracket);
	j->closer[j->depth] = bracket == '{' ? '}' : ']';
	j->need_comma[j->depth++] = false;
}

void sim_json_object(struct sim_json *j, const char *key)
{
	begin(j, key, '{');
}

void sim_json_array(struct sim_json *j, const char *key)
{
	begin(j, key, '[');
}

void sim_json_end(struct sim_json *j)
{
	bool filled;

	if (j->depth <= 0)
		SIM_BUG("JSON has nothing to close");
	filled = j->need_comma[--j->depth];
	if (filled && j->pretty)
		newline(j);
	sim_buf_putc(j->out, j->closer[j->depth]);
}

void sim_json_str(struct sim_json *j, const char *key, const char *v)
{
	if (v)
		sim_json_strn(j, key, v, strlen(v));
	else
		sim_json_null(j, key);
}

void sim_json_strn(struct sim_json *j, const char *key, const char *v,
		   size_t n)
{
	before(j, key);
	quoted(j->out, v, n);
}

void sim_json_int(struct sim_json *j, const char *key, int64_t v)
{
	before(j, key);
	sim_buf_int(j->out, v);
}

void sim_json_dec(struct sim_json *j, const char *key, sim_dec v)
{
	before(j, key);
	sim_buf_dec(j->out, v, 0);
}

void sim_json_double(struct sim_json *j, const char *key, double v)
{
	char text[SIM_STR_DOUBLEMAX];

	before(j, key);
	sim_buf_add(j->out, text, sim_str_double(v, text));
}

void sim_json_bool(struct sim_json *j, const char *key, bool v)
{
	before(j, key);
	sim_buf_puts(j->out, v ? "true" : "false");
}

void sim_json_null(struct sim_json *j, const char *key)
{
	before(j, key);
	sim_buf_add(j->out, "null", 4);
}

void sim_json_time(struct sim_json *j, const char *key, sim_time t)
{
	before(j, key);
	sim_buf_putc(j->out, '"');
	sim_buf_time(j->out, t);
	sim_buf_putc(j->out, '"');
}

void sim_json_raw(struct sim_json *j, const char *key, const char *v, size_t n)
{
	before(j, key);
	sim_buf_add(j->out, v, n);
}

/* -- reader ------------------------------------------------------------ */

enum kind { NUL, BOOL, INT, REAL, STR, LIST, OBJECT };

struct sim_json_val {
	enum kind kind;
	size_t n;			/* members, or bytes of text */
	union {
		bool b;
		int64_t i;
		double d;
	} num;
	const char *text;		/* a string; a number as it stood */
	struct sim_json_val *items;	/* n of them */
	const char **keys;		/* n of them, objects only */
};

struct sim_json_doc {
	struct sim_mem_arena arena;
	struct sim_json_val root;
};

/* Past the string whose opening quote is at p. */
static const char *skip_string(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++) {
		if (*p == '\\')
			p++;
	}
	return p < end ? p + 1 : end;
}

/* Refuse too many levels before the parser recurses into them, and a NUL,
 * which it passes over behind a number. */
static int check_shape(const char *s, size_t n, int most, struct sim_err *err)
{
	const char *p = s, *end = s + n, *line_start = s;
	int depth = 0, line = 1;

	if (memchr(s, '\0', n))
		return sim_err_set(err, SIM_E_DATA, "JSON holds a NUL byte; "
				   "it is text without one");

	while (p < end) {
		if (*p == '"') {
			p = skip_string(p, end);
			continue;
		}
		if (*p == '\n') {
			line++;
			line_start = p + 1;
		}
		depth += (*p == '[' || *p == '{') - (*p == ']' || *p == '}');
		if (depth > most)
			return sim_err_set(err, SIM_E_DATA,
				"JSON is nested deeper than %d levels at line "
				"%d, column %d", most, line,
				(int)(p - line_start) + 1);
		p++;
	}
	return 0;
}

struct reader {
	struct sim_mem_arena *arena;
	const char *p, *end;		/* source after the last number */
};

static bool in_number(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ||
	       c == 'e' || c == 'E';
}

/* The next number of the source, outside of strings. */
static void next_number(struct reader *r, struct sim_json_val *v)
{
	const char *p = r->p, *start;

	while (p < r->end && *p != '-' && !(*p >= '0' && *p <= '9'))
		p = *p == '"' ? skip_string(p, r->end) : p + 1;
	for (start = p; p < r->end && in_number(*p); p++)
		;
	v->n = (size_t)(p - start);
	v->text = memcpy(sim_mem_arena_alloc(r->arena, v->n + 1), start, v->n);
	r->p = p;
}

static void copy(struct reader *r, json_t *from, struct sim_json_val *v);

static void copy_list(struct reader *r, json_t *from, struct sim_json_val *v)
{
	size_t i;

	v->kind = LIST;
	v->n = json_array_size(from);
	v->items = sim_mem_arena_alloc(r->arena, v->n * sizeof(*v->items));
	for (i = 0; i < v->n; i++)
		copy(r, json_array_get(from, i), &v->items[i]);
}

static void copy_object(struct reader *r, json_t *from,
			struct sim_json_val *v)
{
	const char *key;
	json_t *member;
	size_t i = 0;

	v->kind = OBJECT;
	v->n = json_object_size(from);
	v->items = sim_mem_arena_alloc(r->arena, v->n * sizeof(*v->items));
	v->keys = sim_mem_arena_alloc(r->arena, v->n * sizeof(*v->keys));
	json_object_foreach(from, key, member) {
		v->keys[i] = sim_mem_arena_strdup(r->arena, key);
		copy(r, member, &v->items[i++]);
	}
}

static void copy_string(struct reader *r, json_t *from, struct sim_json_val *v)
{
	v->kind = STR;
	v->n = json_string_length(from);
	v->text = sim_mem_arena_strdup(r->arena, json_string_value(from));
}

/* Depth is bounded by check_depth(). */
static void copy(struct reader *r, json_t *from, struct sim_json_val *v)
{
	switch (json_typeof(from)) {
	case JSON_OBJECT:
		copy_object(r, from, v);
		break;
	case JSON_ARRAY:
		copy_list(r, from, v);
		break;
	case JSON_STRING:
		copy_string(r, from, v);
		break;
	case JSON_INTEGER:
		v->kind = INT;
		v->num.i = json_integer_value(from);
		next_number(r, v);
		break;
	case JSON_REAL:
		v->kind = REAL;
		v->num.d = json_real_value(from);
		next_number(r, v);
		break;
	case JSON_TRUE:
	case JSON_FALSE:
		v->kind = BOOL;
		v->num.b = json_is_true(from);
		break;
	case JSON_NULL:
		v->kind = NUL;
		break;
	}
}

/* jansson's message may quote the input, which may hold anything.  A single
 * line is not numbered: its caller may know better. */
static int parse_error(const json_error_t *e, bool is_line,
		       struct sim_err *err)
{
	char text[sizeof(e->text)];
	size_t i;

	for (i = 0; e->text[i] && i + 1 < sizeof(text); i++) {
		text[i] = e->text[i];
		if ((unsigned char)text[i] < ' ' || text[i] == 0x7f)
			text[i] = '?';
	}
	text[i] = '\0';
	if (is_line)
		return sim_err_set(err, SIM_E_DATA,
				   "JSON is wrong at column %d: %s",
				   e->column < 1 ? 1 : e->column, text);
	return sim_err_set(err, SIM_E_DATA,
			   "JSON is wrong at line %d, column %d: %s",
			   e->line < 1 ? 1 : e->line,
			   e->column < 1 ? 1 : e->column, text);
}

int sim_json_parse(const char *s, size_t n, struct sim_json_doc **doc,
		   struct sim_err *err)
{
	return sim_json_parse_to(s, n, SIM_JSON_DEPTH, doc, err);
}

/* Once, since documents are read in more than one thread. */
static void set_memory(void)
{
	json_set_alloc_funcs(sim_mem_alloc, free);
}

int sim_json_parse_to(const char *s, size_t n, int depth,
		      struct sim_json_doc **doc, struct sim_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct sim_json_doc *d;
	struct reader r;
	json_error_t e;
	json_t *root;
	int rc = check_shape(s, n, depth, err);

	if (rc)
		return rc;
	pthread_once(&once, set_memory);
	root = json_loadb(s, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &e);
	if (!root)
		return parse_error(&e, !n || !memchr(s, '\n', n - 1), err);
	d = sim_mem_zalloc(sizeof(*d));
	r = (struct reader){ &d->arena, s, s + n };
	copy(&r, root, &d->root);
	json_decref(root);
	*doc = d;
	return 0;
}

void sim_json_free(struct sim_json_doc *doc)
{
	if (!doc)
		return;
	sim_mem_arena_release(&doc->arena);
	free(doc);
}

const struct sim_json_val *sim_json_root(const struct sim_json_doc *doc)
{
	return &doc->root;
}

const struct sim_json_val *sim_json_get(const struct sim_json_val *v,
					const char *key)
{
	size_t i;

	if (!v || v->kind != OBJECT)
		return NULL;
	for (i = 0; i < v->n; i++) {
		if (!strcmp(v->keys[i], key))
			return &v->items[i];
	}
	return NULL;
}

const struct sim_json_val *sim_json_at(const struct sim_json_val *v, size_t i)
{
	return v && v->kind == LIST && i < v->n ? &v->items[i] : NULL;
}

size_t sim_json_len(const struct sim_json_val *v)
{
	return v && (v->kind == LIST || v->kind == OBJECT) ? v->n : 0;
}

const struct sim_json_val *sim_json_member(const struct sim_json_val *v,
					   size_t i, const char **key)
{
	if (!v || v->kind != OBJECT || i >= v->n)
		return NULL;
	*key = v->keys[i];
	return &v->items[i];
}

const char *sim_json_as_str(const struct sim_json_val *v)
{
	return v && v->kind == STR ? v->text : NULL;
}

bool sim_json_as_int(const struct sim_json_val *v, int64_t *out)
{
	if (!v || v->kind != INT)
		return false;
	*out = v->num.i;
	return true;
}

bool sim_json_as_bool(const struct sim_json_val *v, bool *out)
{
	if (!v || v->kind != BOOL)
		return false;
	*out = v->num.b;
	return true;
}

bool sim_json_as_double(const struct sim_json_val *v, double *out)
{
	if (!v || (v->kind != INT && v->kind != REAL))
		return false;
	*out = v->kind == INT ? (double)v->num.i : v->num.d;
	return true;
}

#define PLAIN_MAX 64	/* a decimal's text with its exponent spelled out */

/*
 * Move the point of "-12.34" by `shift` places: digits, with the point put
 * back where it belongs and zeros where digits lack.
 */
static bool move_point(const char *s, size_t n, long shift, char *out)
{
	char digits[PLAIN_MAX];
	size_t i, count = 0, len = 0;
	long point = -1, k;

	if (n >= PLAIN_MAX || shift > 40 || shift < -40)
		return false;
	if (*s == '-')
		out[len++] = *s++, n--;
	for (i = 0; i < n; i++) {
		if (s[i] == '.')
			point = (long)count;
		else
			digits[count++] = s[i];
	}
	point = (point < 0 ? (long)count : point) + shift;
	for (k = point < 1 ? point - 1 : 0; k < (long)count || k < point; k++) {
		if (k == point)
			out[len++] = '.';
		out[len++] = k >= 0 && k < (long)count ? digits[k] : '0';
	}
	out[len] = '\0';
	return true;
}

bool sim_json_as_dec(const struct sim_json_val *v, sim_dec *out)
{
	char plain[3 * PLAIN_MAX];
	const char *e;

	if (!v || (v->kind != INT && v->kind != REAL && v->kind != STR))
		return false;
	e = v->kind == REAL ? strpbrk(v->text, "eE") : NULL;
	if (!e)
		return sim_dec_parse(v->text, v->n, out, NULL) == 0;
	if (!move_point(v->text, (size_t)(e - v->text),
			strtol(e + 1, NULL, 10), plain))
		return false;
	return sim_dec_parse(plain, strlen(plain), out, NULL) == 0;
}

const char *sim_json_scalar(const struct sim_json_val *v,
			    char buf[SIM_DEC_STRMAX])
{
	const char *s = sim_json_as_str(v);
	sim_dec d;
	bool b;

	if (s)
		return s;
	if (sim_json_is_null(v))
		return "";
	if (sim_json_as_bool(v, &b))
		return b ? "true" : "false";
	if (!sim_json_as_dec(v, &d))
		return NULL;
	sim_dec_format(d, 0, buf);
	return buf;
}

bool sim_json_is_null(const struct sim_json_val *v)
{
	return v && v->kind == NUL;
}

bool sim_json_is_list(const struct sim_json_val *v)
{
	return v && v->kind == LIST;
}

bool sim_json_is_object(const struct sim_json_val *v)
{
	return v && v->kind == OBJECT;
}

const char *sim_json_number(const struct sim_json_val *v)
{
	return v && (v->kind == INT || v->kind == REAL) ? v->text : NULL;
}

static void copy_items(struct sim_json *j, const struct sim_json_val *v)
{
	for (size_t i = 0; i < v->n; i++)
		sim_json_copy(j, v->kind == OBJECT ? v->keys[i] : NULL,
			      &v->items[i]);
	sim_json_end(j);
}

void sim_json_copy(struct sim_json *j, const char *key,
		   const struct sim_json_val *v)
{
	switch (v->kind) {
	case NUL:
		sim_json_null(j, key);
		break;
	case BOOL:
		sim_json_bool(j, key, v->num.b);
		break;
	case INT:
	case REAL:
		sim_json_raw(j, key, v->text, v->n);
		break;
	case STR:
		sim_json_strn(j, key, v->text, v->n);
		break;
	case LIST:
		sim_json_array(j, key);
		copy_items(j, v);
		break;
	case OBJECT:
		sim_json_object(j, key);
		copy_items(j, v);
		break;
	}
}
