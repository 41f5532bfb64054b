/* serve_mail: the password is read once, at the start. */
#include "cli/serve_mail.h"

#include <string.h>
#include <sys/stat.h>

#include "util/file.h"
#include "util/mem.h"
#include "util/secret.h"

#define PASSWORD_MAX	1024
#define CA_MAX		((size_t)16 << 20)

bool sim_serve_mail_is_given(const struct sim_serve_mail *m)
{
	return m->url || m->ca || m->user || m->password_file || m->from ||
		m->folder || m->templates;
}

static int check(const struct sim_serve_mail *m, struct sim_err *err)
{
	if (m->url && m->folder)
		return sim_err_set(err, SIM_E_USAGE, "mail goes by --smtp or to"
				   " --mail-folder; leave one of them out");
	if (m->url && !m->from)
		return sim_err_set(err, SIM_E_USAGE, "--smtp needs an address"
				   " that mail is from; give it with"
				   " --mail-from");
	if (m->ca && !m->url)
		return sim_err_set(err, SIM_E_USAGE, "--smtp-ca goes with"
				   " --smtp; give both or neither");
	if (!m->user != !m->password_file || (m->user && !m->url))
		return sim_err_set(err, SIM_E_USAGE, "--smtp-user and"
				   " --smtp-password-file go together, with"
				   " --smtp; give all three or neither of the"
				   " two");
	return SIM_OK;
}

static int read_password(struct sim_serve_mail *m, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(PASSWORD_MAX + 1);
	struct stat sb;
	size_t n;
	int rc;

	if (!stat(m->password_file, &sb) && (sb.st_mode & 077))
		return sim_err_set(err, SIM_E_CONFIG, "%s can be read by others"
				   " (mode %03o); run chmod 600 on it",
				   m->password_file,
				   (unsigned)sb.st_mode & 0777);
	rc = sim_file_read(m->password_file, PASSWORD_MAX, &b, err);
	n = strcspn(sim_buf_str(&b), "\r\n");
	if (!rc && (!n || b.len > n + 2 ||
		    (b.len == n + 2 && memcmp(b.data + n, "\r\n", 2))))
		rc = sim_err_set(err, SIM_E_CONFIG, "%s must hold the password"
				 " alone, on one line", m->password_file);
	if (!rc) {
		b.data[n] = '\0';
		m->password = sim_mem_strdup(b.data);
	}
	if (b.data)
		sim_secret_wipe(b.data, b.len);
	sim_buf_release(&b);
	return rc;
}

/* A file that can't be read is told at the start, and not by the first mail. */
static int check_ca(const char *path, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(CA_MAX);
	int rc = sim_file_read(path, CA_MAX, &b, err);

	if (!rc && !strstr(sim_buf_str(&b), "-----BEGIN "))
		rc = sim_err_set(err, SIM_E_CONFIG, "%s has no certificates;"
				 " --smtp-ca wants a PEM file", path);
	sim_buf_release(&b);
	return rc;
}

/* "mail" in the folder of the database. */
static char *beside(const char *db_path)
{
	const char *slash = strrchr(db_path, '/');
	char *dir, *path;

	if (!slash)
		return sim_mem_strdup("mail");
	dir = sim_mem_strdup(db_path);
	dir[slash - db_path + (slash == db_path)] = '\0';
	path = sim_file_join(dir, "mail");
	sim_mem_free(dir);
	return path;
}

int sim_serve_mail_configure(struct sim_serve_mail *m, const char *db_path,
			     struct sim_post_config *out, struct sim_err *err)
{
	int rc = check(m, err);

	if (!rc && m->ca)
		rc = check_ca(m->ca, err);
	if (!rc && m->password_file)
		rc = read_password(m, err);
	if (rc)
		return rc;
	if (!m->url && !m->folder)
		m->beside = beside(db_path);
	*out = (struct sim_post_config){
		.url = m->url, .ca = m->ca, .user = m->user,
		.password = m->password,
		.from = m->from ? m->from : "simutrador@localhost",
		.folder = m->folder ? m->folder : m->beside,
		.templates = m->templates,
	};
	return SIM_OK;
}

void sim_serve_mail_release(struct sim_serve_mail *m)
{
	if (m->password)
		sim_secret_wipe(m->password, strlen(m->password));
	sim_mem_free(m->password);
	sim_mem_free(m->beside);
	m->password = m->beside = NULL;
}
