/*
 * mdoctext: turn mdoc(7) manual pages into the C source of sim_help_pages, as
 * plain text of 78 columns, when the program is built; so `simutrador help`
 * needs neither man nor mandoc.
 *
 * It knows the macros our pages use and stops at any other, naming file and
 * line.  tests/cli/help-pages.sh compares its words with those of mandoc.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH		78
#define INDENT		5
#define LINE_MAX_	4096
#define ARGS_MAX	128
#define LISTS_MAX	8

enum list_kind { TAG, BULLET, DASH, ENUM, ITEM, HANG };

struct list {
	enum list_kind kind;
	int width, indent, count;	/* indent: of the text before */
	bool compact;
};

static struct {
	const char *path;
	int line;
	char name[64];			/* of the first .Nm */
	char para[65536];		/* words waiting to be filled */
	int indent, hang;		/* left edge; of later lines */
	int first;			/* left edge of the first line */
	bool glue;			/* no blank before the next word */
	bool blank_due;			/* an empty line before what follows */
	bool started;			/* something was printed */
	bool literal, synopsis, fresh_heading, no_space;
	struct list lists[LISTS_MAX];
	int nlists, displays[LISTS_MAX], ndisplays;
	bool display_literal[LISTS_MAX];
	char closers[16];		/* of Oo, Po ... until their ends */
} st;

__attribute__((format(printf, 1, 2), noreturn))
static void die(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "mdoctext: %s:%d: ", st.path, st.line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* -- lines out ----------------------------------------------------------- */

/* 0x1f stands for a blank that may not break. */
static void c_line(const char *s, int indent)
{
	size_t n = strlen(s);

	while (n && s[n - 1] == ' ')
		n--;
	printf("\t\"%*s", n ? indent : 0, "");
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '"' || s[i] == '\\' || s[i] == '?')
			putchar('\\');
		putchar(s[i] == 0x1f ? ' ' : s[i]);
	}
	printf("\",\n");
	st.started = true;
	st.fresh_heading = false;
}

static void blank(void)
{
	if (st.blank_due && st.started && !st.fresh_heading)
		printf("\t\"\",\n");
	st.blank_due = false;
}

/* In a synopsis, what stands in brackets stays on one line. */
static void tie_brackets(void)
{
	int depth = 0;

	for (char *p = st.para; *p; p++) {
		depth += *p == '[' ? 1 : *p == ']' ? -1 : 0;
		if (*p == ' ' && depth > 0)
			*p = 0x1f;
	}
}

/* Fill the waiting words into lines. */
static void flush_para(void)
{
	char line[LINE_MAX_] = "";
	size_t len = 0;
	int edge = st.first >= 0 ? st.first : st.indent;
	char *save = NULL;

	st.glue = false;
	if (!st.para[0])
		return;
	blank();
	if (st.synopsis)
		tie_brackets();
	for (char *w = strtok_r(st.para, " ", &save); w;
	     w = strtok_r(NULL, " ", &save)) {
		size_t n = strlen(w);

		if (len && (size_t)edge + len + 1 + n > WIDTH) {
			c_line(line, edge);
			edge = st.indent + st.hang;
			len = 0;
		}
		if (len)
			line[len++] = ' ';
		if (len + n + 1 >= sizeof(line))
			die("a line is too long");
		memcpy(line + len, w, n + 1);
		len += n;
	}
	c_line(line, edge);
	st.para[0] = '\0';
	st.first = -1;
}

/* -- words --------------------------------------------------------------- */

