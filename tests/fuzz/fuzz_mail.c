/*
 * Whatever a template and its arguments are, a message has the headers of a
 * letter and no others, all of its lines end in CR LF and are short, it is
 * ASCII, and the same letter gives it again.
 *
 * An input is the arguments, a NUL and the template.
 */
#include <stdlib.h>
#include <string.h>

#include "mail/mail.h"
#include "util/mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool what)
{
	if (!what)
		abort();
}

/* Lines but those that go on with the one before. */
static int headers(const char *s, const char *end)
{
	int n = 0;

	for (; s < end; s = strchr(s, '\n') + 1)
		n += *s != ' ';
	return n;
}

static void look(const struct sim_buf *m)
{
	const char *s = sim_buf_str(m), *end = strstr(s, "\r\n\r\n");
	size_t line = 0;

	must(end && headers(s, end + 2) == 9 && strlen(s) == m->len);
	for (size_t i = 0; i < m->len; i++, line++) {
		must((s[i] >= ' ' && s[i] < 127) || strchr("\r\n\t", s[i]));
		must((s[i] == '\r') == (s[i + 1] == '\n'));
		line = s[i] == '\n' ? 0 : line;
		must(line < 998);
	}
	must(s[m->len - 1] == '\n');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = sim_mem_zalloc(size + 2);
	struct sim_buf a = SIM_BUF_INIT(SIM_MAIL_MESSAGE), b = a;
	struct sim_mail_letter l = { .from = "post@a.example",
		.to = "ann@b.example", .id = "0a1b", .args = text };
	const char *template;

	if (size)
		memcpy(text, data, size);
	template = text + strlen(text) + 1;
	if (!sim_mail_render("t", template, &l, &a, NULL)) {
		look(&a);
		must(!sim_mail_render("t", template, &l, &b, NULL));
		must(a.len == b.len && !memcmp(a.data, b.data, a.len));
	} else {
		must(!a.len);
	}
	sim_buf_release(&a);
	sim_buf_release(&b);
	sim_mem_free(text);
	return 0;
}
