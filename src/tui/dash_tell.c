/* dash: what happened, as lines of text. */
#include <stdio.h>
#include <string.h>

#include "tui/dash_do.h"
#include "tui/figure.h"

/* "2024-01-16 15:04:00 " in the zone that is shown. */
static void put_time(const struct sim_dash *d, sim_time t, struct sim_buf *out)
{
	char text[SIM_FIGURE_MAX];
	int offset = sim_dash_view_offset(d, t);

	if (t == SIM_TIME_NONE)
		return;
	sim_buf_puts(out, sim_figure_date(text, t, offset));
	sim_buf_putc(out, ' ');
	sim_buf_puts(out, sim_figure_clock(text, t, offset));
	sim_buf_putc(out, ' ');
}

/* Words with blanks between them, however they are written. */
static void put_words(struct sim_buf *out, const char *s)
{
	for (; *s; s++)
		sim_buf_putc(out, *s == '_' ? ' ' : *s);
}

static void tell_fill(const struct sim_dash *d, const struct dash_event *e,
		      struct sim_buf *out)
{
	const struct dash_symbol *s = e->symbol < d->n_symbols ?
		&d->symbol[e->symbol] : NULL;
	char text[SIM_FIGURE_MAX];

	sim_buf_printf(out, "fill: %s ", e->side == SIM_SIDE_BUY ? "bought"
								 : "sold");
	sim_buf_puts(out, sim_figure_quantity(text, e->quantity, 8));
	sim_buf_printf(out, " %s at %s, ", s ? s->name : "",
		       sim_figure_dec(text, e->price, s ? s->decimals : 2));
	put_words(out, sim_vocab_fill_reason_text(e->reason));
	sim_buf_printf(out, ", order %s, fee %s, ", e->order,
		       sim_figure_dec(text, e->commission, 2));
	sim_buf_printf(out, "holding %s%s%s",
		       sim_figure_quantity(text, e->position, 8),
		       e->is_partial ? ", partial" : "",
		       e->is_ambiguous ? ", ambiguous" : "");
}

static void tell_event(const struct sim_dash *d, const struct dash_event *e,
		       struct sim_buf *out)
{
	static const char *const words[] = {
		[DASH_REJECTED] = "rejected: ", [DASH_ENDED] = "",
		[DASH_MADE] = "", [DASH_ACTION] = "", [DASH_MARK] = "mark: ",
	};
	char text[SIM_FIGURE_MAX];

	put_time(d, e->time, out);
	if (e->kind == DASH_FILL) {
		tell_fill(d, e, out);
	} else {
		if (*e->order)
			sim_buf_printf(out, "order %s ", e->order);
		sim_buf_puts(out, words[e->kind]);
		put_words(out, e->text);
		if (e->quantity)
			sim_buf_printf(out, ", %s %s",
				       sim_vocab_side_text(e->side),
				       sim_figure_quantity(text, e->quantity,
							   8));
		if (e->symbol < d->n_symbols)
			sim_buf_printf(out, " %s", d->symbol[e->symbol].name);
	}
	sim_buf_putc(out, '\n');
}

/* How it goes with the source, and with the session. */
static void tell_source(const struct sim_dash *d, struct sim_dash_told *told,
			struct sim_buf *out)
{
	static const char *const links[] = {
		[SIM_DASH_CONNECTED] = "connected",
		[SIM_DASH_CONNECTING] = "connecting",
		[SIM_DASH_RECONNECTING] = "the connection is lost",
		[SIM_DASH_CLOSED] = "nothing more comes",
	};
	const char *state = sim_dash_team_word(d->state);

	if (told->link != (int)d->link || strcmp(told->why, d->why) != 0) {
		sim_buf_printf(out, "%s%s%s\n", links[d->link],
			       d->why[0] ? ": " : "", d->why);
		told->link = (int)d->link;
		sim_dash_copy(told->why, sizeof(told->why), d->why);
	}
	if (told->is_stale != d->is_stale && d->link == SIM_DASH_CONNECTED)
		sim_buf_puts(out, d->is_stale ? "prices are stale\n" :
			     "prices come again\n");
	told->is_stale = d->is_stale;
	if (!*state || (!strcmp(told->state, state) &&
			(!told->is_last || told->step == d->step)))
		return;
	told->step = d->step;
	put_time(d, d->sim_time, out);
	sim_buf_printf(out, "%s, step %llu", state,
		       (unsigned long long)d->step);
	if (d->account.is_known) {
		char text[SIM_FIGURE_MAX];

		sim_buf_printf(out, ", equity %s",
			       sim_figure_dec(text, d->account.equity, 2));
	}
	sim_buf_putc(out, '\n');
	sim_dash_copy(told->state, sizeof(told->state), state);
}

void sim_dash_tell(const struct sim_dash *d, struct sim_dash_told *told,
		   struct sim_buf *out)
{
	uint64_t first = d->n_heard - d->n_events;
	/* The last ones wait for their step. */
	uint64_t end = d->n_heard - (told->is_last ? 0 : d->n_ahead);

	for (uint64_t i = told->n_events > first ? told->n_events : first;
	     i < end; i++) {
		tell_event(d, sim_dash_book_at(d, (size_t)(d->n_heard - 1 - i)),
			   out);
		told->n_events = i + 1;
	}
	first = d->n_logged - d->n_lines;
	for (uint64_t i = told->n_lines > first ? told->n_lines : first;
	     i < d->n_logged; i++) {
		const struct dash_line *l = &d->line[(d->first_line +
			(size_t)(i - first)) % SIM_DASH_LOG];

		put_time(d, l->time, out);
		sim_buf_printf(out, "%s\n", l->text);
	}
	told->n_lines = d->n_logged;
	tell_source(d, told, out);
}