static const struct {
	const char *escape, *text;
} escapes[] = {
	{ "\\&", "" }, { "\\-", "-" }, { "\\e", "\\" }, { "\\ ", "\x1f" },
	{ "\\~", "\x1f" }, { "\\fB", "" }, { "\\fI", "" }, { "\\fR", "" },
	{ "\\fP", "" }, { "\\(em", "--" }, { "\\(en", "-" },
	{ "\\(bu", "o" }, { "\\(->", "->" }, { "\\(<=", "<=" },
	{ "\\(>=", ">=" }, { "\\(+-", "+-" }, { "\\(mu", "x" },
	{ "\\(aq", "'" }, { "\\(dq", "\"" }, { "\\(rs", "\\" },
	{ "\\(ti", "~" }, { "\\(ha", "^" }, { "\\(ga", "`" },
	{ "\\*(Ba", "|" }, { "\\*(Lt", "<" }, { "\\*(Gt", ">" },
	{ "\\(lq", "\"" }, { "\\(rq", "\"" }, { "\\(oq", "'" },
	{ "\\(cq", "'" }, { "\\(!=", "!=" }, { "\\(sr", "sqrt" },
	{ "\\c", "" }, { "\\|", "" }, { "\\^", "" }, { "\\(*S", "Sum" },
};

static void unescape(const char *s, char *out, size_t size)
{
	size_t n = 0;

	while (*s && n + 8 < size) {
		const char *text = NULL;

		for (size_t i = 0; *s == '\\' && !text &&
		     i < sizeof(escapes) / sizeof(escapes[0]); i++) {
			size_t len = strlen(escapes[i].escape);

			if (strncmp(s, escapes[i].escape, len))
				continue;
			text = escapes[i].text;
			s += len;
		}
		if (*s == '\\' && !text)
			die("the escape '%.5s' is not known", s);
		if (text) {
			memcpy(out + n, text, strlen(text));
			n += strlen(text);
		} else {
			out[n++] = *s++;
		}
	}
	out[n] = '\0';
}

static void add_raw(const char *s)
{
	size_t at = strlen(st.para), n = strlen(s);

	if (at + n + 2 >= sizeof(st.para))
		die("a paragraph is too long");
	if (at && !st.glue && !st.no_space)
		st.para[at++] = ' ';
	memcpy(st.para + at, s, n + 1);
	st.glue = false;
}

static void add(const char *s)
{
	char text[LINE_MAX_];

	unescape(s, text, sizeof(text));
	add_raw(text);
}

static bool is_closing(const char *s)
{
	return *s && !s[1] && strchr(".,:;)]?!", *s);
}

static bool is_opening(const char *s)
{
	return *s && !s[1] && strchr("([", *s);
}

/* A plain argument: punctuation joins its neighbour. */
static void add_arg(const char *s)
{
	if (is_closing(s))
		st.glue = true;
	add(s);
	if (is_opening(s))
		st.glue = true;
}

/* -- macros inside a line ------------------------------------------------ */

struct macro {
	const char *name;
	const char *before;		/* each argument: "-" of Fl */
	const char *open, *close;	/* around all that follows */
	const char *empty;		/* without an argument */
};

static const struct macro macros[] = {
	{ "Ar", "", NULL, NULL, "file ..." }, { "Fl", "-", NULL, NULL, "-" },
	{ "Cm", "", NULL, NULL, "" }, { "Ic", "", NULL, NULL, "" },
	{ "Ev", "", NULL, NULL, "" }, { "Va", "", NULL, NULL, "" },
	{ "Pa", "", NULL, NULL, "~" }, { "Er", "", NULL, NULL, "" },
	{ "Li", "", NULL, NULL, "" }, { "Em", "", NULL, NULL, "" },
	{ "Sy", "", NULL, NULL, "" }, { "Dv", "", NULL, NULL, "" },
	{ "Vt", "", NULL, NULL, "" }, { "No", "", NULL, NULL, "" },
	{ "An", "", NULL, NULL, "" }, { "Sx", "", NULL, NULL, "" },
	{ "Op", "", "[", "]", "" }, { "Pq", "", "(", ")", "" },
	{ "Bq", "", "[", "]", "" }, { "Brq", "", "{", "}", "" },
	{ "Dq", "", "\"", "\"", "" }, { "Sq", "", "'", "'", "" },
	{ "Ql", "", "'", "'", "" }, { "Qq", "", "\"", "\"", "" },
	{ "Aq", "", "<", ">", "" },
	{ "Nm", NULL, NULL, NULL, NULL }, { "Xr", NULL, NULL, NULL, NULL },
	{ "Ns", NULL, NULL, NULL, NULL }, { "Pf", NULL, NULL, NULL, NULL },
	{ "Ap", NULL, NULL, NULL, NULL }, { "Oo", NULL, "[", NULL, NULL },
	{ "Oc", NULL, NULL, "]", NULL }, { "Po", NULL, "(", NULL, NULL },
	{ "Pc", NULL, NULL, ")", NULL }, { "Lk", NULL, NULL, NULL, NULL },
	{ "Ta", NULL, NULL, NULL, NULL },
};

