/* mail: a template is expanded whole, then its first line becomes a header
 * and the rest the text, so that both follow one set of rules. */
#include "mail/mail.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "util/file.h"
#include "util/json.h"
#include "util/mem.h"
#include "util/secret.h"
#include "util/str.h"

#define NAME_BYTES	33
#define SUBJECT		"Subject: "
#define SUBJECT_MAX	200		/* bytes, arguments and all */
#define PLAIN_LINE	900		/* longer ones are folded */
#define FOLD		72
#define NAME_CHARS	"abcdefghijklmnopqrstuvwxyz_"

int sim_mail_check_address(const char *what, const char *s, struct sim_err *err)
{
	static const char not[] = " <>()[],;:\\\"";
	size_t n = strnlen(s, SIM_MAIL_ADDRESS);
	const char *at = memchr(s, '@', n);
	bool is_fine = n < SIM_MAIL_ADDRESS && at && at != s && at[1] &&
		!strchr(at + 1, '@');
	char shown[SIM_STR_QUOTEMAX];

	for (size_t i = 0; i < n; i++)
		is_fine &= s[i] > ' ' && s[i] < 127 && !strchr(not, s[i]);
	if (is_fine)
		return SIM_OK;
	sim_str_quote(s, n, shown);
	return sim_err_set(err, SIM_E_INVAL, "%s: %s is no e-mail address;"
			   " give one like post@example.org", what, shown);
}

/* -- expanding ----------------------------------------------------------- */

/* An argument's text.  Whatever could end a line is a blank. */
static bool add_value(struct sim_buf *out, const struct sim_json_val *v)
{
	const char *s = sim_json_as_str(v);

	if (!s)
		s = sim_json_number(v);
	for (size_t n = s ? strlen(s) : 0, i = 0, k; i < n; i += k) {
		uint32_t code = 0;

		k = sim_str_utf8(s + i, n - i, &code);
		if (!k || code < ' ' || (code >= 0x7f && code < 0xa0) ||
		    code == 0x2028 || code == 0x2029)
			sim_buf_putc(out, ' ');
		else
			sim_buf_add(out, s + i, k);
		k = k ? k : 1;
	}
	return s != NULL;
}

/* The argument whose name and '}' stand at s.  Gives: the bytes read; 0: it is
 * none, or isn't there. */
static size_t add_argument(struct sim_buf *out, const struct sim_json_val *args,
			   const char *s)
{
	size_t n = strspn(s, NAME_CHARS);
	char name[NAME_BYTES];

	if (!n || n >= sizeof(name) || s[n] != '}')
		return 0;
	memcpy(name, s, n);
	name[n] = '\0';
	return add_value(out, sim_json_get(args, name)) ? n + 1 : 0;
}

static int bad_argument(const char *what, const char *s, struct sim_err *err)
{
	char shown[SIM_STR_QUOTEMAX];

	sim_str_quote(s, strcspn(s, "} \n") + (s[strcspn(s, "} \n")] == '}'),
		      shown);
	return sim_err_set(err, SIM_E_DATA, "the mail template %s: %s is no"
			   " argument that this letter has; name one, or write"
			   " {{ for a brace", what, shown);
}

static int expand(const char *what, const char *s,
		  const struct sim_json_val *args, struct sim_buf *out,
		  struct sim_err *err)
{
	while (*s) {
		size_t n = strcspn(s, "{");

		sim_buf_add(out, s, n);
		s += n;
		if (!*s)
			break;
		if (s[1] == '{') {
			sim_buf_putc(out, '{');
			s += 2;
			continue;
		}
		n = add_argument(out, args, s + 1);
		if (!n)
			return bad_argument(what, s, err);
		s += n + 1;
	}
	return SIM_OK;
}

/* -- the parts of a template ----------------------------------------------- */

