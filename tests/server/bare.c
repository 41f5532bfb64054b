/*
 * bare: libwebsockets and nothing else: each message is answered with one of
 * BYTES bytes.  What the server is measured against.  Prints its port.
 *
 *   bare BYTES
 */
#include <libwebsockets.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

static unsigned char *text;
static size_t text_len;

struct owed {
	unsigned long n;
};

static int hear(struct lws *wsi, enum lws_callback_reasons reason, void *user,
		void *in, size_t len)
{
	struct owed *o = user;

	(void)in, (void)len;
	if (reason == LWS_CALLBACK_RECEIVE && lws_is_final_fragment(wsi)) {
		o->n++;
		lws_callback_on_writable(wsi);
	} else if (reason == LWS_CALLBACK_SERVER_WRITEABLE && o->n) {
		o->n--;
		lws_write(wsi, text + LWS_PRE, text_len, LWS_WRITE_TEXT);
		if (o->n)
			lws_callback_on_writable(wsi);
	}
	return 0;
}

static const struct lws_protocols protocols[] = {
	{ "echo", hear, sizeof(struct owed), 4096, 0, NULL, 0 },
	{ NULL, NULL, 0, 0, 0, NULL, 0 }
};

int main(int argc, char **argv)
{
	struct lws_context_creation_info i;
	struct lws_context *context = NULL;
	struct rlimit r;

	if (argc < 2)
		return 1;
	text_len = (size_t)strtoul(argv[1], NULL, 10);
	text = malloc(LWS_PRE + text_len);
	if (!text)
		return 1;
	memset(text + LWS_PRE, 'x', text_len);
	getrlimit(RLIMIT_NOFILE, &r);
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
	memset(&i, 0, sizeof(i));
	i.iface = "lo";
	i.protocols = protocols;
	i.options = LWS_SERVER_OPTION_DISABLE_IPV6 |
		    LWS_SERVER_OPTION_VALIDATE_UTF8;
	lws_set_log_level(0, NULL);
	i.port = 0;		/* any that is free */
	i.vhost_name = "bare";
	context = lws_create_context(&i);
	if (!context)
		return 1;
	printf("%d\n", lws_get_vhost_listen_port(
		       lws_get_vhost_by_name(context, "bare")));
	fflush(stdout);
	while (lws_service(context, 0) >= 0)
		;
	return 0;
}
