/* complete: what may stand at the cursor. */
#include "cli/complete.h"

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/help.h"
#include "cli/live.h"
#include "report/metrics.h"
#include "report/sheet.h"
#include "script/expr.h"
#include "strategy/registry.h"
#include "util/buf.h"
#include "util/mem.h"

struct place {
	int argc;			/* words before the current one */
	char **argv;
	const char *current;		/* what is typed of it */
	const char *prefix;		/* "--opt=" that stays before values */
	struct sim_cli *cli;
	const struct sim_cmd *cmd;
};

static void offer(const struct place *p, const char *word, const char *what)
{
	size_t n = strlen(p->current);

	if (!strncmp(word, p->current, n))
		printf("%s%s\t%s\n", p->prefix, word, what);
}

static void offer_options(const struct place *p, const struct sim_opt *opts)
{
	char word[64];

	for (; opts && opts->kind; opts++) {
		if (opts->flags & SIM_OPT_HIDDEN)
			continue;
		snprintf(word, sizeof(word), "--%s", opts->name);
		offer(p, word, opts->help);
	}
}

/* -- values by kind ------------------------------------------------------ */

/* The names a value of an expression can have. */
static void offer_metrics(const struct place *p)
{
	for (int i = 0; i < SIM_METRICS__COUNT; i++)
		offer(p, sim_metrics_row((enum sim_metrics_id)i)->key,
		      sim_metrics_row((enum sim_metrics_id)i)->title);
}

/* The parameter that a word of the line gives a value, and its length. */
static const char *param_of(const struct place *p, int i, size_t *n)
{
	const char *word = p->argv[i], *last = i ? p->argv[i - 1] : "";

	if (!strncmp(word, "--param=", 8))
		word += 8;
	else if (!strncmp(word, "-p", 2) && word[2])
		word += 2;
	else if (strcmp(last, "-p") && strcmp(last, "--param"))
		return NULL;
	*n = strcspn(word, "=");
	return word[*n] ? word : NULL;
}

static void offer_varied(const struct place *p, const char *before)
{
	struct sim_buf name = SIM_BUF_INIT(SIM_BUF_MAX);
	const char *s;
	size_t n;

	for (int i = 0; i < p->argc; i++) {
		s = param_of(p, i, &n);
		if (!s)
			continue;
		sim_buf_reset(&name);
		sim_buf_puts(&name, before);
		sim_buf_add(&name, s, n);
		offer(p, sim_buf_str(&name), "parameter");
	}
	sim_buf_release(&name);
}

/* What an expression over points can name. */
static void offer_points(const struct place *p)
{
	offer(p, "point", "number of the point");
	offer(p, "equity", "equity at the end");
	offer_varied(p, "");
	offer_metrics(p);
}

static void offer_fields(const struct place *p)
{
	const struct sim_cmd *c = p->cmd;
	const struct sim_out_col *k = !c ? NULL : c->cols_of ? c->cols_of()
							      : c->cols;

	for (; k && k->name; k++)
		offer(p, k->name, "field");
	/* The rows of a sweep have what is asked of it. */
	if (!c || !(c->flags & SIM_CMD_FIELDS))
		return;
	offer(p, "point", "number of the point");
	offer(p, "objective", "what is maximized");
	offer(p, "equity", "equity at the end");
	offer_varied(p, "params.");
	offer_metrics(p);
}

/* The last of a list. */
static void offer_last(const struct place *p,
		       void (*names)(const struct place *p))
{
	const char *comma = strrchr(p->current, ',');
	size_t n = comma ? (size_t)(comma + 1 - p->current) : 0;
	struct sim_buf head = SIM_BUF_INIT(SIM_BUF_MAX);
	struct place at = *p;

	sim_buf_puts(&head, p->prefix);
	sim_buf_add(&head, p->current, n);
	at.prefix = sim_buf_str(&head);
	at.current = p->current + n;
	names(&at);
	sim_buf_release(&head);
}

/* What may end an expression: a name goes on from where it starts. */
static void offer_expr(const struct place *p,
		       void (*names)(const struct place *p))
{
	static const char name[] = "abcdefghijklmnopqrstuvwxyz_.0123456789";
	struct sim_buf head = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf word = SIM_BUF_INIT(SIM_BUF_MAX);
	struct place at = *p;
	size_t n = strlen(p->current);

	while (n && strchr(name, p->current[n - 1]))
		n--;
	sim_buf_puts(&head, p->prefix);
	sim_buf_add(&head, p->current, n);
	at.prefix = sim_buf_str(&head);
	at.current = p->current + n;
	names(&at);
	for (int i = 0; n + strlen(at.current) && sim_expr_function(i); i++) {
		sim_buf_reset(&word);
		sim_buf_add(&word, sim_expr_function(i),
			    strcspn(sim_expr_function(i), "(") + 1);
		offer(&at, sim_buf_str(&word), sim_expr_function(i));
	}
	sim_buf_release(&head);
	sim_buf_release(&word);
}