static int check_template(const char *what, const char *s, struct sim_err *err)
{
	size_t n = strnlen(s, SIM_MAIL_TEMPLATE + 1), line = 1;

	if (n > SIM_MAIL_TEMPLATE)
		return sim_err_set(err, SIM_E_DATA, "the mail template %s is"
				   " longer than %d bytes; shorten it", what,
				   SIM_MAIL_TEMPLATE);
	for (size_t i = 0, k; i < n; i += k) {
		uint32_t code = 0;

		k = sim_str_utf8(s + i, n - i, &code);
		if (!k || (code < ' ' && code != '\n' && code != '\t') ||
		    (code >= 0x7f && code < 0xa0))
			return sim_err_set(err, SIM_E_DATA, "the mail template"
					   " %s, line %zu: byte %u is no text;"
					   " write UTF-8, lines ending in LF",
					   what, line, (unsigned char)s[i]);
		line += s[i] == '\n';
	}
	return SIM_OK;
}

/* Where the text begins, and in *subject and *n the subject. */
static const char *split(const char *s, const char **subject, size_t *n)
{
	size_t skip = strlen(SUBJECT);

	if (strncmp(s, SUBJECT, skip))
		return NULL;
	*subject = s + skip;
	*n = strcspn(*subject, "\n");
	s = *subject + *n;
	return !*n || *n > SUBJECT_MAX || strncmp(s, "\n\n", 2) ? NULL : s + 2;
}

/* -- writing the message --------------------------------------------------- */

static void add_date(struct sim_buf *out, sim_time t)
{
	static const char *const days[] = { "Sun", "Mon", "Tue", "Wed", "Thu",
					    "Fri", "Sat" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May",
		"Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	struct sim_time_civil c = sim_time_to_civil(t);

	sim_buf_printf(out, "Date: %s, %02d %s %04d %02d:%02d:%02d +0000\r\n",
		       days[sim_time_weekday(sim_time_day_of(t))], c.day,
		       months[c.month - 1], c.year, c.hour, c.minute,
		       c.second);
}

static bool is_ascii(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] >= 0x80)
			return false;
	return true;
}

static void add_hex(struct sim_buf *out, char c)
{
	sim_buf_printf(out, "=%02X", (unsigned char)c);
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		(c >= 'A' && c <= 'Z');
}

/* As words of RFC 2047 when it isn't ASCII; no character is cut. */
static void add_subject(struct sim_buf *out, const char *s, size_t n)
{
	size_t at = 0;

	sim_buf_puts(out, SUBJECT);
	if (is_ascii(s, n)) {
		sim_buf_add(out, s, n);
		sim_buf_puts(out, "\r\n");
		return;
	}
	sim_buf_puts(out, "=?UTF-8?Q?");
	for (size_t i = 0, k; i < n; i += k) {
		k = sim_str_utf8(s + i, n - i, NULL);
		k = k ? k : 1;
		if (at > 40) {
			sim_buf_puts(out, "?=\r\n =?UTF-8?Q?");
			at = 0;
		}
		for (size_t j = 0; j < k; j++) {
			if (is_word(s[i + j]))
				sim_buf_putc(out, s[i + j]);
			else
				add_hex(out, s[i + j]);
		}
		at += is_word(s[i]) ? 1 : 3 * k;
	}
	sim_buf_puts(out, "?=\r\n");
}

static bool is_plain(const char *s)
{
	while (*s) {
		size_t n = strcspn(s, "\n");

		if (n > PLAIN_LINE || !is_ascii(s, n))
			return false;
		s += n + (s[n] == '\n');
	}
	return true;
}

static void add_plain(struct sim_buf *out, const char *s)
{
	while (*s) {
		size_t n = strcspn(s, "\n");

		sim_buf_add(out, s, n);
		sim_buf_puts(out, "\r\n");
		s += n + (s[n] == '\n');
	}
}

/* Quoted-printable: what isn't ASCII as =XX, lines folded. */
static void add_folded(struct sim_buf *out, const char *s)
{
	size_t at = 0;

	for (; *s; s++) {
		bool is_last = !s[1] || s[1] == '\n';

		if (*s == '\n') {
			sim_buf_puts(out, "\r\n");
			at = 0;
			continue;
		}
		if (at > FOLD - 3) {
			sim_buf_puts(out, "=\r\n");
			at = 0;
		}
		if (*s == '=' || (unsigned char)*s >= 0x80 ||
		    (is_last && (*s == ' ' || *s == '\t'))) {
			add_hex(out, *s);
			at += 3;
		} else {
			sim_buf_putc(out, *s);
			at++;
		}
	}
	if (at)
		sim_buf_puts(out, "\r\n");
}

