/*
 * simutrador serve: the server.
 *
 * What it prints on stdout is where it listens and, once, the key of the
 * administrator that a new database gets (under a service manager the key goes
 * to a file); its log goes to stderr.
 */
#include "cli/cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/admin.h"
#include "config.h"
#include "cli/serve_local.h"
#include "cli/serve_mail.h"
#include "cli/serve_manager.h"
#include "db/apikey.h"
#include "server/hub.h"
#include "server/logline.h"
#include "server/notify.h"
#include "util/file.h"
#include "util/secret.h"

extern const struct sim_cmd sim_cmd_serve;

#define DRAIN_MS	5000
#define TURN_NS		1000000000	/* between looks at log and watchdog */
#define LOG_BURST	50		/* lines of one event ... */
#define LOG_PERIOD	(10 * SIM_TIME_SEC)	/* ... in so long */

static const char *listen_at, *cert, *key, *secret_file, *log_form;
static const char *seal_file, *passwords;
static struct sim_opt_list proxies, origins;
static struct sim_serve_local local;
static struct sim_serve_mail mail;
static bool is_local, no_url_tokens, is_strict;
static int64_t auth_port = 8001, run_port = 8003, port = -1;
static int64_t workers, keep, per_address = 1;
static const char *const log_forms[] = { "logfmt", "json", NULL };

static const struct sim_opt opts[] = {
	SIM_ADMIN_DB,
	{ SIM_OPT_STR, "listen", .arg = "ADDRESS",
	  .help = "listen at this address instead of 127.0.0.1",
	  .value = &listen_at },
	{ SIM_OPT_INT, "auth-port", .arg = "PORT",
	  .help = "port for logging in (8001; 0: any free one)",
	  .value = &auth_port, .lo = 0, .hi = 65535 },
	{ SIM_OPT_INT, "sim-port", .arg = "PORT",
	  .help = "port for simulations (8003; 0: any free one)",
	  .value = &run_port, .lo = 0, .hi = 65535 },
	{ SIM_OPT_INT, "port", .arg = "PORT",
	  .help = "one port for both", .value = &port, .lo = 0, .hi = 65535 },
	{ SIM_OPT_PATH, "tls-cert", .arg = "FILE",
	  .help = "certificate chain (PEM): https and wss",
	  .value = &cert, .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_PATH, "tls-key", .arg = "FILE",
	  .help = "its private key (PEM)", .value = &key,
	  .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_LIST, "trusted-proxy", .arg = "ADDRESS",
	  .help = "believe X-Forwarded-For of this address or network",
	  .value = &proxies },
	{ SIM_OPT_LIST, "origin", .arg = "URL",
	  .help = "let pages of this origin open WebSockets; *: of any",
	  .value = &origins },
	{ SIM_OPT_PATH, "secret-file", .arg = "FILE",
	  .help = "the tokens' secret instead of server.key of the data"
		  " folder", .value = &secret_file,
	  .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_PATH, "seal-file", .arg = "FILE",
	  .help = "the keys that close secrets in the database, instead of"
		  " seal.key of the data folder", .value = &seal_file,
	  .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_PATH, "bad-passwords", .arg = "FILE",
	  .help = "passwords that nobody may take, a line each",
	  .value = &passwords, .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_FLAG, "no-url-tokens",
	  .help = "take no token from a WebSocket's URL, where proxies log it",
	  .value = &no_url_tokens },
	{ SIM_OPT_FLAG, "strict",
	  .help = "want TLS, second factors, codes of now, --bad-passwords and"
		  " --no-url-tokens", .value = &is_strict },
	{ SIM_OPT_STR, "smtp", .arg = "URL",
	  .help = "send mail by this server: smtp://HOST:PORT (STARTTLS) or"
		  " smtps://HOST:PORT", .value = &mail.url },
	{ SIM_OPT_PATH, "smtp-ca", .arg = "FILE",
	  .help = "trust it by these certificates (PEM), not the system's",
	  .value = &mail.ca, .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_STR, "smtp-user", .arg = "NAME",
	  .help = "who we are there", .value = &mail.user },
	{ SIM_OPT_PATH, "smtp-password-file", .arg = "FILE",
	  .help = "the file of the password there",
	  .value = &mail.password_file, .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_STR, "mail-from", .arg = "ADDRESS",
	  .help = "the address that mail is from", .value = &mail.from },
	{ SIM_OPT_PATH, "mail-folder", .arg = "DIR",
	  .help = "without --smtp: put mail here instead of in mail beside the"
		  " database", .value = &mail.folder,
	  .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_PATH, "mail-templates", .arg = "DIR",
	  .help = "write mail by the templates of this folder",
	  .value = &mail.templates, .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_INT, "workers", .arg = "N",
	  .help = "threads for sessions (one less than cores)",
	  .value = &workers, .lo = 1, .hi = 64 },
	{ SIM_OPT_INT, "keep", .arg = "SECONDS",
	  .help = "keep a session that nobody is at for so long (3600)",
	  .value = &keep, .lo = 1, .hi = 31536000 },
	{ SIM_OPT_INT, "per-address", .arg = "N",
	  .help = "connections and requests of one address, as a multiple of"
		  " the usual limits (1)", .value = &per_address, .lo = 1,
	  .hi = 100000 },
	{ SIM_OPT_ENUM, "log-format", .arg = "FORM",
	  .help = "how log lines are written", .value = &log_form,
	  .choices = log_forms },
	{ SIM_OPT_FLAG, "local",
	  .help = "serve this user alone, at a Unix socket, without tokens and"
		  " limits", .value = &is_local },
	{ SIM_OPT_PATH, "socket", .arg = "PATH",
	  .help = "with --local: that socket instead of the data folder's",
	  .value = &local.socket, .words = SIM_OPT_WORDS_FILE },
	{ SIM_OPT_STR, "idle-exit", .arg = "SPAN",
	  .help = "with --local: end when nobody needed it for so long (15m)",
	  .value = &local.idle_exit },
	{ .kind = SIM_OPT_END }
};
static const struct sim_out_col cols[] = {
	{ "auth_url", 0 }, { "simulation_url", 0 }, { "user", 0 },
	{ "api_key", 0 }, { "socket", 0 }, { NULL, 0 }
};
static const char *const examples[] = {
	"simutrador serve --auth-port 0 --sim-port 0 --timeout 1s || test $?"
	" = 124",
	NULL
};

