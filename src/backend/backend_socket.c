/* backend_socket: where the local server of a data folder listens. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backend/backend.h"
#include "util/sha256.h"

#define NAME_DIGITS	16	/* of the folder's hash */

/* A folder in which others could put a socket of theirs is none for ours. */
static int check_folder(const char *dir, struct sim_err *err)
{
	struct stat st;

	if (lstat(dir, &st))
		return sim_err_set(err, SIM_E_CANTCREAT, "the folder %s for "
				   "the local server's socket is not there: %s",
				   dir, strerror(errno));
	if (!S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
	    (st.st_mode & 077))
		return sim_err_set(err, SIM_E_CONFIG, "%s must be a folder of "
				   "yours that nobody else may enter (mode "
				   "0700); remove it, or set XDG_RUNTIME_DIR",
				   dir);
	return SIM_OK;
}

static int take_folder(const char *dir, bool make, struct sim_err *err)
{
	if (!make && access(dir, F_OK))
		return SIM_OK;		/* then nobody listens in it */
	if (make && mkdir(dir, 0700) && errno != EEXIST)
		return sim_err_set(err, SIM_E_CANTCREAT, "the folder %s for "
				   "the local server's socket can't be made: "
				   "%s", dir, strerror(errno));
	return check_folder(dir, err);
}

/* The same for all names of a folder. */
static int name_of(const char *data_dir, char out[NAME_DIGITS + 1],
		   struct sim_err *err)
{
	char *path = realpath(data_dir, NULL), hex[SIM_SHA256_HEX];
	uint8_t hash[SIM_SHA256_SIZE];

	if (!path)
		return sim_err_set(err, SIM_E_NOENT, "the data folder %.300s "
				   "can't be found: %s", data_dir,
				   strerror(errno));
	sim_sha256_of(path, strlen(path), hash);
	sim_sha256_hex(hash, hex);
	free(path);
	snprintf(out, NAME_DIGITS + 1, "%.*s", NAME_DIGITS, hex);
	return SIM_OK;
}

int sim_backend_local_socket(const char *runtime_dir, const char *data_dir,
			     bool make, char out[SIM_BACKEND_SOCKET],
			     struct sim_err *err)
{
	char dir[SIM_BACKEND_SOCKET], name[NAME_DIGITS + 1];
	const size_t room = SIM_BACKEND_SOCKET - sizeof("/local-.sock") -
		NAME_DIGITS;
	int n, rc;

	if (runtime_dir && runtime_dir[0] == '/')
		n = snprintf(dir, sizeof(dir), "%s/simutrador", runtime_dir);
	else
		n = snprintf(dir, sizeof(dir), "/tmp/simutrador-%ld",
			     (long)geteuid());
	if (n < 0 || (size_t)n > room)
		return sim_err_set(err, SIM_E_CONFIG, "XDG_RUNTIME_DIR %.200s "
				   "is too long for the path of a socket; set "
				   "a shorter one", runtime_dir);
	rc = name_of(data_dir, name, err);
	if (!rc)
		rc = take_folder(dir, make, err);
	if (!rc)
		snprintf(out, SIM_BACKEND_SOCKET, "%.*s/local-%s.sock", n, dir,
			 name);
	return rc;
}