static void add_message(const struct sim_mail_letter *l, const char *subject,
			size_t n, const char *text, struct sim_buf *out)
{
	bool plain = is_plain(text);

	sim_buf_printf(out, "From: simutrador <%s>\r\nTo: <%s>\r\n", l->from,
		       l->to);
	add_subject(out, subject, n);
	add_date(out, l->date);
	sim_buf_printf(out, "Message-ID: <%s@%s>\r\n", l->id,
		       strchr(l->from, '@') + 1);
	sim_buf_printf(out, "Auto-Submitted: auto-generated\r\n"
		       "MIME-Version: 1.0\r\n"
		       "Content-Type: text/plain; charset=utf-8\r\n"
		       "Content-Transfer-Encoding: %s\r\n\r\n",
		       plain ? "7bit" : "quoted-printable");
	if (plain)
		add_plain(out, text);
	else
		add_folded(out, text);
}

static int check_letter(const struct sim_mail_letter *l, struct sim_err *err)
{
	int rc = sim_mail_check_address("sender", l->from, err);

	if (!rc)
		rc = sim_mail_check_address("recipient", l->to, err);
	for (const char *s = l->id; !rc && *s; s++)
		if (!is_word(*s))
			SIM_BUG("a mail's id of other than letters and digits");
	return rc;
}

static int render(const char *what, const struct sim_mail_letter *l,
		  const struct sim_buf *whole, struct sim_buf *out,
		  struct sim_err *err)
{
	const char *subject = NULL, *text;
	size_t n = 0;

	if (whole->overflow)
		return sim_err_set(err, SIM_E_DATA, "the mail template %s comes"
				   " to more than %zu bytes; shorten it", what,
				   whole->max);
	text = split(sim_buf_str(whole), &subject, &n);
	if (!text)
		return sim_err_set(err, SIM_E_DATA, "the mail template %s does"
				   " not begin with a line \"Subject: TEXT\" of"
				   " at most %d bytes and an empty one; write"
				   " them", what, SUBJECT_MAX);
	add_message(l, subject, n, text, out);
	return SIM_OK;
}

int sim_mail_render(const char *what, const char *template,
		    const struct sim_mail_letter *l, struct sim_buf *out,
		    struct sim_err *err)
{
	struct sim_buf whole = SIM_BUF_INIT(SIM_MAIL_MESSAGE / 4);
	struct sim_json_doc *doc = NULL;
	int rc = check_letter(l, err);

	if (!rc)
		rc = check_template(what, template, err);
	if (!rc)
		rc = sim_json_parse(l->args, strlen(l->args), &doc, err);
	if (!rc)
		rc = expand(what, template, sim_json_root(doc), &whole, err);
	if (!rc)
		rc = render(what, l, &whole, out, err);
	sim_json_free(doc);
	if (whole.data)
		sim_secret_wipe(whole.data, whole.len);
	sim_buf_release(&whole);
	return rc;
}

/* -- a folder -------------------------------------------------------------- */

int sim_mail_put(const char *dir, const char *id, const struct sim_buf *message,
		 struct sim_err *err)
{
	int rc = sim_file_mkdirs(dir, err);
	char name[64], *path;

	if (rc)
		return rc;
	snprintf(name, sizeof(name), "%.48s.eml", id);
	path = sim_file_join(dir, name);
	rc = sim_file_write(path, message->data, message->len, 0600, err);
	sim_mem_free(path);
	return rc;
}

void sim_mail_tidy(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	if (!d)
		return;
	while ((e = readdir(d))) {
		char *path;

		if (!strstr(e->d_name, ".eml.tmp."))
			continue;
		path = sim_file_join(dir, e->d_name);
		unlink(path);
		sim_mem_free(path);
	}
	closedir(d);
}