static const struct macro *macro_of(const char *s)
{
	for (size_t i = 0; i < sizeof(macros) / sizeof(macros[0]); i++)
		if (!strcmp(macros[i].name, s))
			return &macros[i];
	return NULL;
}

static int inline_from(char **arg, int n, int i);

static int special(const struct macro *m, char **arg, int n, int i)
{
	char text[256];

	if (!strcmp(m->name, "Nm")) {
		if (i < n && !macro_of(arg[i]) && !is_closing(arg[i]))
			add(arg[i++]);
		else
			add(st.name);
	} else if (!strcmp(m->name, "Xr")) {
		if (i + 1 >= n)
			die("Xr needs a name and a section");
		snprintf(text, sizeof(text), "%s(%s)", arg[i], arg[i + 1]);
		add(text);
		i += 2;
	} else if (!strcmp(m->name, "Ns")) {
		st.glue = true;
	} else if (!strcmp(m->name, "Pf")) {
		add(arg[i++]);
		st.glue = true;
	} else if (!strcmp(m->name, "Ap")) {
		st.glue = true;
		add("'");
		st.glue = true;
	} else if (m->open) {
		add(m->open);
		st.glue = true;
	} else if (m->close) {
		st.glue = true;
		add(m->close);
	}
	return i;
}

/* Arguments of one macro, up to the next macro. */
static int arguments(const struct macro *m, char **arg, int n, int i)
{
	char text[LINE_MAX_];
	int given = 0;

	for (; i < n && !macro_of(arg[i]); i++) {
		if (is_closing(arg[i]) || is_opening(arg[i]) ||
		    !strcmp(arg[i], "|")) {
			if (!given && *m->empty && is_closing(arg[i]))
				add(m->empty), given++;
			add_arg(arg[i]);
			continue;
		}
		snprintf(text, sizeof(text), "%s%s", m->before, arg[i]);
		add(text);
		given++;
	}
	if (!given && *m->empty)
		add(m->empty);
	return i;
}

/* Op and friends: to the end of the line, closing punctuation outside. */
static int enclosed(const struct macro *m, char **arg, int n, int i)
{
	int end = n;

	while (end > i && is_closing(arg[end - 1]))
		end--;
	add(m->open);
	st.glue = true;
	inline_from(arg, end, i);
	st.glue = true;
	add(m->close);
	for (; end < n; end++)
		add_arg(arg[end]);
	return n;
}

static int inline_from(char **arg, int n, int i)
{
	while (i < n) {
		const struct macro *m = macro_of(arg[i]);

		if (!m) {
			add_arg(arg[i++]);
		} else if (!m->before) {
			i = special(m, arg, n, i + 1);
		} else if (m->open) {
			i = enclosed(m, arg, n, i + 1);
		} else {
			i = arguments(m, arg, n, i + 1);
		}
	}
	return i;
}

/* -- blocks -------------------------------------------------------------- */

static void paragraph(void)
{
	flush_para();
	st.blank_due = true;
}

static void heading(char **arg, int n, int indent)
{
	char text[256] = "";

	for (int i = 1; i < n; i++) {
		if (i > 1)
			strncat(text, " ", sizeof(text) - strlen(text) - 1);
		strncat(text, arg[i], sizeof(text) - strlen(text) - 1);
	}
	flush_para();
	st.indent = INDENT;
	st.hang = 0;
	st.blank_due = true;
	blank();
	c_line(text, indent);
	st.fresh_heading = true;
	if (!indent)
		st.synopsis = !strcmp(text, "SYNOPSIS");
}

