/* numbered: names to numbers, and the numbers of a folder. */
#include "util/numbered.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/mem.h"

#define DIGITS_MAX 18			/* so that no name overflows */

uint64_t sim_numbered_of(const char *name, char letter)
{
	uint64_t n = 0;
	const char *p = name + 1;

	if (*name != letter || *p < '1' || *p > '9')
		return 0;
	for (; *p >= '0' && *p <= '9' && p - name <= DIGITS_MAX; p++)
		n = n * 10 + (uint64_t)(*p - '0');
	return *p ? 0 : n;
}

static int by_number(const void *pa, const void *pb)
{
	uint64_t a = *(const uint64_t *)pa, b = *(const uint64_t *)pb;

	return (a > b) - (a < b);
}

int sim_numbered_list(const char *dir, char letter, const char *what,
		      uint64_t **out, size_t *n, struct sim_err *err)
{
	DIR *d = opendir(dir);
	struct dirent *de;
	size_t cap = 0;

	*out = NULL;
	*n = 0;
	if (!d && errno == ENOENT)
		return SIM_OK;
	if (!d)
		return sim_err_set(err, SIM_E_IO, "the %s in %s cannot be "
				   "listed: %s", what, dir, strerror(errno));
	while ((de = readdir(d))) {
		uint64_t k = sim_numbered_of(de->d_name, letter);

		if (!k)
			continue;
		SIM_MEM_GROW(*out, cap, *n + 1);
		(*out)[(*n)++] = k;
	}
	closedir(d);
	if (*n)
		qsort(*out, *n, sizeof(**out), by_number);
	return SIM_OK;
}

int sim_numbered_last(const char *dir, char letter, const char *what,
		      uint64_t *last, struct sim_err *err)
{
	uint64_t *all;
	size_t n;
	int rc = sim_numbered_list(dir, letter, what, &all, &n, err);

	if (!rc)
		*last = n ? all[n - 1] : 0;
	sim_mem_free(all);
	return rc;
}
