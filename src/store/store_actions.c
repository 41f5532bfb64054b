/*
 * store_actions: the corporate actions of a symbol, as a small text file.
 *
 * "simutrador actions 1", one line an action (day,type,num,den,cash), and
 * "end N", so that a cut file shows.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "store/store_priv.h"
#include "util/file.h"
#include "util/mem.h"
#include "util/str.h"

#define ACTIONS_MAX	100000		/* rows of one symbol */
#define FILE_MAX	((size_t)ACTIONS_MAX * 96)

static const char first_line[] = "simutrador actions 1";
static const char *const type_text[] = {
	[SIM_ACTION_SPLIT] = "split", [SIM_ACTION_DIVIDEND] = "dividend"
};

static void write_row(struct sim_buf *b, const struct sim_action *a)
{
	char day[SIM_TIME_STRMAX];

	sim_time_format_date(a->day, day);
	sim_buf_printf(b, "%s,%s,%" PRId32 ",%" PRId32 ",", day,
		       type_text[a->type], a->num, a->den);
	sim_buf_dec(b, a->cash, 0);
	sim_buf_putc(b, '\n');
}

static int write_rows(const char *path, const struct sim_action *a, size_t n,
		      struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(FILE_MAX);
	int rc;

	sim_buf_printf(&b, "%s\n", first_line);
	for (size_t i = 0; i < n; i++)
		write_row(&b, &a[i]);
	sim_buf_printf(&b, "end %zu\n", n);
	rc = sim_file_write(path, sim_buf_str(&b), b.len, 0644, err);
	sim_buf_release(&b);
	return rc;
}

/* No file is no actions; a symbol that has nothing else is then gone. */
static int remove_rows(const char *path, const char *folder,
		       struct sim_err *err)
{
	if (unlink(path) && errno != ENOENT)
		return sim_err_set(err, SIM_E_IO, "can't remove %s: %s", path,
				   strerror(errno));
	rmdir(folder);
	return SIM_OK;
}

int sim_store_actions_put(struct sim_store *st, const char *symbol,
			  const struct sim_action *a, size_t n,
			  struct sim_err *err)
{
	char path[SIM_STORE_PATHMAX], folder[SIM_STORE_PATHMAX];
	int fd, rc = sim_store_path(st, symbol, "actions", path, err);

	if (!rc)
		rc = sim_store_path(st, symbol, "", folder, err);
	if (!rc && n > ACTIONS_MAX)
		rc = sim_err_set(err, SIM_E_DATA, "%zu corporate actions of %s "
				 "are too many; at most %d can be stored", n,
				 symbol, ACTIONS_MAX);
	if (!rc)
		rc = sim_store_lock(st, symbol, &fd, err);
	if (rc)
		return rc;
	rc = n ? write_rows(path, a, n, err) : remove_rows(path, folder, err);
	sim_file_unlock(fd);
	return rc;
}

static bool read_row(char *line, struct sim_action *a)
{
	char *field[5];
	int64_t num, den;
	sim_time t;
	int type = 0;

	for (int i = 0; i < 5; i++) {
		field[i] = sim_str_sep(&line, ',');
		if (!field[i])
			return false;
	}
	while (type < 2 && strcmp(field[1], type_text[type]))
		type++;
	if (line || type == 2 ||
	    sim_time_parse(field[0], strlen(field[0]), &t, NULL, NULL) ||
	    sim_str_int(field[2], "num", 0, INT32_MAX, &num, NULL) ||
	    sim_str_int(field[3], "den", 0, INT32_MAX, &den, NULL) ||
	    sim_dec_parse(field[4], strlen(field[4]), &a->cash, NULL))
		return false;
	a->day = sim_time_day_of(t);
	a->type = (enum sim_action_type)type;
	a->num = (int32_t)num;
	a->den = (int32_t)den;
	return true;
}

/* The lines between the first and "end N"; false when anything is amiss. */
static bool read_all(char *text, struct sim_action **out, size_t *n)
{
	struct sim_action *a = NULL;
	size_t k = 0, cap = 0;
	char end[32], *line = sim_str_sep(&text, '\n');

	if (!line || strcmp(line, first_line))
		return false;
	while ((line = sim_str_sep(&text, '\n')) && strncmp(line, "end ", 4)) {
		SIM_MEM_GROW(a, cap, k + 1);
		if (!read_row(line, &a[k]) ||
		    (k && a[k].day < a[k - 1].day)) {
			sim_mem_free(a);
			return false;
		}
		k++;
	}
	snprintf(end, sizeof(end), "end %zu", k);
	if (!line || strcmp(line, end) || !text || text[0]) {
		sim_mem_free(a);
		return false;
	}
	*out = a;
	*n = k;
	return true;
}

int sim_store_actions_get(const struct sim_store *st, const char *symbol,
			  struct sim_action **out, size_t *n,
			  struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(FILE_MAX);
	char path[SIM_STORE_PATHMAX];
	int rc = sim_store_path(st, symbol, "actions", path, err);

	if (rc)
		return rc;
	if (access(path, F_OK) && errno == ENOENT) {
		*out = NULL;
		*n = 0;
		return SIM_OK;
	}
	rc = sim_file_read(path, FILE_MAX, &b, err);
	if (!rc && (!b.len || strlen(b.data) != b.len ||
		    !read_all(b.data, out, n)))
		rc = sim_err_set(err, SIM_E_DATA, "%s is not a whole file of "
				 "corporate actions; import them again", path);
	sim_buf_release(&b);
	return rc;
}