static int width_of(char **arg, int n)
{
	for (int i = 1; i + 1 < n; i++)
		if (!strcmp(arg[i], "-width"))
			return !strcmp(arg[i + 1], "Ds") ? 8
			       : (int)strlen(arg[i + 1]) + 2;
	return 8;
}

static bool has(char **arg, int n, const char *word)
{
	for (int i = 1; i < n; i++)
		if (!strcmp(arg[i], word))
			return true;
	return false;
}

static void begin_list(char **arg, int n)
{
	static const struct {
		const char *name;
		enum list_kind kind;
		int width;
	} kinds[] = {
		{ "-tag", TAG, 0 }, { "-bullet", BULLET, 4 },
		{ "-dash", DASH, 4 }, { "-enum", ENUM, 5 },
		{ "-item", ITEM, -1 }, { "-hang", HANG, 0 },
	};
	struct list *l = &st.lists[st.nlists];

	flush_para();
	if (++st.nlists >= LISTS_MAX)
		die("lists are nested too deeply");
	*l = (struct list){ .width = -2, .indent = st.indent,
			    .compact = has(arg, n, "-compact") };
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (!has(arg, n, kinds[i].name))
			continue;
		l->kind = kinds[i].kind;
		l->width = kinds[i].width > 0 ? kinds[i].width
			   : kinds[i].width < 0 ? 0 : width_of(arg, n);
	}
	if (l->width == -2)
		die("this kind of list is not known");
	if (has(arg, n, "-offset"))
		st.indent += 6;
	l->indent = st.indent;
	st.blank_due = true;
}

static void tag_line(struct list *l, char **arg, int n)
{
	char tag[LINE_MAX_];

	st.indent = l->indent;
	st.hang = 4;
	inline_from(arg, n, 1);
	if ((int)strlen(st.para) + 2 > l->width || l->kind == HANG) {
		flush_para();
	} else {		/* the text starts on the tag's line */
		snprintf(tag, sizeof(tag), "%.*s", (int)sizeof(tag) - 1,
			 st.para);
		for (char *p = tag; *p; p++)
			*p = *p == ' ' ? 0x1f : *p;
		snprintf(st.para, sizeof(st.para), "%s%.*s", tag,
			 l->width - 1 - (int)strlen(tag),
			 "\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f"
			 "\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f"
			 "\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f\x1f");
		st.first = l->indent;
	}
	st.hang = 0;
	st.indent = l->indent + l->width;
}

static void item(char **arg, int n)
{
	struct list *l = &st.lists[st.nlists - 1];
	char mark[16] = "";

	if (!st.nlists)
		die("It outside of a list");
	flush_para();
	st.indent = l->indent;
	st.blank_due = st.blank_due || (!l->compact && l->count);
	if (l->compact && l->count)
		st.blank_due = false;
	l->count++;
	if (l->kind == TAG || l->kind == HANG) {
		tag_line(l, arg, n);
		return;
	}
	if (l->kind == BULLET)
		snprintf(mark, sizeof(mark), "o\x1f\x1f");
	else if (l->kind == DASH)
		snprintf(mark, sizeof(mark), "-\x1f\x1f");
	else if (l->kind == ENUM)
		snprintf(mark, sizeof(mark), "%d.%s", l->count,
			 l->count < 10 ? "\x1f\x1f" : "\x1f");
	st.first = l->indent;
	st.indent = l->indent + l->width;
	if (*mark)
		add_raw(mark);
}

static void end_list(void)
{
	if (!st.nlists)
		die("El without Bl");
	flush_para();
	st.nlists--;
	st.indent = st.nlists ? st.lists[st.nlists - 1].indent +
				st.lists[st.nlists - 1].width : INDENT;
	if (st.ndisplays)
		st.indent = st.displays[st.ndisplays - 1] + 6;
	st.first = -1;
}