/* -- the first start ------------------------------------------------------- */

/* Make an administrator when there is nobody.  Gives: key "" otherwise. */
static int first_user(const char *db_path, struct sim_user *u,
		      char key_text[SIM_APIKEY_TEXT], struct sim_err *err)
{
	struct sim_apikey k = { .name = "first start",
				.scopes = SIM_SCOPE_ALL,
				.expires = SIM_TIME_MAX };
	const struct sim_db_by by = sim_admin_by();
	struct sim_db_stats stats;
	struct sim_db *db;
	int rc = sim_db_open_by(db_path, true, &by, &db, err);

	key_text[0] = '\0';
	if (rc)
		return rc;
	rc = sim_db_stats(db, by.now, &stats, err);
	if (!rc && !stats.users) {
		*u = (struct sim_user){ .name = "admin",
			.plan = SIM_PLAN_ENTERPRISE,
			.role = SIM_USER_ROLE_ADMIN };
		rc = sim_user_add(db, &by, u, err);
		if (!rc)
			memcpy(k.user, u->id, sizeof(k.user));
		if (!rc)
			rc = sim_apikey_create(db, &by, &k, key_text, err);
	}
	sim_db_close(db);
	return rc;
}

/* -- configuration --------------------------------------------------------- */

static void set_listeners(struct sim_net_config *n)
{
	const int64_t ports[] = { port >= 0 ? port : auth_port, run_port };

	n->n_listeners = port >= 0 ? 1 : 2;
	for (size_t i = 0; i < n->n_listeners; i++)
		n->listeners[i] = (struct sim_net_listener){
			listen_at, (int)ports[i], -1, false
		};
}

static void scale_limits(struct sim_hub_config *c)
{
	uint32_t by = (uint32_t)per_address;

	for (int i = 0; i < SIM_ROUTE_LIMITER__COUNT; i++)
		c->limits.rules[i].limit *= by;
	c->net.limits.per_address *= by;
}

static int set_paths(struct sim_cli *cli, struct sim_hub_config *c,
		     struct sim_err *err)
{
	int rc = SIM_OK;