static void offer_settings(const struct place *p)
{
	for (int i = 0; i < SIM_SETTINGS__COUNT; i++)
		offer(p, sim_settings_rows[i].key, sim_settings_rows[i].help);
}

static void offer_profile(void *ctx, const char *name)
{
	offer(ctx, name, "profile");
}

static void offer_timeframes(const struct place *p)
{
	static const char *const list[] = {
		"1min", "5min", "15min", "30min", "1h", "2h", "4h", "daily",
		"weekly", NULL
	};

	for (int i = 0; list[i]; i++)
		offer(p, list[i], "timeframe");
}

static void offer_topics(const struct place *p)
{
	char word[64];

	for (const struct sim_help_page *g = sim_help_pages; g->name; g++) {
		const char *dash = strchr(g->name, '-');
		const char *s = dash ? dash + 1 : g->name;

		snprintf(word, sizeof(word), "%.*s",
			 (int)(strrchr(s, '.') - s), s);
		offer(p, word, g->name);
	}
}

/* The value of an option among the words before the cursor, or NULL. */
static const char *value_of(const struct place *p, const char *name)
{
	size_t n = strlen(name);

	for (int i = 0; i < p->argc; i++) {
		if (strncmp(p->argv[i], name, n))
			continue;
		if (p->argv[i][n] == '=')
			return p->argv[i] + n + 1;
		if (!p->argv[i][n] && i + 1 < p->argc)
			return p->argv[i + 1];
	}
	return NULL;
}

static void offer_param(const struct place *p,
			const struct sim_registry_param *q)
{
	char word[64];

	snprintf(word, sizeof(word), "%s=", q->name);
	offer(p, word, q->help);
}

static void offer_params(const struct place *p)
{
	const char *name = value_of(p, "--strategy");
	const struct sim_registry_param *q;
	const struct sim_registry_row *r;

	if (!name || sim_registry_find(name, &r, NULL))
		return;
	for (int i = 0; i < r->nparams; i++)
		offer_param(p, &r->params[i]);
	for (int i = 0; (q = sim_registry_shared(i)); i++)
		offer_param(p, q);
}

static void offer_sections(const struct place *p)
{
	for (const char *const *s = sim_sheet_sections(); *s; s++)
		offer(p, *s, "section");
}

static void live_word(void *ctx, const char *word, const char *what)
{
	offer(ctx, word, what);
}

static void offer_words(const struct place *p, enum sim_opt_words words)
{
	switch (words) {
	case SIM_OPT_WORDS_NONE:
	case SIM_OPT_WORDS_SHELL:
		break;
	case SIM_OPT_WORDS_FILE:
		puts(":files");
		break;
	case SIM_OPT_WORDS_FIELD:
		offer_last(p, offer_fields);
		break;
	case SIM_OPT_WORDS_EXPR:
		offer_expr(p, offer_fields);
		break;
	case SIM_OPT_WORDS_METRIC:
		offer_expr(p, offer_metrics);
		break;
	case SIM_OPT_WORDS_POINT:
		offer_expr(p, offer_points);
		break;
	case SIM_OPT_WORDS_METRICS:
		offer_last(p, offer_metrics);
		offer(p, "all", "all metrics");
		break;
	case SIM_OPT_WORDS_TOPIC:
		offer_topics(p);
		break;
	case SIM_OPT_WORDS_SETTING:
		offer_settings(p);
		break;
	case SIM_OPT_WORDS_TIMEFRAME:
		offer_timeframes(p);
		break;
	case SIM_OPT_WORDS_PARAM:
		offer_params(p);
		break;
	case SIM_OPT_WORDS_SECTION:
		offer_sections(p);
		break;
	case SIM_OPT_WORDS_PROFILE:
		sim_settings_profiles(p->cli->arena, offer_profile, (void *)p);
		break;
	case SIM_OPT_WORDS_SYMBOL:
	case SIM_OPT_WORDS_RUN:
	case SIM_OPT_WORDS_STRATEGY:
	case SIM_OPT_WORDS_MODEL:
	case SIM_OPT_WORDS_CALENDAR:
	case SIM_OPT_WORDS_SWEEP:
	case SIM_OPT_WORDS_SESSION:
	case SIM_OPT_WORDS_EITHER:
	case SIM_OPT_WORDS_ORDER:
		sim_live_words(p->cli, words, live_word, (void *)p);
		break;
	}
}

