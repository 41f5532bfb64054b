/* simutrador help: the manual pages, which are part of the program. */
#include "cli/help.h"

#include <string.h>

#include "util/str.h"

extern const struct sim_cmd sim_cmd_help;

#define PAGES_MAX	64

static const char *const examples[] = {
	"simutrador help data",
	"simutrador help simutrador.conf",
	NULL
};

/* "data", "simutrador-data", "simutrador-data.1" all name that page. */
static bool is_page(const char *name, const char *topic)
{
	static const char lead[] = "simutrador-";
	size_t n = strlen(topic);

	if (!strncmp(name, lead, sizeof(lead) - 1) &&
	    strncmp(topic, lead, sizeof(lead) - 1))
		name += sizeof(lead) - 1;
	return !strncmp(name, topic, n) &&
	       (!name[n] || (name[n] == '.' && !strchr(name + n + 1, '.')));
}

static const struct sim_help_page *find_page(const char *topic)
{
	for (const struct sim_help_page *g = sim_help_pages; g->name; g++)
		if (is_page(g->name, topic))
			return g;
	return NULL;
}

/* What to type for a page, into buf. */
static const char *topic_of(const char *name, char *buf, size_t size)
{
	const char *s = strncmp(name, "simutrador-", 11) ? name : name + 11;
	size_t n = (size_t)(strrchr(s, '.') - s);

	n = n < size ? n : size - 1;
	memcpy(buf, s, n);
	buf[n] = '\0';
	return buf;
}

static int no_page(const char *topic, struct sim_err *err)
{
	static char words[PAGES_MAX][40];
	const char *list[PAGES_MAX + 1], *near;
	size_t n = 0;

	for (const struct sim_help_page *g = sim_help_pages;
	     g->name && n < PAGES_MAX; g++, n++)
		list[n] = topic_of(g->name, words[n], sizeof(words[n]));
	list[n] = NULL;
	near = sim_str_near(topic, list);
	return sim_err_set(err, SIM_E_NOENT,
			   "there is no manual page '%s'%s%s%s", topic,
			   near ? "; did you mean '"
				: "; simutrador help lists them",
			   near ? near : "", near ? "'?" : "");
}

static void list_topics(struct sim_out *o)
{
	char buf[40];

	sim_out_puts(o, "\nTopics of simutrador help:\n");
	for (const struct sim_help_page *g = sim_help_pages; g->name; g++)
		sim_out_printf(o, "  %-20s %s\n",
			       topic_of(g->name, buf, sizeof(buf)), g->name);
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	const struct sim_help_page *g;

	if (!cli->argc) {
		sim_help_all(cli->out);
		list_topics(cli->out);
		return SIM_OK;
	}
	g = find_page(cli->argv[0]);
	if (!g)
		return no_page(cli->argv[0], err);
	sim_cli_page(cli);
	for (const char *const *l = g->lines; *l; l++) {
		sim_out_puts(cli->out, *l);
		sim_out_puts(cli->out, "\n");
	}
	return SIM_OK;
}

const struct sim_cmd sim_cmd_help = {
	.name = "help", .summary = "print a manual page", .operands = "[TOPIC]",
	.max = 1, .words = SIM_OPT_WORDS_TOPIC, .examples = examples,
	.flags = SIM_CMD_PLAIN, .run = run,
};