	c->db_path = sim_admin_db_path;
	if (!c->db_path && !is_local)
		rc = sim_cli_folder(cli, "server.db", &c->db_path, err);
	if (!rc)
		rc = sim_cli_folder(cli, "store", &c->store_dir, err);
	if (!rc)
		rc = sim_cli_folder(cli, "calendars", &c->calendar_dir, err);
	c->passwords = passwords;
	c->no_url_tokens = no_url_tokens || is_strict;
	c->is_strict = is_strict;
	if (!rc)
		rc = sim_admin_seal(cli, seal_file, &c->seal, err);
	c->token.secret = getenv("JWT_SECRET_KEY");
	c->token.file = secret_file;
	if (!rc && !c->token.file && !is_local)
		rc = sim_cli_folder(cli, "server.key", &c->token.file, err);
	return rc;
}

/* What goes with --local, and what does not. */
static int check_local(struct sim_err *err)
{
	bool is_public = listen_at || port >= 0 || cert || key ||
		secret_file || proxies.n || origins.n || is_strict ||
		sim_serve_mail_is_given(&mail);

	if (is_local && is_public)
		return sim_err_set(err, SIM_E_USAGE, "--local listens at a "
				   "Unix socket alone; leave out what is about "
				   "addresses, TLS, origins, tokens and mail");
	if (!is_local && (local.socket || local.idle_exit))
		return sim_err_set(err, SIM_E_USAGE, "--socket and --idle-exit "
				   "are for --local; give that too, or leave "
				   "them out");
	return SIM_OK;
}

static bool is_loopback(const char *address)
{
	return !address || !strncmp(address, "127.", 4) ||
		!strcmp(address, "::1");
}

/* What --strict wants that can't be made up. */
static int check_strict(const struct sim_net_config *n, struct sim_err *err)
{
	if (!is_strict)
		return SIM_OK;
	if (!passwords)
		return sim_err_set(err, SIM_E_USAGE, "--strict refuses leaked "
				   "passwords; name a list of them with "
				   "--bad-passwords");
	for (size_t i = 0; !cert && i < n->n_listeners; i++)
		if (!is_loopback(n->listeners[i].address))
			return sim_err_set(err, SIM_E_USAGE, "--strict listens "
					   "at %s with TLS alone; give "
					   "--tls-cert and --tls-key, or listen"
					   " at 127.0.0.1 for a proxy there",
					   n->listeners[i].address);
	return SIM_OK;
}

static int configure(struct sim_cli *cli, struct sim_hub_config *c,
		     struct sim_err *err)
{
	int rc = check_local(err);

	if (rc)
		return rc;
	sim_hub_config_init(c);
	c->version = PACKAGE_VERSION;
	set_listeners(&c->net);
	c->net.cert_path = cert;
	c->net.key_path = key;
	c->net.proxies = (const char *const *)proxies.v;
	c->net.n_proxies = proxies.n;
	c->net.origins = (const char *const *)origins.v;
	c->net.n_origins = origins.n;
	c->workers = (unsigned)workers;
	if (keep)
		c->keep_sec = keep;
	scale_limits(c);
	if (!cert != !key)
		return sim_err_set(err, SIM_E_USAGE, "--tls-cert and --tls-key "
				   "go together; give both or none");
	if (!is_local)
		rc = sim_serve_manager_sockets(&c->net, err);
	if (!rc)
		rc = check_strict(&c->net, err);
	if (!rc)
		rc = set_paths(cli, c, err);
	if (!rc && !is_local)
		rc = sim_serve_mail_configure(&mail, c->db_path, &c->post, err);
	if (!rc && is_local)
		rc = sim_serve_local_configure(cli, &local, c, err);
	return rc;
}

/* -- its words ------------------------------------------------------------- */

static void put_log(void *ctx, enum sim_net_level level, const char *event,
		    const char *text)
{
	const struct sim_logline_field fields[] = {
		{ "message", text }, { NULL, NULL }
	};

	sim_logline_put(ctx, level == SIM_NET_LOG_ERROR ? SIM_LOGLINE_ERROR :
			SIM_LOGLINE_WARNING, event, fields);
}

/* Something that happened to the whole of it. */
static void put_state(struct sim_logline *log, const char *event,
		      const char *name, const char *value)
{
	const struct sim_logline_field fields[] = {
		{ name, value }, { NULL, NULL }
	};

	sim_logline_put(log, SIM_LOGLINE_INFO, event, fields);
}

