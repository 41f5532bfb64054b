/*
 * log: one table says which keys an event type has and where their values
 * lie; the writer and the reader walk the same rows, so a line that was read
 * writes itself again.
 */
#include "run/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "util/digits.h"

enum kind {
	END, DEC, U32, U64, INT, TIME, SYM, BOOL, TEXT,
	/* Words of a vocabulary, one byte each: */
	SIDE, TYPE, TIF, FILL_REASON, REJECT, END_REASON, ROLE, SIZING
};
enum base { EV, ORDER, FILL, BASES };
/* Left out when zero; when it is the price; when the size is a quantity. */
enum { OMIT = 1, UNLESS_PRICE = 2, SIZED = 4 };

#define KEY_MAX 32

struct field {
	char key[KEY_MAX];		/* with its comma, quotes and colon */
	uint8_t key_len, kind, base, flags;	/* key_len 0: the last */
	uint16_t off;
};

#define ROW(key, kind, base, flags, type, member) \
	{ ",\"" key "\":", sizeof(key) + 3, kind, base, flags, \
	  offsetof(struct type, member) }
#define E(key, kind, member, flags) ROW(key, kind, EV, flags, sim_event, member)
#define O(key, kind, member, flags) \
	ROW(key, kind, ORDER, flags, sim_order, member)
#define F(key, kind, member, flags) \
	ROW(key, kind, FILL, flags, sim_fill, member)
#define STOP { "", 0, END, EV, 0, 0 }

#define REQUEST \
	O("order", U32, id, 0), E("symbol", SYM, sym, 0), \
	O("side", SIDE, side, 0), O("order_type", TYPE, type, 0), \
	O("time_in_force", TIF, tif, 0), O("quantity", DEC, qty, 0), \
	O("sizing", SIZING, size_kind, OMIT), O("size", DEC, size, SIZED), \
	O("size_at_fill", BOOL, size_at_fill, OMIT), \
	O("limit", DEC, limit, OMIT), O("stop", DEC, stop, OMIT), \
	O("trail", DEC, trail, OMIT), \
	O("trail_is_percent", BOOL, trail_is_percent, OMIT), \
	O("take_profit", DEC, take_profit, OMIT), \
	O("stop_loss", DEC, stop_loss, OMIT), \
	O("bracket_trail", DEC, bracket_trail, OMIT), \
	O("bracket_trail_is_percent", BOOL, bracket_trail_is_percent, OMIT), \
	O("expire_at", TIME, expire_at, OMIT), \
	O("parent", U32, parent, OMIT), O("oco", U32, oco, OMIT), \
	O("role", ROLE, role, OMIT), \
	O("reduce_only", BOOL, reduce_only, OMIT)

static const struct field accepted[] = { REQUEST, STOP };
static const struct field rejected[] = {
	REQUEST, E("code", REJECT, reason, 0), E("needed", DEC, a, OMIT),
	E("available", DEC, b, OMIT), E("message", TEXT, text, 0), STOP
};
static const struct field triggered[] = {
	O("order", U32, id, 0), E("symbol", SYM, sym, 0),
	E("price", DEC, a, 0), O("stop", DEC, stop, OMIT), STOP
};
static const struct field replaced[] = {
	O("order", U32, id, 0), E("symbol", SYM, sym, 0),
	O("quantity", DEC, qty, 0), O("limit", DEC, limit, OMIT),
	O("stop", DEC, stop, OMIT), O("trail", DEC, trail, OMIT),
	O("take_profit", DEC, take_profit, OMIT),
	O("stop_loss", DEC, stop_loss, OMIT),
	O("bracket_trail", DEC, bracket_trail, OMIT), STOP
};
static const struct field ended[] = {
	O("order", U32, id, 0), E("symbol", SYM, sym, 0),
	E("reason", END_REASON, reason, 0), O("filled", DEC, filled, OMIT),
	E("needed", DEC, a, OMIT), E("available", DEC, b, OMIT), STOP
};
static const struct field fill[] = {
	E("fill", U32, fill_id, 0), F("order", U32, order, 0),
	E("symbol", SYM, sym, 0), F("side", SIDE, side, 0),
	F("quantity", DEC, qty, 0), F("price", DEC, price, 0),
	F("base_price", DEC, base_price, UNLESS_PRICE),
	F("commission", DEC, commission, OMIT),
	F("realized", DEC, realized, OMIT),
	F("reason", FILL_REASON, reason, 0), F("maker", BOOL, maker, OMIT),
	F("ambiguous", BOOL, ambiguous, OMIT),
	F("synthetic", BOOL, synthetic, OMIT),
	F("closes", BOOL, is_close, OMIT), E("filled", DEC, a, 0),
	E("leaves", DEC, b, OMIT),
	E("position", DEC, c, 0), E("cash", DEC, d, 0), STOP
};
static const struct field split[] = {
	E("symbol", SYM, sym, 0), E("new", INT, a, 0), E("old", INT, b, 0),
	E("position", DEC, c, 0), E("cash_in_lieu", DEC, d, OMIT), STOP
};
static const struct field dividend[] = {
	E("symbol", SYM, sym, 0), E("per_share", DEC, a, 0),
	E("position", DEC, b, 0), E("amount", DEC, c, 0), STOP
};
static const struct field accrual[] = {
	E("symbol", SYM, sym, 0), E("base", DEC, a, 0),
	E("days", INT, d, 0), E("amount", DEC, c, 0), STOP
};
static const struct field margin_call[] = {
	E("equity", DEC, a, 0), E("required", DEC, b, 0), STOP
};

