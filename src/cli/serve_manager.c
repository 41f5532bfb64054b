/* serve_manager: descriptors to listeners, a key to a file. */
#include "cli/serve_manager.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "server/notify.h"
#include "util/file.h"
#include "util/secret.h"

static char addresses[SIM_NET_LISTENERS][SIM_NET_ADDRESS];

/* What a socket is bound to; "?" when it is no address of the internet. */
static void put_address(int fd, char *out)
{
	union {
		struct sockaddr any;
		struct sockaddr_in four;
		struct sockaddr_in6 six;
	} a;
	socklen_t n = sizeof(a);
	const void *at;

	snprintf(out, SIM_NET_ADDRESS, "?");
	if (getsockname(fd, &a.any, &n) ||
	    (a.any.sa_family != AF_INET && a.any.sa_family != AF_INET6))
		return;
	at = a.any.sa_family == AF_INET ? (const void *)&a.four.sin_addr :
		(const void *)&a.six.sin6_addr;
	(void)!inet_ntop(a.any.sa_family, at, out, SIM_NET_ADDRESS);
}

int sim_serve_manager_sockets(struct sim_net_config *n, struct sim_err *err)
{
	int fds[SIM_NET_LISTENERS], count;
	int rc = sim_notify_sockets(fds, SIM_NET_LISTENERS, &count, err);

	if (rc || !count)
		return rc;
	n->n_listeners = (size_t)count;
	for (int i = 0; i < count; i++) {
		put_address(fds[i], addresses[i]);
		n->listeners[i] = (struct sim_net_listener){
			.address = addresses[i], .fd = fds[i]
		};
	}
	return SIM_OK;
}

int sim_serve_manager_keep(struct sim_cli *cli, char *key_text,
			   struct sim_err *err)
{
	const char *path;
	int rc;

	if (!key_text[0] || !sim_notify_is_wanted())
		return SIM_OK;
	rc = sim_cli_folder(cli, "admin.key", &path, err);
	if (!rc)
		rc = sim_file_write(path, key_text, strlen(key_text), 0600,
				    err);
	sim_secret_wipe(key_text, strlen(key_text));
	if (rc)
		sim_err_prefix(err, "the first API key is lost (make one with"
			       " simutrador admin key create admin)");
	return rc;
}