static void put_served(void *ctx, const struct sim_net_done *d)
{
	char id[24], status[16], took[24], size[24];
	const struct sim_logline_field fields[] = {
		{ "request", id }, { "method", d->method },
		{ "path", d->path }, { "address", d->address },
		{ "status", status }, { "took_us", took },
		{ "bytes", size }, { NULL, NULL }
	};

	snprintf(id, sizeof(id), "%llx", (unsigned long long)d->id);
	snprintf(status, sizeof(status), "%d", d->status);
	snprintf(took, sizeof(took), "%lld", (long long)d->took_us);
	snprintf(size, sizeof(size), "%zu", d->answer_len);
	sim_logline_put(ctx, SIM_LOGLINE_INFO, "request", fields);
}

static void put_gone(void *ctx, const struct sim_hub_gone *g)
{
	char id[24], code[16], lasted[24];
	const struct sim_logline_field fields[] = {
		{ "request", id }, { "user", g->user[0] ? g->user : NULL },
		{ "code", code }, { "lasted_ms", lasted }, { NULL, NULL }
	};

	snprintf(id, sizeof(id), "%llx", (unsigned long long)g->id);
	snprintf(code, sizeof(code), "%d", g->code);
	snprintf(lasted, sizeof(lasted), "%lld", (long long)g->lasted_ms);
	sim_logline_put(ctx, SIM_LOGLINE_INFO, "closed", fields);
}

static void collect(void *ctx, struct sim_meter *m)
{
	struct sim_logline_stats log;
	const struct sim_meter_sources from = { .log = &log };

	sim_logline_stats(ctx, &log);
	sim_meter_take(m, &from);
}

static sim_time wall_clock(void *ctx)
{
	(void)ctx;
	return sim_admin_by().now;
}

static int64_t steady_clock(void *ctx)
{
	struct timespec t;

	(void)ctx;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * SIM_TIME_SEC + t.tv_nsec;
}

static void put_url(struct sim_out *o, const char *field,
		    const struct sim_hub_config *c, const struct sim_hub *h,
		    const char *scheme, size_t i)
{
	const char *a = c->net.listeners[i].address;
	bool is_six = a && strchr(a, ':');
	char url[128];

	i = i < c->net.n_listeners ? i : 0;
	snprintf(url, sizeof(url), "%s%s://%s%s%s:%d", scheme,
		 c->net.cert_path ? "s" : "", is_six ? "[" : "",
		 a ? a : "127.0.0.1", is_six ? "]" : "", sim_hub_port(h, i));
	sim_out_str(o, field, url);
}

/* Where it listens; with the key of a first start. */
static void say_started(struct sim_cli *cli, const struct sim_hub_config *c,
			const struct sim_hub *h, const struct sim_user *u,
			const char *key_text)
{
	sim_out_object(cli->out, cols);
	if (is_local) {
		sim_out_str(cli->out, "socket", local.path);
	} else {
		put_url(cli->out, "auth_url", c, h, "http", 0);
		put_url(cli->out, "simulation_url", c, h, "ws", 1);
	}
	if (key_text[0]) {
		sim_out_str(cli->out, "user", u->name);
		sim_out_str(cli->out, "api_key", key_text);
	}
	sim_out_end(cli->out);
	(void)!sim_out_flush(cli->out, NULL);
	if (c->post.from && !c->post.url)
		sim_cli_note(cli, "Mail is not sent: it is put into %s.",
			     c->post.folder);
	if (key_text[0])
		sim_cli_note(cli, "Keep the api_key now; it is not shown "
			     "again.");
}

/* -- running --------------------------------------------------------------- */

static void block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGALRM);		/* --timeout */
	sigprocmask(SIG_BLOCK, set, NULL);
}

static void reload(struct sim_hub *h, struct sim_logline *log)
{
	struct sim_err err = SIM_ERR_INIT;

	sim_notify_reloading(steady_clock(NULL));
	if (sim_hub_reload(h, &err))
		put_log(log, SIM_NET_LOG_ERROR, "reload", err.msg);
	else
		put_state(log, "reloaded", NULL, NULL);
	sim_notify_ready();
}

/* Between signals: the log's counts; the watchdog, while sockets are served. */
static void look_after(struct sim_hub *h, struct sim_logline *log)
{
	static int64_t told_ns;
	int64_t now_ns = steady_clock(NULL), most = sim_notify_watchdog_ns();

	sim_logline_flush(log);
	if (most && now_ns - told_ns >= most / 4 && sim_hub_is_alive(h)) {
		sim_notify_alive();
		told_ns = now_ns;
	}
}

