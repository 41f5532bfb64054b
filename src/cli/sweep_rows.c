/* sweep_rows: lines of a ledger by the block, of a file at once. */
#include "cli/sweep_rows.h"

#include <string.h>

#include "cli/source.h"
#include "util/file.h"
#include "util/mem.h"

#define BLOCK		((size_t)1 << 20)
#define FILE_BYTES_MAX	((size_t)16 << 30)

void sim_sweep_rows_from(struct sim_sweep_rows *r, const struct sim_ledger *l)
{
	*r = (struct sim_sweep_rows){
		.ledger = l, .text = SIM_BUF_INIT(SIM_BUF_MAX),
		.name = *l->id ? l->id : "the rows", .own = { .fd = -1 },
	};
}

int sim_sweep_rows_open(struct sim_cli *cli, const char *name,
			struct sim_sweep_rows *r, struct sim_err *err)
{
	const char *dir;
	int rc;

	*r = (struct sim_sweep_rows){
		.text = SIM_BUF_INIT(FILE_BYTES_MAX + 1), .name = name,
		.own = { .fd = -1 },
	};
	if (sim_source_is_file(name))
		return sim_file_read(name, FILE_BYTES_MAX, &r->text, err);
	rc = sim_cli_folder(cli, "sweeps", &dir, err);
	if (!rc)
		rc = sim_ledger_open(dir, name, false, &r->own, err);
	if (!rc)
		r->ledger = &r->own;
	return rc;
}

void sim_sweep_rows_close(struct sim_sweep_rows *r)
{
	sim_buf_release(&r->text);
	sim_ledger_close(&r->own);
}

void sim_sweep_rows_rewind(struct sim_sweep_rows *r)
{
	if (r->ledger)
		sim_buf_reset(&r->text);
	r->from = 0;
	r->at = 0;
	r->line = 0;
}

/* The next block of whole rows; a row that is larger makes it larger. */
static int refill(struct sim_sweep_rows *r, struct sim_err *err)
{
	size_t max = BLOCK;
	int rc = SIM_OK;

	if (!r->ledger)
		return SIM_OK;
	r->from += r->text.len;
	r->at = 0;
	sim_buf_reset(&r->text);
	while (!rc && !r->text.len && r->from < r->ledger->bytes) {
		rc = sim_ledger_read(r->ledger, r->from, max, &r->text, err);
		max *= 2;
	}
	return rc;
}

int sim_sweep_rows_next(struct sim_sweep_rows *r, const char **text, size_t *n,
			struct sim_err *err)
{
	const char *p, *nl;
	int rc = r->at == r->text.len ? refill(r, err) : SIM_OK;

	if (rc || r->at == r->text.len)
		return rc;
	p = r->text.data + r->at;
	nl = memchr(p, '\n', r->text.len - r->at);
	r->line++;
	if (!nl)
		return sim_err_set(err, SIM_E_DATA, "%s, line %llu: the line is"
				   " cut short; drop it, or let the sweep end",
				   r->name, (unsigned long long)r->line);
	*text = p;
	*n = (size_t)(nl + 1 - p);
	r->at += *n;
	return 1;
}

int sim_sweep_rows_read(struct sim_sweep_rows *r, struct sim_row *row,
			const char **text, size_t *n, struct sim_err *err)
{
	int rc = sim_sweep_rows_next(r, text, n, err);

	if (rc != 1)
		return rc;
	rc = sim_row_read(*text, *n, row, err);
	if (rc)
		sim_err_prefix(err, "%s, line %llu", r->name,
			       (unsigned long long)r->line);
	return rc ? rc : 1;
}
