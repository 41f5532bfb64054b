/* folder: a run as files that other programs read. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run/folder.h"
#include "util/file.h"
#include "util/mem.h"

static int put(const char *to, const char *name, const struct sim_buf *b,
	       struct sim_err *err)
{
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_buf_printf(&path, "%s/%s", to, name);
	rc = sim_file_write(path.data, sim_buf_str(b), b->len, 0644, err);
	sim_buf_release(&path);
	return rc;
}

static bool has(const struct sim_folder *f, const char *name)
{
	struct sim_buf path = SIM_BUF_INIT(SIM_BUF_MAX);
	bool is_there;

	sim_buf_printf(&path, "%s/%s", f->path, name);
	is_there = !access(path.data, F_OK);
	sim_buf_release(&path);
	return is_there;
}

static int copy(const struct sim_folder *f, const char *to, const char *name,
		struct sim_err *err)
{
	struct sim_buf from = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_buf_printf(&from, "%s/%s", f->path, name);
	rc = sim_file_read(from.data, SIM_BUF_MAX, &b, err);
	if (!rc)
		rc = put(to, name, &b, err);
	sim_buf_release(&from);
	sim_buf_release(&b);
	return rc;
}

static void add_dec(struct sim_buf *b, sim_dec v)
{
	sim_buf_putc(b, ',');
	sim_buf_dec(b, v, 0);
}

static void add_text(struct sim_buf *b, const char *s)
{
	sim_buf_putc(b, ',');
	sim_buf_puts(b, s);
}

static int export_fills(const struct sim_folder *f, const char *to,
			struct sim_err *err)
{
	const struct sim_run_result *r = &f->result;
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_buf_puts(&b, "fill,time,symbol,side,quantity,price,commission,"
			 "realized,reason,order,seq\n");
	for (size_t i = 0; i < r->nfills; i++) {
		const struct sim_fill *x = &r->fills[i];

		sim_buf_int(&b, (int64_t)i + 1);
		sim_buf_putc(&b, ',');
		sim_buf_time(&b, x->time);
		add_text(&b, r->instruments[x->sym].symbol);
		add_text(&b, sim_vocab_side_text(x->side));
		add_dec(&b, x->qty);
		add_dec(&b, x->price);
		add_dec(&b, x->commission);
		add_dec(&b, x->realized);
		add_text(&b, sim_vocab_fill_reason_text(x->reason));
		sim_buf_putc(&b, ',');
		sim_buf_int(&b, x->order);
		sim_buf_putc(&b, ',');
		sim_buf_int(&b, x->seq);
		sim_buf_putc(&b, '\n');
	}
	rc = put(to, "fills.csv", &b, err);
	sim_buf_release(&b);
	return rc;
}

/* Nothing for a price that an order doesn't have. */
static void add_price(struct sim_buf *b, sim_dec v)
{
	if (v)
		add_dec(b, v);
	else
		sim_buf_putc(b, ',');
}

static void add_order(struct sim_buf *b, const struct sim_run_result *r,
		      const struct sim_run_order *o)
{
	const struct sim_order *x = &o->order;

	sim_buf_int(b, x->id);
	sim_buf_putc(b, ',');
	sim_buf_time(b, o->submitted);
	sim_buf_putc(b, ',');
	if (o->ended != SIM_TIME_NONE)
		sim_buf_time(b, o->ended);
	add_text(b, r->instruments[x->sym].symbol);
	add_text(b, sim_vocab_side_text(x->side));
	add_text(b, sim_vocab_order_type_text(x->type));
	add_text(b, sim_vocab_tif_text(x->tif));
	add_text(b, sim_vocab_order_status_text(x->status));
	add_dec(b, x->qty);
	add_dec(b, x->filled);
	add_price(b, x->limit);
	add_price(b, x->stop);
	add_dec(b, x->commission);
	sim_buf_putc(b, '\n');
}

static int export_orders(const struct sim_folder *f, const char *to,
			 struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_run_order *o;
	size_t n;
	int rc;

	if (!f->result.log.len)
		return SIM_OK;
	rc = sim_run_orders(&f->result, &o, &n, err);
	if (rc)
		return rc;
	sim_buf_puts(&b, "order,submitted,ended,symbol,side,type,"
			 "time_in_force,status,quantity,filled,limit,stop,"
			 "commission\n");
	for (size_t i = 0; i < n; i++)
		add_order(&b, &f->result, &o[i]);
	sim_run_orders_free(o, n);
	rc = put(to, "orders.csv", &b, err);
	sim_buf_release(&b);
	return rc;
}

static int export_equity(const struct sim_folder *f, const char *to,
			 struct sim_err *err)
{
	const struct sim_run_equity *q = &f->result.equity;
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	int rc;

	sim_buf_puts(&b, "time,equity,session_close");
	if (q->benchmark)
		add_text(&b, "benchmark");
	sim_buf_putc(&b, '\n');
	for (size_t i = 0; i < q->n; i++) {
		sim_buf_time(&b, q->time[i]);
		add_dec(&b, q->value[i]);
		add_text(&b, q->eod[i] ? "1" : "0");
		if (q->benchmark)
			add_dec(&b, q->benchmark[i]);
		sim_buf_putc(&b, '\n');
	}
	rc = put(to, "equity.csv", &b, err);
	sim_buf_release(&b);
	return rc;
}

int sim_folder_export(const struct sim_folder *f, const char *to,
		      struct sim_err *err)
{
	static const char *const copies[] = {
		"manifest.json", "summary.json", "events.ndjson"
	};
	static const char *const some[] = { "notes.ndjson", SIM_FOLDER_SCRIPT };
	int rc = SIM_OK;

	if (mkdir(to, 0755))
		return sim_err_set(err, SIM_E_CANTCREAT, "the folder %s cannot "
				   "be made: %s; name one that does not exist",
				   to, strerror(errno));
	for (int i = 0; !rc && i < 3; i++)
		rc = copy(f, to, copies[i], err);
	for (int i = 0; !rc && i < 2; i++)
		rc = has(f, some[i]) ? copy(f, to, some[i], err) : SIM_OK;
	if (!rc)
		rc = export_fills(f, to, err);
	if (!rc)
		rc = export_orders(f, to, err);
	return rc ? rc : export_equity(f, to, err);
}
