/* Tests of mail.c: what templates and arguments come to, byte by byte, and what
 * is refused; of smtp.c only the URLs (the rest is tests/server/mail.py's). */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mail/mail.h"
#include "mail/smtp.h"
#include "suite.h"
#include "util/file.h"

#define ARGS "{\"name\":\"ann\",\"minutes\":10," \
	"\"evil\":\"a\\r\\nBcc: x@y.z\"," \
	"\"odd\":\"\\u0085\\u2028z\",\"uml\":\"J\\u00fcrgen\"}"
#define HEAD "From: simutrador <post@a.example>\r\nTo: <ann@b.example>\r\n"
#define TAIL "Date: Fri, 02 Jan 2026 03:04:05 +0000\r\n" \
	"Message-ID: <0a1b@a.example>\r\nAuto-Submitted: auto-generated\r\n" \
	"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" \
	"Content-Transfer-Encoding: "

static int render(const char *template, struct sim_buf *out,
		  struct sim_err *err)
{
	const struct sim_mail_letter l = { "post@a.example", "ann@b.example",
		"0a1b", INT64_C(1767323045) * SIM_TIME_SEC, ARGS };

	return sim_mail_render("t", template, &l, out, err);
}

START_TEST(messages)
{
	static const struct { const char *in, *out; } rows[] = {
		{ "Subject: Hello {name}\n\n{minutes} min, {{x}\n.\n",
		  HEAD "Subject: Hello ann\r\n" TAIL "7bit\r\n\r\n"
		  "10 min, {x}\r\n.\r\n" },
		{ "Subject: {evil}\n\n{evil}",
		  HEAD "Subject: a  Bcc: x@y.z\r\n" TAIL "7bit\r\n\r\n"
		  "a  Bcc: x@y.z\r\n" },
		{ "Subject: {odd}\n\n", HEAD "Subject:   z\r\n" TAIL
		  "7bit\r\n\r\n" },
		{ "Subject: {uml}\n\n{uml} = 1 \nx",
		  HEAD "Subject: =?UTF-8?Q?J=C3=BCrgen?=\r\n" TAIL
		  "quoted-printable\r\n\r\nJ=C3=BCrgen =3D 1=20\r\nx\r\n" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_buf out = SIM_BUF_INIT(SIM_MAIL_MESSAGE);
		struct sim_err err = SIM_ERR_INIT;
		int rc = render(rows[i].in, &out, &err);

		ck_assert_msg(!rc, "%zu: %s", i, err.msg);
		ck_assert_str_eq(sim_buf_str(&out), rows[i].out);
		sim_buf_release(&out);
	}
}
END_TEST

START_TEST(refused)
{
	static const char *const rows[] = {
		"", "Subject: \n\nx", "Subject: x", "Subject: x\n", "\n\nx",
		"Subject: x\nBcc: a@b.c\n\nx", "subject: x\n\nx",
		"Subject: x\n\n{", "Subject: x\n\n{}", "Subject: x\n\n{none}",
		"Subject: x\n\n{name", "Subject: x\n\n{Name}",
		"Subject: {none}\n\nx", "Subject: x\r\n\r\nx",
		"Subject: \xff\n\nx", "Subject: x\n\n\x01", "Subject: \x7f\n\n",
		"Subject: x\n\n{aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa}",
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct sim_buf out = SIM_BUF_INIT(SIM_MAIL_MESSAGE);
		struct sim_err err = SIM_ERR_INIT;

		ck_assert_msg(render(rows[i], &out, &err) == SIM_E_DATA,
			      "%zu: %s", i, err.msg);
		ck_assert_uint_eq(out.len, 0);
		ck_assert_ptr_null(strchr(err.msg, '\n'));
		sim_buf_release(&out);
	}
}
END_TEST

/* At and beyond the length that a template may have, and long lines. */
START_TEST(lengths)
{
	static char text[SIM_MAIL_TEMPLATE + 2];
	struct sim_buf out = SIM_BUF_INIT(SIM_MAIL_MESSAGE);
	struct sim_err err = SIM_ERR_INIT;
	size_t line = 0;

	memset(text, 'x', sizeof(text));
	memcpy(text, "Subject: s\n\n", 12);
	text[SIM_MAIL_TEMPLATE] = '\0';
	ck_assert_int_eq(render(text, &out, &err), 0);
	for (const char *s = sim_buf_str(&out); *s; s++) {
		line = *s == '\n' ? 0 : line + 1;
		ck_assert_uint_le(line, 78);
	}
	text[SIM_MAIL_TEMPLATE] = 'x';
	ck_assert_int_eq(render(text, &out, &err), SIM_E_DATA);
	memcpy(text, "Subject: ", 9);
	memset(text + 9, 's', 201);
	memcpy(text + 210, "\n\nx", 4);
	ck_assert_int_eq(render(text, &out, &err), SIM_E_DATA);
	memcpy(text + 209, "\n\nx", 4);
	ck_assert_int_eq(render(text, &out, &err), 0);
	sim_buf_release(&out);
}
END_TEST

START_TEST(addresses)
{
	static const char *const good[] = { "a@b", "simutrador@localhost",
					    "x.y+z@a.example" };
	static const char *const bad[] = { "", "a", "@b", "a@", "a@b@c",
		"a b@c", "a@b\r\nBcc: x@y", "<a@b>", "a,b@c", "\"a\"@b",
		"\xc3\xa4@b" };
	struct sim_err err = SIM_ERR_INIT;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_int_eq(sim_mail_check_address("x", good[i], &err), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_int_eq(sim_mail_check_address("x", bad[i], &err),
				 SIM_E_INVAL);
}
END_TEST

START_TEST(urls)
{
	static const char *const good[] = { "smtp://a.example",
		"smtp://a.example:587", "smtps://127.0.0.1:465",
		"smtp://[::1]:25", "smtp://[::1]" };
	static const char *const bad[] = { "", "smtp://", "http://a", "a",
		"smtp://a/b", "smtp://u:p@a", "smtp://a:0", "smtp://a:65536",
		"smtp://a:", "smtp://[::1", "smtp://[]", "smtp://a b",
		"smtp://:25", "smtp://[::1]x" };
	struct sim_err err = SIM_ERR_INIT;

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(!sim_smtp_check_url(good[i], &err), "%s",
			      good[i]);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(sim_smtp_check_url(bad[i], &err) == SIM_E_INVAL,
			      "%s", bad[i]);
	ck_assert_int_eq(sim_smtp_check_url("smtp://u:hush@a", &err),
			 SIM_E_INVAL);
	ck_assert_ptr_null(strstr(err.msg, "hush"));
}
END_TEST

START_TEST(folder)
{
	char dir[] = "/tmp/simmailXXXXXX", path[64], left[64];
	struct sim_buf m = SIM_BUF_INIT(100), back = SIM_BUF_INIT(100);
	struct sim_err err = SIM_ERR_INIT;
	struct stat sb;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/0a.eml", dir);
	snprintf(left, sizeof(left), "%s/0b.eml.tmp.7", dir);
	ck_assert_int_eq(sim_file_write(left, "x", 1, 0600, &err), 0);
	sim_mail_tidy(dir);
	ck_assert_int_eq(stat(left, &sb), -1);
	for (int i = 0; i < 2; i++) {
		sim_buf_puts(&m, "text");
		ck_assert_int_eq(sim_mail_put(dir, "0a", &m, &err), 0);
		ck_assert_int_eq(stat(path, &sb), 0);
		ck_assert_uint_eq(sb.st_mode & 0777, 0600);
	}
	ck_assert_int_eq(sim_file_read(path, 100, &back, &err), 0);
	ck_assert_str_eq(sim_buf_str(&back), "texttext");
	sim_buf_release(&back);
	sim_buf_release(&m);
	ck_assert_int_eq(sim_file_remove_tree(dir, &err), 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("mail");
	TCase *t = tcase_create("mail");

	tcase_add_test(t, messages);
	tcase_add_test(t, refused);
	tcase_add_test(t, lengths);
	tcase_add_test(t, addresses);
	tcase_add_test(t, urls);
	tcase_add_test(t, folder);
	suite_add_tcase(s, t);
	return run_suite(s);
}