static const struct field *const fields[SIM_EVENT_TYPE__COUNT] = {
	[SIM_EVENT_TYPE_ORDER_ACCEPTED] = accepted,
	[SIM_EVENT_TYPE_ORDER_REJECTED] = rejected,
	[SIM_EVENT_TYPE_ORDER_TRIGGERED] = triggered,
	[SIM_EVENT_TYPE_ORDER_REPLACED] = replaced,
	[SIM_EVENT_TYPE_ORDER_CANCELLED] = ended,
	[SIM_EVENT_TYPE_ORDER_EXPIRED] = ended,
	[SIM_EVENT_TYPE_FILL] = fill,
	[SIM_EVENT_TYPE_SPLIT] = split,
	[SIM_EVENT_TYPE_DIVIDEND] = dividend,
	[SIM_EVENT_TYPE_INTEREST] = accrual,
	[SIM_EVENT_TYPE_BORROW_FEE] = accrual,
	[SIM_EVENT_TYPE_MARGIN_CALL] = margin_call,
};

static const char *const roles[] = {
	"plain", "take_profit", "stop_loss", "liquidation"
};
static const char *const sizings[] = {
	"quantity", "notional", "percent", "all", "risk"
};
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* The v-th word of a vocabulary; NULL past the last. */
static const char *word_text(enum kind k, unsigned v)
{
	switch (k) {
	case SIDE:
		return v < SIM_SIDE__COUNT ? sim_vocab_side_text(v) : NULL;
	case TYPE:
		return v < SIM_ORDER_TYPE__COUNT ?
			sim_vocab_order_type_text(v) : NULL;
	case TIF:
		return v < SIM_TIF__COUNT ? sim_vocab_tif_text(v) : NULL;
	case FILL_REASON:
		return v < SIM_FILL_REASON__COUNT ?
			sim_vocab_fill_reason_text(v) : NULL;
	case REJECT:
		return v < SIM_REJECT__COUNT ? sim_vocab_reject_text(v) : NULL;
	case END_REASON:
		return v < SIM_END_REASON__COUNT ?
			sim_vocab_end_reason_text(v) : NULL;
	case ROLE:
		return v < COUNT(roles) ? roles[v] : NULL;
	case SIZING:
		return v < COUNT(sizings) ? sizings[v] : NULL;
	default:
		return NULL;
	}
}

/* -- writing ------------------------------------------------------------- */

static inline char *put_mem(char *p, const char *s, size_t n)
{
	memcpy(p, s, n);
	return p + n;
}

/* Copy a block of constant size, of which n bytes count: no call. */
static inline char *put_block(char *p, const char block[KEY_MAX], size_t n)
{
	memcpy(p, block, KEY_MAX);
	return p + n;
}

static inline char *put_uint(char *p, uint64_t v)
{
	return p + sim_digits_u64(p, v);
}

static char *put_int(char *p, int64_t v)
{
	if (v >= 0)
		return put_uint(p, (uint64_t)v);
	*p++ = '-';
	return put_uint(p, -(uint64_t)v);
}

static char *put_quoted(char *p, const char *s, size_t n)
{
	*p++ = '"';
	p = put_mem(p, s, n);
	*p++ = '"';
	return p;
}

static char *put_time(char *p, sim_time t)
{
	*p++ = '"';
	p += sim_time_format(t, p);
	*p++ = '"';
	return p;
}

