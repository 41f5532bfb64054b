/* bars_out: one bar a row, with its flags in words. */
#include "cli/bars_out.h"

#include <unistd.h>

#include "util/buf.h"
#include "util/file.h"

#define PIECE	(1 << 20)	/* bytes handed on at once */

const struct sim_out_col sim_bars_out_cols[] = {
	{ "time", SIM_OUT_COL_ID }, { "open", 0 }, { "high", 0 }, { "low", 0 },
	{ "close", 0 }, { "volume", 0 }, { "flags", SIM_OUT_COL_WIDE },
	{ NULL, 0 }
};

static void put_flags(struct sim_out *o, unsigned flags)
{
	const char *words[2];
	size_t n = 0;

	if (flags & SIM_BAR_SYNTHETIC)
		words[n++] = "synthetic";
	if (flags & SIM_BAR_PARTIAL)
		words[n++] = "partial";
	if (n)
		sim_out_strs(o, "flags", words, n);
}

void sim_bars_out_list(struct sim_out *o, const struct sim_bar_series *s)
{
	sim_out_list(o, sim_bars_out_cols);
	for (size_t i = 0; i < s->n && sim_out_wants_more(o); i++) {
		sim_out_row(o);
		sim_out_time(o, "time", s->ts[i]);
		sim_out_dec(o, "open", s->open[i]);
		sim_out_dec(o, "high", s->high[i]);
		sim_out_dec(o, "low", s->low[i]);
		sim_out_dec(o, "close", s->close[i]);
		if (s->volume)
			sim_out_dec(o, "volume", s->volume[i]);
		if (s->flags)
			put_flags(o, s->flags[i]);
		sim_out_row_end(o);
	}
	sim_out_end(o);
}

static void csv_row(struct sim_buf *b, const struct sim_bar_series *s, size_t i)
{
	const sim_dec *cols[] = { s->open, s->high, s->low, s->close,
				  s->volume };

	sim_buf_time(b, s->ts[i]);
	for (int k = 0; k < 5 && cols[k]; k++) {
		sim_buf_putc(b, ',');
		sim_buf_dec(b, cols[k][i], 0);
	}
	sim_buf_putc(b, '\n');
}

/* Rows from *i on until the buffer holds a piece. */
static void csv_piece(struct sim_buf *b, const struct sim_bar_series *s,
		      size_t *i)
{
	if (!*i) {
		sim_buf_puts(b, "time,open,high,low,close");
		sim_buf_puts(b, s->volume ? ",volume\n" : "\n");
	}
	while (*i < s->n && b->len < PIECE)
		csv_row(b, s, (*i)++);
}

void sim_bars_out_csv(struct sim_out *o, const struct sim_bar_series *s)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	size_t i = 0;

	do {
		sim_buf_reset(&b);
		csv_piece(&b, s, &i);
		sim_out_write(o, b.data, b.len);
	} while (i < s->n);
	sim_buf_release(&b);
}

int sim_bars_out_file(const char *path, const struct sim_bar_series *s,
		      struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_file_new f;
	size_t i = 0;
	int rc = sim_file_new_open(&f, path, 0666, err);

	if (rc)
		return rc;
	do {
		sim_buf_reset(&b);
		csv_piece(&b, s, &i);
		rc = sim_file_new_write(&f, b.data, b.len, err);
	} while (!rc && i < s->n);
	if (!rc)
		rc = sim_file_new_commit(&f, err);
	if (rc)
		sim_file_new_abort(&f);
	sim_buf_release(&b);
	return rc;
}