/* Until a signal asks for the end.  Gives: which; 0: nobody needs it. */
static int wait_end(struct sim_hub *h, struct sim_logline *log,
		    const sigset_t *set)
{
	int64_t most = sim_notify_watchdog_ns();
	const struct timespec turn = {
		.tv_sec = most && most / 4 < TURN_NS ? 0 : 1,
		.tv_nsec = most && most / 4 < TURN_NS ? most / 4 : 0,
	};
	int sig;

	for (;;) {
		sig = sigtimedwait(set, NULL, &turn);
		look_after(h, log);
		if (sig == SIGHUP)
			reload(h, log);
		else if (sig > 0)
			return sig;
		else if (is_local && sim_serve_local_is_done(
				 &local, h, steady_clock(NULL)))
			return 0;
	}
}

static int end_code(int sig, struct sim_err *err)
{
	if (sig == SIGALRM)
		return sim_err_set(err, SIM_E_TIMEOUT, "the time of --timeout "
				   "is over");
	return SIM_OK;
}

/* Serve until a signal; then drain. */
static int serve_to_end(struct sim_hub *h, const struct sim_hub_config *c,
			struct sim_logline *log, const sigset_t *set,
			struct sim_err *err)
{
	int sig, rc = sim_hub_start(h, err);

	if (rc)
		return rc;
	put_state(log, "started", "version", PACKAGE_VERSION);
	if (c->post.from)
		put_state(log, "mail", c->post.url ? "server" : "folder",
			  c->post.url ? c->post.url : c->post.folder);
	sim_notify_ready();
	sig = wait_end(h, log, set);
	put_state(log, "stopping", "signal", !sig ? "none" :
		  sig == SIGTERM ? "SIGTERM" :
		  sig == SIGINT ? "SIGINT" : "SIGALRM");
	if (is_local)
		sim_serve_local_close(&local);
	sim_notify_stopping();
	/* A second signal ends it at once. */
	sigprocmask(SIG_UNBLOCK, set, NULL);
	sim_hub_stop(h, DRAIN_MS);
	return end_code(sig, err);
}

/* The key of a first start is made when nothing stands in the way of serving,
 * for it is told once. */
static int serve(struct sim_cli *cli, struct sim_hub_config *c,
		 struct sim_logline *log, struct sim_err *err)
{
	char key_text[SIM_APIKEY_TEXT] = "";
	struct sim_user u = { .name = "" };
	struct sim_hub *h;
	sigset_t set;
	int rc;

	block_signals(&set);
	rc = is_local ? sim_serve_local_open(&local, c, &h, err) :
		sim_hub_open(c, &h, err);
	if (rc || !h)
		return rc;
	if (!is_local)
		rc = first_user(c->db_path, &u, key_text, err);
	if (!rc)
		rc = sim_serve_manager_keep(cli, key_text, err);
	if (!rc) {
		say_started(cli, c, h, &u, key_text);
		rc = serve_to_end(h, c, log, &set, err);
	}
	sim_secret_wipe(key_text, sizeof(key_text));
	sim_hub_free(h);
	put_state(log, "stopped", NULL, NULL);
	return rc;
}

static int run(struct sim_cli *cli, struct sim_err *err)
{
	struct sim_logline_config lc = { .fd = STDERR_FILENO,
		.is_json = log_form && !strcmp(log_form, "json"),
		.level = SIM_LOGLINE_INFO, .burst = LOG_BURST,
		.period = LOG_PERIOD, .now = wall_clock };
	struct sim_logline *log;
	struct sim_hub_config c;
	int rc = configure(cli, &c, err);

	if (rc) {
		sim_serve_mail_release(&mail);
		return rc;
	}
	log = sim_logline_new(&lc);
	c.ctx = log;
	c.now = wall_clock;
	c.now_ns = steady_clock;
	c.log = put_log;
	c.served = put_served;
	c.gone = put_gone;
	c.collect = collect;
	rc = serve(cli, &c, log, err);
	sim_logline_free(log);
	sim_serve_mail_release(&mail);
	sim_opt_list_release(&proxies);
	sim_opt_list_release(&origins);
	return rc;
}

const struct sim_cmd sim_cmd_serve = {
	.name = "serve", .summary = "serve simulations to other programs",
	.operands = "", .opts = opts, .cols = cols, .examples = examples,
	.flags = SIM_CMD_ACTS, .run = run,
};