/* A sentence; at most 511 bytes are kept, so that it reads back whole. */
static char *put_text(char *p, const char *s)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = s ? strlen(s) : 0;

	*p++ = '"';
	for (size_t i = 0; i < n && i < 511; i++) {
		unsigned char c = (unsigned char)s[i];

		if (c == '"' || c == '\\') {
			*p++ = '\\';
			*p++ = (char)c;
		} else if (c < 0x20) {
			p = put_mem(p, "\\u00", 4);
			*p++ = hex[c >> 4];
			*p++ = hex[c & 15];
		} else {
			*p++ = (char)c;
		}
	}
	*p++ = '"';
	return p;
}

static bool is_omitted(const struct field *f, const char *at,
		       const struct sim_event *ev)
{
	sim_dec d;
	sim_time t;

	switch (f->kind) {
	case SYM:
		return ev->sym == UINT32_MAX;
	case DEC:
		memcpy(&d, at, sizeof(d));
		if (f->flags & SIZED)
			return !ev->order->size_kind;
		return f->flags & UNLESS_PRICE ? d == ev->fill->price : !d;
	case U32:
		return !*(const uint32_t *)(const void *)at;
	case TIME:
		memcpy(&t, at, sizeof(t));
		return !t || t == SIM_TIME_MAX;
	default:
		return !*(const uint8_t *)at;
	}
}

static char *put_value(const struct sim_log *l, char *p, const struct field *f,
		       const char *at)
{
	const struct sim_log_word *w;
	const char *s;

	switch ((enum kind)f->kind) {
	case DEC:
		return p + sim_dec_format(*(const sim_dec *)(const void *)at, 0,
					  p);
	case U32:
		return put_uint(p, *(const uint32_t *)(const void *)at);
	case U64:
		return put_uint(p, *(const uint64_t *)(const void *)at);
	case INT:
		return put_int(p, *(const int64_t *)(const void *)at);
	case TIME:
		return put_time(p, *(const sim_time *)(const void *)at);
	case SYM:
		s = l->ins[*(const uint32_t *)(const void *)at].symbol;
		return put_quoted(p, s, strlen(s));
	case BOOL:
		return *at ? put_mem(p, "true", 4) : put_mem(p, "false", 5);
	case TEXT:
		return put_text(p, *(const char *const *)(const void *)at);
	default:
		w = &l->words[f->kind - SIDE][(uint8_t)*at];
		if (!w->len)
			SIM_BUG("a word outside its vocabulary");
		return put_block(p, w->text, w->len);
	}
}

/* Most times have the date of the one before, and no fraction. */
static void set_time(struct sim_log *l, sim_time t)
{
	int64_t day = sim_time_day_of(t);
	sim_time rest = t - day * SIM_TIME_DAY;
	unsigned sec = (unsigned)(rest / SIM_TIME_SEC);

	l->time = t;
	if (day != l->day || rest % SIM_TIME_SEC) {
		l->time_len = (uint8_t)sim_time_format(t, l->time_text);
		l->day = rest % SIM_TIME_SEC ? INT64_MIN : day;
		return;
	}
	sim_digits_2(l->time_text + 11, sec / 3600);
	sim_digits_2(l->time_text + 14, sec / 60 % 60);
	sim_digits_2(l->time_text + 17, sec % 60);
}

static char *put_head(struct sim_log *l, char *p, const struct sim_event *ev)
{
	const char *type = sim_vocab_event_type_text(ev->type);

	if (ev->time != l->time)
		set_time(l, ev->time);
	p = put_mem(p, "{\"seq\":", 7);
	p = put_uint(p, ev->seq);
	p = put_mem(p, ",\"sim_time\":\"", 13);
	p = put_mem(p, l->time_text, l->time_len);
	p = put_mem(p, "\",\"type\":\"", 10);
	p = put_mem(p, type, strlen(type));
	p = put_mem(p, "\",\"cause\":", 10);
	return put_uint(p, ev->cause);
}

/* Hash what has been written since, while it is still in the cache. */
static void hash_pending(struct sim_log *l, size_t at_least)
{
	size_t n = l->out->len - l->hashed;

	if (n < at_least)
		return;
	sim_sha256_update(&l->hash, l->out->data + l->hashed, n);
	l->hashed = l->out->len;
}