static void begin_display(char **arg, int n)
{
	flush_para();
	if (st.ndisplays >= LISTS_MAX)
		die("displays are nested too deeply");
	st.display_literal[st.ndisplays] = st.literal;
	st.displays[st.ndisplays++] = st.indent;
	if (!has(arg, n, "-compact"))
		st.blank_due = true;
	if (has(arg, n, "-offset"))
		st.indent += 6;
	st.literal = has(arg, n, "-literal") || has(arg, n, "-unfilled");
}

static void end_display(void)
{
	if (!st.ndisplays)
		die("Ed without Bd");
	flush_para();
	st.indent = st.displays[--st.ndisplays];
	st.literal = st.display_literal[st.ndisplays];
	st.blank_due = true;
}

static void one_line_display(char **arg, int n)
{
	int old = st.indent;

	flush_para();
	st.indent += 6;
	inline_from(arg, n, 1);
	for (char *p = st.para; *p; p++)
		*p = *p == ' ' ? 0x1f : *p;
	flush_para();
	st.indent = old;
}

static void synopsis_name(char **arg, int n)
{
	flush_para();
	st.hang = 4;
	inline_from(arg, n, 0);
}

static void name_line(char **arg, int n)
{
	if (!st.name[0] && n > 1)
		snprintf(st.name, sizeof(st.name), "%s", arg[1]);
	if (st.synopsis)
		synopsis_name(arg, n);
	else
		inline_from(arg, n, 0);
}

static void description_line(char **arg, int n)
{
	add_raw("-");
	for (int i = 1; i < n; i++)
		add_arg(arg[i]);
}

static void exit_line(void)
{
	add("The");
	add(st.name);
	add("utility exits\x1f""0 on success, and\x1f>0 if an error occurs.");
}

/* -- references (Rs ... Re) ---------------------------------------------- */

#define AUTHORS_MAX	16
#define PARTS_MAX	16

static struct {
	bool is_open;
	int authors, parts;
	char author[AUTHORS_MAX][128], part[PARTS_MAX][256];
} ref;

static void join(char **arg, int n, char *out, size_t size)
{
	out[0] = '\0';
	for (int i = 1; i < n; i++) {
		if (i > 1)
			strncat(out, " ", size - strlen(out) - 1);
		strncat(out, arg[i], size - strlen(out) - 1);
	}
}

/* %A is an author; every other %X is a part, in the order it stands. */
static void reference_line(char **arg, int n)
{
	if (!strcmp(arg[0], "%A") && ref.authors < AUTHORS_MAX)
		join(arg, n, ref.author[ref.authors++],
		     sizeof(ref.author[0]));
	else if (ref.parts < PARTS_MAX)
		join(arg, n, ref.part[ref.parts++], sizeof(ref.part[0]));
}

static void add_words(const char *s, const char *after)
{
	char text[512];
	char *save = NULL;

	snprintf(text, sizeof(text), "%s%s", s, after);
	for (char *w = strtok_r(text, " ", &save); w;
	     w = strtok_r(NULL, " ", &save))
		add(w);
}

static void begin_reference(void)
{
	paragraph();
	memset(&ref, 0, sizeof(ref));
	ref.is_open = true;
}

static void end_reference(void)
{
	for (int i = 0; i < ref.authors; i++) {
		bool last = i + 1 == ref.authors;

		if (last && i)
			add("and");
		add_words(ref.author[i], last && !ref.parts ? "."
					 : last || ref.authors > 2 ? "," : "");
	}
	for (int i = 0; i < ref.parts; i++)
		add_words(ref.part[i], i + 1 == ref.parts ? "." : ",");
	ref.is_open = false;
	paragraph();
}

/* -- a page -------------------------------------------------------------- */

static int split(char *s, char **arg)
{
	int n = 0;

	while (*s) {
		char *to;

		s += strspn(s, " \t");
		if (!*s)
			break;
		if (n == ARGS_MAX)
			die("too many words");
		if (*s != '"') {
			arg[n++] = s;
			s += strcspn(s, " \t");
			if (*s)
				*s++ = '\0';
			continue;
		}
		arg[n++] = to = ++s;
		while (*s && (*s != '"' || s[1] == '"')) {
			s += *s == '"';
			*to++ = *s++;
		}
		if (*s)
			s++;
		*to = '\0';
	}
	return n;
}