static void offer_value(const struct place *p, const struct sim_opt *o)
{
	for (const char *const *c = o->choices; c && *c; c++)
		offer(p, *c, o->help);
	for (const char *const *c = o->offers; c && *c; c++)
		offer(p, *c, o->help);
	if (o->kind == SIM_OPT_TF)
		offer_timeframes(p);
	else if (o->kind == SIM_OPT_PATH)
		offer_words(p, SIM_OPT_WORDS_FILE);
	else
		offer_words(p, o->words);
}

/* -- the place ----------------------------------------------------------- */

/* The option that waits for a value just before the cursor, or NULL. */
static const struct sim_opt *waiting(const struct place *p)
{
	const struct sim_opt *own = p->cmd ? p->cmd->opts : NULL;
	const char *last = p->argc ? p->argv[p->argc - 1] : NULL;
	const struct sim_opt *o = NULL;

	if (!last || last[0] != '-' || !last[1] || strchr(last, '='))
		return NULL;
	if (last[1] == '-') {
		o = sim_opt_find(own, last + 2, strlen(last + 2));
		if (!o)
			o = sim_opt_find(sim_cli_opts, last + 2,
					 strlen(last + 2));
	} else if (!last[2]) {
		o = sim_opt_find_letter(own, last[1]);
		if (!o)
			o = sim_opt_find_letter(sim_cli_opts, last[1]);
	}
	return o && sim_opt_has_value(o) ? o : NULL;
}

static void offer_commands(const struct place *p, const char *group)
{
	size_t n = group ? strlen(group) : 0;
	const char *before = "";
	size_t nbefore = 0;

	for (const struct sim_cmd *const *c = sim_cli_table; *c; c++) {
		const char *name = (*c)->name;
		size_t len = strcspn(name, " ");
		char word[32];

		if (group) {
			if (len == n && !strncmp(name, group, n) && name[n])
				offer(p, name + n + 1, (*c)->summary);
			continue;
		}
		if (len == nbefore && !strncmp(before, name, len))
			continue;
		before = name;
		nbefore = len;
		snprintf(word, sizeof(word), "%.*s", (int)len, name);
		offer(p, word, name[len] ? sim_cli_group(word)
					 : (*c)->summary);
	}
}

static void offer_operands(const struct place *p)
{
	for (const char *const *c = p->cmd->choices; c && *c; c++)
		offer(p, *c, p->cmd->operands);
	offer_words(p, p->cmd->words);
}

/* `--opt=val`: values of that option, with the part before them. */
static bool offer_attached(struct place *p)
{
	char *eq = strchr(p->current, '=');
	const struct sim_opt *o;
	char *prefix;
	size_t n;

	if (strncmp(p->current, "--", 2) || !eq)
		return false;
	n = (size_t)(eq - p->current) - 2;
	o = sim_opt_find(p->cmd ? p->cmd->opts : NULL, p->current + 2, n);
	if (!o)
		o = sim_opt_find(sim_cli_opts, p->current + 2, n);
	if (o && sim_opt_has_value(o)) {
		prefix = sim_mem_strndup(p->current, n + 3);
		p->prefix = prefix;
		p->current = eq + 1;
		offer_value(p, o);
		p->prefix = "";
		sim_mem_free(prefix);
	}
	return true;
}

static void complete(struct place *p)
{
	int at[2], n = sim_cli_words(p->argc, p->argv, at);
	const char *first = n > 0 ? p->argv[at[0]] : NULL;
	const struct sim_opt *o;

	if (n > 1)
		p->cmd = sim_cli_find(first, p->argv[at[1]]);
	if (n > 0 && !p->cmd)
		p->cmd = sim_cli_find(first, NULL);
	if (offer_attached(p))
		return;
	o = waiting(p);
	if (o)
		offer_value(p, o);
	else if (p->current[0] == '-' && p->current[1]) {
		offer_options(p, p->cmd ? p->cmd->opts : NULL);
		offer_options(p, sim_cli_opts);
	} else if (p->cmd)
		offer_operands(p);
	else if (n < 2)
		offer_commands(p, first);
}

int sim_complete_main(int argc, char **argv)
{
	struct sim_mem_arena arena = SIM_MEM_ARENA_INIT;
	struct sim_settings settings = { .values = { { NULL, NULL } } };
	struct sim_cli cli = { .arena = &arena, .settings = &settings };
	struct place p = {
		.argc = argc > 0 ? argc - 1 : 0, .argv = argv,
		.current = argc > 0 ? argv[argc - 1] : "", .prefix = "",
		.cli = &cli,
	};

	sim_cli_light(&cli, p.argc, argv);
	complete(&p);
	sim_store_close(cli.store);
	sim_settings_release(&settings);
	sim_mem_arena_release(&arena);
	return fflush(stdout) ? SIM_E_IO : SIM_OK;
}