/* The words of a vocabulary, ready to be copied. */
static void quote_words(struct sim_log_word *w, enum kind k)
{
	const char *text;

	for (unsigned v = 0; (text = word_text(k, v)); v++) {
		size_t n = strlen(text);

		if (v == SIM_LOG_WORDS || n + 2 > sizeof(w->text))
			SIM_BUG("a vocabulary outgrew the log's table");
		put_quoted(w[v].text, text, n);
		w[v].len = (uint8_t)(n + 2);
	}
}

void sim_log_begin(struct sim_log *l, struct sim_buf *out,
		   const struct sim_instrument *ins, uint32_t nsyms)
{
	sim_buf_reset(out);
	*l = (struct sim_log){ .out = out, .ins = ins, .nsyms = nsyms };
	for (int k = SIDE; k <= SIZING; k++)
		quote_words(l->words[k - SIDE], (enum kind)k);
	sim_sha256_init(&l->hash);
	l->day = INT64_MIN;
	set_time(l, 0);
}

void sim_log_add(struct sim_log *l, const struct sim_event *ev)
{
	const char *base[BASES] = { (const char *)ev, (const char *)ev->order,
				    (const char *)ev->fill };
	char *start = sim_buf_reserve(l->out, SIM_LOG_LINE_MAX), *p;

	if (!start)
		SIM_BUG("the event log outgrew its buffer");
	p = put_head(l, start, ev);
	for (const struct field *f = fields[ev->type]; f->key_len; f++) {
		const char *at = base[f->base] + f->off;

		if ((f->flags || f->kind == SYM) && is_omitted(f, at, ev))
			continue;
		p = put_block(p, f->key, f->key_len);
		p = put_value(l, p, f, at);
	}
	p = put_mem(p, "}\n", 2);
	*p = '\0';
	l->out->len += (size_t)(p - start);
	l->events++;
	hash_pending(l, 16384);
}

#define SEAL_HEAD "{\"type\":\"seal\",\"events\":"
#define SEAL_HASH ",\"sha256\":\""
#define SEAL_TAIL "\"}\n"

void sim_log_seal(struct sim_log *l, char hex[SIM_SHA256_HEX])
{
	uint8_t h[SIM_SHA256_SIZE];

	hash_pending(l, 1);
	sim_sha256_final(&l->hash, h);
	sim_sha256_hex(h, hex);
	sim_buf_puts(l->out, SEAL_HEAD);
	sim_buf_int(l->out, (int64_t)l->events);
	sim_buf_puts(l->out, SEAL_HASH);
	sim_buf_puts(l->out, hex);
	sim_buf_puts(l->out, SEAL_TAIL);
}

/* -- reading ------------------------------------------------------------- */

/* A place in a line; bad is sticky. */
struct scan {
	const char *p, *end;
	bool bad;
};

static bool skip(struct scan *s, const char *text, size_t n)
{
	if ((size_t)(s->end - s->p) < n || memcmp(s->p, text, n))
		return false;
	s->p += n;
	return true;
}

static void expect(struct scan *s, const char *text)
{
	if (!skip(s, text, strlen(text)))
		s->bad = true;
}

static uint64_t scan_uint(struct scan *s)
{
	uint64_t v = 0;
	const char *p = s->p;

	for (; p < s->end && *p >= '0' && *p <= '9' && p - s->p < 20; p++)
		v = v * 10 + (uint64_t)(*p - '0');
	if (p == s->p)
		s->bad = true;
	s->p = p;
	return v;
}

static int64_t scan_int(struct scan *s)
{
	bool neg = skip(s, "-", 1);
	uint64_t v = scan_uint(s);

	return neg ? -(int64_t)v : (int64_t)v;
}

static sim_dec scan_dec(struct scan *s)
{
	const char *p = s->p;
	sim_dec d = 0;

	while (p < s->end && (*p == '-' || *p == '.' ||
			      (*p >= '0' && *p <= '9')))
		p++;
	if (sim_dec_parse(s->p, (size_t)(p - s->p), &d, NULL))
		s->bad = true;
	s->p = p;
	return d;
}

/* What stands between two quotes, without escapes. */
static const char *scan_word(struct scan *s, size_t *n)
{
	const char *start, *q;

	expect(s, "\"");
	start = s->p;
	q = s->bad ? NULL : memchr(start, '"', (size_t)(s->end - start));
	if (!q) {
		s->bad = true;
		*n = 0;
		return start;
	}
	*n = (size_t)(q - start);
	s->p = q + 1;
	return start;
}