static bool block(char **arg, int n)
{
	const char *m = arg[0];

	if (!strcmp(m, "Dd") || !strcmp(m, "Dt") || !strcmp(m, "Os") ||
	    !strcmp(m, "Bk") || !strcmp(m, "Ek"))
		return true;
	if (ref.is_open && m[0] == '%')
		reference_line(arg, n);
	else if (!strcmp(m, "Rs"))
		begin_reference();
	else if (!strcmp(m, "Re"))
		end_reference();
	else if (!strcmp(m, "Sh"))
		heading(arg, n, 0);
	else if (!strcmp(m, "Ss"))
		heading(arg, n, 3);
	else if (!strcmp(m, "Pp"))
		paragraph();
	else if (!strcmp(m, "Bl"))
		begin_list(arg, n);
	else if (!strcmp(m, "It"))
		item(arg, n);
	else if (!strcmp(m, "El"))
		end_list();
	else if (!strcmp(m, "Bd"))
		begin_display(arg, n);
	else if (!strcmp(m, "Ed"))
		end_display();
	else if (!strcmp(m, "Dl") || !strcmp(m, "D1"))
		one_line_display(arg, n);
	else if (!strcmp(m, "Nm"))
		name_line(arg, n);
	else if (!strcmp(m, "Nd"))
		description_line(arg, n);
	else if (!strcmp(m, "Ex"))
		exit_line();
	else if (!strcmp(m, "br"))
		flush_para();
	else
		return false;
	return true;
}

static void text_line(char *s)
{
	char text[LINE_MAX_];
	char *save = NULL;

	if (st.literal) {
		blank();
		unescape(s, text, sizeof(text));
		c_line(text, st.indent);
		return;
	}
	unescape(s, text, sizeof(text));
	for (char *w = strtok_r(text, " \t", &save); w;
	     w = strtok_r(NULL, " \t", &save))
		add_raw(w);
}

static void one_line(char *s)
{
	char *arg[ARGS_MAX];
	int n;

	s[strcspn(s, "\n")] = '\0';
	if (!strncmp(s, ".\\\"", 3))
		return;
	if (*s != '.') {
		text_line(s);
		return;
	}
	n = split(s + 1, arg);
	if (!n)
		return;
	if (block(arg, n))
		return;
	if (!macro_of(arg[0]))
		die("the macro .%s is not known", arg[0]);
	inline_from(arg, n, 0);
	if (st.literal) {
		int hang = st.hang;

		flush_para();
		st.hang = hang;
	}
}

static void page(const char *path, int number)
{
	FILE *f = fopen(path, "r");
	char line[LINE_MAX_];

	memset(&st, 0, sizeof(st));
	st.path = path;
	st.first = -1;
	st.indent = INDENT;
	if (!f) {
		perror(path);
		exit(1);
	}
	printf("static const char *const page%d[] = {\n", number);
	while (fgets(line, sizeof(line), f)) {
		st.line++;
		one_line(line);
	}
	flush_para();
	if (st.nlists || st.ndisplays)
		die("a list or display is not closed");
	printf("\tNULL\n};\n\n");
	fclose(f);
}

int main(int argc, char **argv)
{
	printf("/* Made from man/ by tools/mdoctext; not to be edited. */\n"
	       "#include \"cli/help.h\"\n\n#include <stddef.h>\n\n");
	for (int i = 1; i < argc; i++)
		page(argv[i], i);
	printf("const struct sim_help_page sim_help_pages[] = {\n");
	for (int i = 1; i < argc; i++) {
		const char *slash = strrchr(argv[i], '/');

		printf("\t{ \"%s\", page%d },\n", slash ? slash + 1 : argv[i],
		       i);
	}
	printf("\t{ NULL, NULL }\n};\n");
	return fflush(stdout) || ferror(stdout);
}
