/*
 * net_addr: IP addresses: listening at them, who is behind a proxy, and which
 * block one is in.  IPv4 is kept as ::ffff:a.b.c.d.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include "server/net_priv.h"

#define BACKLOG 4096

static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

bool sim_net_addr_parse(const char *s, size_t n, struct sim_net_ip *out)
{
	char text[SIM_NET_ADDRESS];
	struct sim_net_ip ip;

	if (n >= sizeof(text))
		return false;
	memcpy(text, s, n);
	text[n] = '\0';
	if (inet_pton(AF_INET6, text, ip.byte) != 1) {
		memcpy(ip.byte, mapped, sizeof(mapped));
		if (inet_pton(AF_INET, text, ip.byte + 12) != 1)
			return false;
	}
	*out = ip;
	return true;
}

bool sim_net_addr_block(const char *s, struct sim_net_block *out)
{
	size_t n = strcspn(s, "/");
	unsigned most, bits = 0;

	if (!sim_net_addr_parse(s, n, &out->ip))
		return false;
	most = memchr(s, ':', n) ? 128 : 32;
	if (!s[n])
		bits = most;
	else if (strspn(s + n + 1, "0123456789") != strlen(s + n + 1) ||
		 !s[n + 1] || strlen(s + n + 1) > 3)
		return false;
	for (const char *p = s + n + 1; s[n] && *p; p++)
		bits = bits * 10 + (unsigned)(*p - '0');
	if (bits > most)
		return false;
	out->bits = bits + (128 - most);
	return true;
}

static bool is_in(const struct sim_net_ip *ip, const struct sim_net_block *b)
{
	unsigned whole = b->bits / 8, rest = b->bits % 8;

	if (memcmp(ip->byte, b->ip.byte, whole))
		return false;
	return !rest || !((ip->byte[whole] ^ b->ip.byte[whole]) >> (8 - rest));
}

bool sim_net_addr_in(const struct sim_net_ip *ip,
		     const struct sim_net_block *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_in(ip, &b[i]))
			return true;
	return false;
}

void sim_net_addr_text(const struct sim_net_ip *ip, char out[SIM_NET_ADDRESS])
{
	bool is_v4 = !memcmp(ip->byte, mapped, sizeof(mapped));

	inet_ntop(is_v4 ? AF_INET : AF_INET6, ip->byte + (is_v4 ? 12 : 0),
		  out, SIM_NET_ADDRESS);
}

void sim_net_addr_of(const struct sockaddr *sa, struct sim_net_ip *out)
{
	memset(out, 0, sizeof(*out));
	if (sa->sa_family == AF_INET6) {
		const struct sockaddr_in6 *v6 = (const void *)sa;

		memcpy(out->byte, &v6->sin6_addr, 16);
	} else if (sa->sa_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)sa;

		memcpy(out->byte, mapped, sizeof(mapped));
		memcpy(out->byte + 12, &v4->sin_addr, 4);
	}
}

/* The last element of a list, which ends at *n; moves *n before it. */
static bool last_of(const char *list, size_t *n, struct sim_net_ip *out)
{
	size_t end = *n, from;

	while (end && strchr(" \t,", list[end - 1]))
		end--;
	from = end;
	while (from && list[from - 1] != ',')
		from--;
	*n = from;
	while (from < end && strchr(" \t", list[from]))
		from++;
	return from < end && sim_net_addr_parse(list + from, end - from, out);
}

void sim_net_addr_client(const struct sim_net *net,
			 const struct sim_net_ip *peer, const char *forwarded,
			 char out[SIM_NET_ADDRESS])
{
	struct sim_net_ip ip = *peer, next;
	size_t n = forwarded ? strlen(forwarded) : 0;

	while (sim_net_addr_in(&ip, net->proxies, net->c.n_proxies) &&
	       last_of(forwarded, &n, &next))
		ip = next;
	sim_net_addr_text(&ip, out);
}

static int sockaddr_of(const struct sim_net_listener *l,
		       struct sockaddr_storage *sa, socklen_t *len)
{
	const char *address = l->address ? l->address : "127.0.0.1";
	struct sockaddr_in *v4 = (void *)sa;
	struct sockaddr_in6 *v6 = (void *)sa;

	memset(sa, 0, sizeof(*sa));
	if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)l->port);
		*len = sizeof(*v4);
		return 0;
	}
	if (inet_pton(AF_INET6, address, &v6->sin6_addr) != 1)
		return -1;
	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)l->port);
	*len = sizeof(*v6);
	return 0;
}

static int port_of(int fd)
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof(sa);

	if (getsockname(fd, (struct sockaddr *)&sa, &len))
		return 0;
	if (sa.ss_family == AF_INET6)
		return ntohs(((struct sockaddr_in6 *)&sa)->sin6_port);
	return sa.ss_family == AF_INET
		? ntohs(((struct sockaddr_in *)&sa)->sin_port) : 0;
}

static int adopt(int inherited, int *fd, int *port, struct sim_err *err)
{
	int is_listening = 0;
	socklen_t len = sizeof(is_listening);

	if (getsockopt(inherited, SOL_SOCKET, SO_ACCEPTCONN, &is_listening,
		       &len) || !is_listening)
		return sim_err_set(err, SIM_E_INVAL, "the inherited descriptor "
				   "%d is no listening socket", inherited);
	fcntl(inherited, F_SETFL, fcntl(inherited, F_GETFL) | O_NONBLOCK);
	fcntl(inherited, F_SETFD, FD_CLOEXEC);
	*fd = inherited;
	*port = port_of(inherited);
	return 0;
}

static int fail(const struct sim_net_listener *l, int fd, struct sim_err *err)
{
	int e = errno;

	if (fd >= 0)
		close(fd);
	return sim_err_set(err, SIM_E_UNAVAILABLE, "cannot listen at %s port "
			   "%d: %s; choose another address or port",
			   l->address ? l->address : "127.0.0.1", l->port,
			   strerror(e));
}

int sim_net_addr_bind(const struct sim_net_listener *l, int *fd, int *port,
		      struct sim_err *err)
{
	struct sockaddr_storage sa;
	socklen_t len;
	int on = 1, s;

	if (l->is_local)
		return sim_net_local_bind(l->address, fd, err);
	if (l->fd >= 0)
		return adopt(l->fd, fd, port, err);
	if (sockaddr_of(l, &sa, &len))
		return sim_err_set(err, SIM_E_INVAL, "\"%.60s\" is no IPv4 or "
				   "IPv6 address to listen at", l->address);
	if (l->port < 0 || l->port > 65535)
		return sim_err_set(err, SIM_E_INVAL, "port %d is not 0 to "
				   "65535", l->port);
	s = socket(sa.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
		   0);
	if (s < 0 || setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on,
				sizeof(on)) ||
	    (sa.ss_family == AF_INET6 &&
	     setsockopt(s, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    bind(s, (struct sockaddr *)&sa, len) || listen(s, BACKLOG))
		return fail(l, s, err);
	*fd = s;
	*port = port_of(s);
	return 0;
}