static sim_time scan_time(struct scan *s)
{
	size_t n;
	const char *w = scan_word(s, &n);
	sim_time t = 0;

	if (s->bad || sim_time_parse(w, n, &t, NULL, NULL))
		s->bad = true;
	return t;
}

static uint8_t scan_vocab(struct scan *s, enum kind k)
{
	size_t n;
	const char *w = scan_word(s, &n), *t;

	for (unsigned v = 0; !s->bad && (t = word_text(k, v)); v++) {
		if (strlen(t) == n && !memcmp(t, w, n))
			return (uint8_t)v;
	}
	s->bad = true;
	return 0;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* One byte of a sentence, escapes undone; -1 at its closing quote. */
static int scan_char(struct scan *s)
{
	int c = s->p < s->end ? (unsigned char)*s->p++ : -1;

	if (c == '"')
		return -1;
	if (c != '\\') {
		s->bad |= c < 0;
		return c;
	}
	if (skip(s, "u00", 3) && s->end - s->p >= 2) {
		c = hex_digit(s->p[0]) * 16 + hex_digit(s->p[1]);
		s->p += 2;
		s->bad |= c < 0;
		return c;
	}
	if (s->p == s->end) {
		s->bad = true;
		return -1;
	}
	return (unsigned char)*s->p++;
}

static void scan_text(struct scan *s, char *out, size_t size)
{
	size_t n = 0;
	int c;

	expect(s, "\"");
	while (!s->bad && (c = scan_char(s)) >= 0) {
		if (n + 1 == size)
			s->bad = true;
		else
			out[n++] = (char)c;
	}
	out[n] = '\0';
}

static uint32_t scan_sym(struct sim_log_reader *r, struct scan *s)
{
	size_t n;
	const char *w = scan_word(s, &n);
	uint32_t lo = 0, hi = r->nsyms;

	while (!s->bad && lo < hi) {
		uint32_t mid = lo + (hi - lo) / 2;
		int c = strncmp(w, r->ins[mid].symbol, n);

		if (!c && !r->ins[mid].symbol[n])
			return mid;
		if (c > 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	s->bad = true;
	return UINT32_MAX;
}

static void scan_value(struct sim_log_reader *r, struct scan *s,
		       const struct field *f, char *at,
		       struct sim_log_line *line)
{
	switch ((enum kind)f->kind) {
	case DEC:
		*(sim_dec *)(void *)at = scan_dec(s);
		break;
	case U32:
		*(uint32_t *)(void *)at = (uint32_t)scan_uint(s);
		break;
	case U64:
		*(uint64_t *)(void *)at = scan_uint(s);
		break;
	case INT:
		*(int64_t *)(void *)at = scan_int(s);
		break;
	case TIME:
		*(sim_time *)(void *)at = scan_time(s);
		break;
	case SYM:
		*(uint32_t *)(void *)at = scan_sym(r, s);
		break;
	case BOOL:
		*at = skip(s, "true", 4);
		if (!*at)
			expect(s, "false");
		break;
	case TEXT:
		scan_text(s, line->text, sizeof(line->text));
		break;
	default:
		*at = (char)scan_vocab(s, (enum kind)f->kind);
	}
}

/* What a key that is left out means. */
static void fill_defaults(struct sim_log_line *l)
{
	memset(&l->ev, 0, sizeof(l->ev));
	memset(&l->order, 0, sizeof(l->order));
	memset(&l->fill, 0, sizeof(l->fill));
	l->text[0] = '\0';
	l->ev.sym = UINT32_MAX;
	l->ev.order = &l->order;
	l->ev.fill = &l->fill;
	l->ev.text = l->text;
	l->order.expire_at = SIM_TIME_MAX;
}

static void scan_head(struct scan *s, struct sim_event *ev)
{
	size_t n;
	const char *w;

	expect(s, "{\"seq\":");
	ev->seq = scan_uint(s);
	expect(s, ",\"sim_time\":");
	ev->time = scan_time(s);
	expect(s, ",\"type\":");
	w = scan_word(s, &n);
	expect(s, ",\"cause\":");
	ev->cause = scan_uint(s);
	for (int t = 0; !s->bad && t < SIM_EVENT_TYPE__COUNT; t++) {
		const char *text = sim_vocab_event_type_text(t);

		ev->type = t;
		if (strlen(text) == n && !memcmp(text, w, n))
			return;
	}
	s->bad = true;
}

/* What stands twice in the structs but once in the line. */
static void spread(struct sim_log_line *l, bool has_base)
{
	l->order.sym = l->ev.sym;
	l->fill.sym = (uint16_t)l->ev.sym;
	l->order.seq = l->ev.seq;
	if (l->ev.type != SIM_EVENT_TYPE_FILL)
		return;
	l->order.id = l->fill.order;
	l->fill.time = l->ev.time;
	l->fill.seq = (uint32_t)l->ev.seq;
	if (!has_base)
		l->fill.base_price = l->fill.price;
}

static bool scan_line(struct sim_log_reader *r, struct scan *s,
		      struct sim_log_line *l)
{
	char *base[BASES] = { (char *)&l->ev, (char *)&l->order,
			      (char *)&l->fill };
	bool has_base = false;

	fill_defaults(l);
	scan_head(s, &l->ev);
	if (s->bad)
		return false;
	for (const struct field *f = fields[l->ev.type]; f->key_len; f++) {
		if (skip(s, f->key, f->key_len)) {
			scan_value(r, s, f, base[f->base] + f->off, l);
			has_base |= (f->flags & UNLESS_PRICE) != 0;
		} else if (!f->flags && f->kind != SYM) {
			return false;
		}
		if (s->bad)
			return false;
	}
	expect(s, "}");
	spread(l, has_base);
	return !s->bad && s->p == s->end;
}

/* Where the last line starts; NULL when the text does not end a line. */
static const char *last_line(const char *p, size_t n)
{
	if (!n || p[n - 1] != '\n')
		return NULL;
	for (n--; n && p[n - 1] != '\n'; n--)
		;
	return p + n;
}

static uint64_t count_lines(const char *p, const char *end)
{
	uint64_t n = 0;

	while ((p = memchr(p, '\n', (size_t)(end - p)))) {
		n++;
		p++;
	}
	return n;
}

int sim_log_open(struct sim_log_reader *r, const char *p, size_t n,
		 const struct sim_instrument *ins, uint32_t nsyms,
		 struct sim_err *err)
{
	const char *last = last_line(p, n), *w;
	struct scan s = { last ? last : p, p + n, !last };
	uint8_t hash[SIM_SHA256_SIZE];
	char hex[SIM_SHA256_HEX];
	size_t len = 0;

	if (last)
		expect(&s, SEAL_HEAD);
	if (s.bad || scan_uint(&s) != count_lines(p, last))
		s.bad = true;
	expect(&s, ",\"sha256\":");
	w = scan_word(&s, &len);
	expect(&s, "}\n");
	if (s.bad || len != sizeof(hex) - 1)
		return sim_err_set(err, SIM_E_DATA, "the event log does not "
				   "end with its seal, so it was cut short or "
				   "altered");
	sim_sha256_of(p, (size_t)(last - p), hash);
	sim_sha256_hex(hash, hex);
	if (memcmp(hex, w, len))
		return sim_err_set(err, SIM_E_DATA, "the event log was altered:"
				   " its seal says %.*s, its lines give %s",
				   (int)len, w, hex);
	*r = (struct sim_log_reader){ p, last, ins, nsyms, 0 };
	return SIM_OK;
}

void sim_log_open_after(struct sim_log_reader *r, const struct sim_buf *log,
			uint64_t seq, const struct sim_instrument *ins,
			uint32_t nsyms)
{
	const char *first = sim_buf_str(log), *at = first + log->len, *line;
	const char *end = at;

	for (; at > first; at = line) {
		struct scan s;

		line = last_line(first, (size_t)(at - first));
		s = (struct scan){ line, at, false };
		if (skip(&s, SEAL_HEAD, sizeof(SEAL_HEAD) - 1)) {
			end = line;
			continue;
		}
		expect(&s, "{\"seq\":");
		if (scan_uint(&s) <= seq)
			break;
	}
	*r = (struct sim_log_reader){ at, end, ins, nsyms, 0 };
}

int sim_log_next(struct sim_log_reader *r, struct sim_log_line *l,
		 struct sim_err *err)
{
	const char *nl;
	struct scan s;

	if (r->p == r->end)
		return 0;
	nl = memchr(r->p, '\n', (size_t)(r->end - r->p));
	s = (struct scan){ r->p, nl ? nl : r->end, !nl };
	r->line++;
	if (s.bad || !scan_line(r, &s, l))
		return sim_err_set(err, SIM_E_DATA, "line %" PRIu64 " of the "
				   "event log is not an event: %.*s", r->line,
				   s.end - r->p < 200 ? (int)(s.end - r->p) :
				   200, r->p);
	r->p = nl + 1;
	return 1;
}
