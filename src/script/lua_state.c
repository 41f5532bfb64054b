/*
 * lua_state: LuaJIT in a box.
 *
 * The allocator counts; while a script runs it refuses what is beyond the
 * limit, which the interpreter answers with an error of its own.
 */
#include "script/lua_state.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <luajit.h>
#include <lualib.h>

#include "script/lua_text.h"
#include "util/fmath.h"
#include "util/mem.h"
#include "util/rand.h"

#define MEMORY_MIN ((size_t)1 << 20)
#define HANDLER 1			/* its place on the stack */
#define OWN_CHUNKS 16
#define BYTECODE_MARK '\033'

static const char sandbox_text[] =
#include "script/sandbox.inc"
;

struct sim_lua_state {
	lua_State *L;
	size_t used, limit;
	bool is_limited;		/* a script runs */
	int env, kit;			/* references */
	struct sim_rand rand;
	struct sim_lua_state_fault *fault;	/* of the call under way */
	void (*print)(void *ctx, const char *text, size_t n);
	void *print_ctx;
};

static bool with_jit = true;

void sim_lua_state_jit(bool on)
{
	__atomic_store_n(&with_jit, on, __ATOMIC_RELAXED);
}

static void *allocate(void *ud, void *p, size_t old, size_t n)
{
	struct sim_lua_state *s = ud;

	if (!p)
		old = 0;
	if (!n) {
		s->used -= old;
		free(p);
		return NULL;
	}
	if (s->is_limited && n > old && s->used + (n - old) > s->limit)
		return NULL;
	p = sim_mem_realloc(p, n);
	s->used += n - old;
	return p;
}

/* -- faults ---------------------------------------------------------------- */

/* A message's own "name:12: " taken off; gives what it said. */
static const char *strip_place(const char *msg, const char *chunk, int *line)
{
	const char *p = strchr(msg, ':');
	size_t n = p ? (size_t)(p - msg) : 0;
	int at = 0;

	if (!p || p[1] < '0' || p[1] > '9')
		return msg;
	for (p++; *p >= '0' && *p <= '9' && at < 100000000; p++)
		at = at * 10 + *p - '0';
	if (p[0] != ':' || p[1] != ' ')
		return msg;
	if (n == strlen(chunk) && !memcmp(msg, chunk, n))
		*line = at;
	else if (msg[0] != '(')
		return msg;
	return p + 2;
}

/* One line, without a full stop at its end. */
static void copy_message(struct sim_lua_state_fault *f, const char *msg)
{
	size_t n = 0;

	for (; *msg && n < sizeof(f->msg) - 1; msg++) {
		unsigned char c = (unsigned char)*msg;

		f->msg[n++] = c < ' ' || c == 127 ? ' ' : *msg;
	}
	while (n && (f->msg[n - 1] == '.' || f->msg[n - 1] == ' '))
		n--;
	f->msg[n] = '\0';
}

/* The innermost place that is in a script. */
static void find_place(lua_State *L, struct sim_lua_state_fault *f)
{
	lua_Debug ar;

	for (int i = 0; lua_getstack(L, i, &ar); i++) {
		if (!lua_getinfo(L, "Sl", &ar) || ar.source[0] != '@')
			continue;
		snprintf(f->chunk, sizeof(f->chunk), "%s", ar.source + 1);
		f->line = ar.currentline > 0 ? ar.currentline : 0;
		return;
	}
}

static void fill_fault(lua_State *L, struct sim_lua_state_fault *f)
{
	const char *msg = lua_tostring(L, -1);
	char other[96];

	if (!msg) {
		snprintf(other, sizeof(other), "error() was called with a %s "
			 "instead of a text", luaL_typename(L, -1));
		msg = other;
	}
	copy_message(f, strip_place(msg, f->chunk, &f->line));
}

/* The message handler: it sees the stack as it was. */
static int on_error(lua_State *L)
{
	struct sim_lua_state *s;

	lua_getallocf(L, (void **)&s);
	if (s->fault) {
		find_place(L, s->fault);
		fill_fault(L, s->fault);
	}
	return 1;
}

int sim_lua_state_tell(const struct sim_lua_state_fault *f, const char *where,
		       struct sim_err *err)
{
	char line[24] = "";

	if (f->line)
		snprintf(line, sizeof(line), "%sline %d",
			 *f->chunk ? ", " : "", f->line);
	return sim_err_set(err, SIM_E_STRATEGY, "%s%s%s%s%s%s", f->chunk, line,
			   where && *where ? ", " : "", where ? where : "",
			   *f->chunk || *line || (where && *where) ? ": " : "",
			   f->msg);
}

int sim_lua_state_call(struct sim_lua_state *s, int nargs, int nres,
		       struct sim_lua_state_fault *f)
{
	int rc;

	s->fault = f;
	s->is_limited = true;
	rc = lua_pcall(s->L, nargs, nres, HANDLER);
	s->is_limited = false;
	if (__builtin_expect(!rc, 1))
		return SIM_OK;
	/* The second where it came through a protected call. */
	if (rc == LUA_ERRMEM || !strcmp(f->msg, "not enough memory")) {
		*f = (struct sim_lua_state_fault){ .is_memory = true };
		snprintf(f->msg, sizeof(f->msg), "the script holds more than "
			 "%zu MiB of memory, which is its limit; keep less",
			 s->limit >> 20);
	} else if (!*f->msg) {
		fill_fault(s->L, f);
	}
	lua_settop(s->L, lua_gettop(s->L) - 1);
	return SIM_E_STRATEGY;
}

/* -- what C gives the sandbox ---------------------------------------------- */

static double rand_below(void *r, double n)
{
	return (double)sim_rand_below(r, (uint64_t)n);
}

static double rand_unit(void *r)
{
	return sim_rand_unit(r);
}

static void rand_seed(void *r, double x)
{
	uint64_t bits;

	memcpy(&bits, &x, sizeof(bits));
	sim_rand_init(r, bits, "script");
}

static int l_print(lua_State *L)
{
	struct sim_lua_state *s;
	size_t n;
	const char *text = luaL_checklstring(L, 1, &n);

	lua_getallocf(L, (void **)&s);
	if (s->print)
		s->print(s->print_ctx, text, n);
	return 0;
}

/* A table of addresses for ffi.cast(). */
static void push_natives(struct sim_lua_state *s)
{
	const struct {
		const char *name;
		void *p;
	} natives[] = {
		{ "exp", (void *)sim_fmath_exp },
		{ "log", (void *)sim_fmath_log },
		{ "pow", (void *)sim_fmath_pow },
		{ "rand_unit", (void *)rand_unit },
		{ "rand_below", (void *)rand_below },
		{ "rand_seed", (void *)rand_seed },
		{ "rand", &s->rand },
	};

	lua_newtable(s->L);
	for (size_t i = 0; i < sizeof(natives) / sizeof(natives[0]); i++) {
		lua_pushlightuserdata(s->L, natives[i].p);
		lua_setfield(s->L, -2, natives[i].name);
	}
	lua_pushcfunction(s->L, l_print);
	lua_setfield(s->L, -2, "print");
}

static void open_sandbox(struct sim_lua_state *s)
{
	struct sim_lua_state_fault f = { .line = 0 };

	lua_pushcfunction(s->L, on_error);
	luaL_openlibs(s->L);
	sim_lua_state_load_own(s, sandbox_text, "sandbox");
	push_natives(s);
	if (sim_lua_state_call(s, 1, 1, &f))
		SIM_BUG(f.msg);
	lua_getfield(s->L, -1, "env");
	s->env = luaL_ref(s->L, LUA_REGISTRYINDEX);
	s->kit = luaL_ref(s->L, LUA_REGISTRYINDEX);
}

/* -- the state ------------------------------------------------------------- */

int sim_lua_state_new(size_t memory, uint64_t seed, struct sim_lua_state **out,
		      struct sim_err *err)
{
	struct sim_lua_state *s;

	if (memory < MEMORY_MIN)
		return sim_err_set(err, SIM_E_STRATEGY, "%zu bytes of memory "
				   "are too few for a script; it needs at "
				   "least %zu", memory, MEMORY_MIN);
	s = sim_mem_zalloc(sizeof(*s));
	s->limit = memory;
	sim_rand_init(&s->rand, seed, "script");
	s->L = lua_newstate(allocate, s);
	if (!s->L)
		SIM_BUG("LuaJIT takes no allocator");
	if (!__atomic_load_n(&with_jit, __ATOMIC_RELAXED))
		luaJIT_setmode(s->L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
	open_sandbox(s);
	*out = s;
	return SIM_OK;
}

static int give_up(lua_State *L)
{
	(void)L;
	SIM_BUG("Lua failed outside of a protected call");
}

struct lua_State *sim_lua_state_bare(void)
{
	lua_State *L = luaL_newstate();

	if (!L)
		SIM_BUG("LuaJIT gives no state");
	lua_atpanic(L, give_up);
	luaJIT_setmode(L, 0, LUAJIT_MODE_ENGINE | LUAJIT_MODE_OFF);
	return L;
}

void sim_lua_state_free(struct sim_lua_state *s)
{
	if (!s)
		return;
	lua_close(s->L);
	sim_mem_free(s);
}

lua_State *sim_lua_state_get(struct sim_lua_state *s)
{
	return s->L;
}

size_t sim_lua_state_used(const struct sim_lua_state *s)
{
	return s->used;
}

void sim_lua_state_push_env(struct sim_lua_state *s)
{
	lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->env);
}

void sim_lua_state_push_kit(struct sim_lua_state *s)
{
	lua_rawgeti(s->L, LUA_REGISTRYINDEX, s->kit);
}

void sim_lua_state_on_print(struct sim_lua_state *s,
			    void (*print)(void *ctx, const char *text,
					  size_t n), void *ctx)
{
	s->print = print;
	s->print_ctx = ctx;
}

/* -- chunks ---------------------------------------------------------------- */

/* "sma.lua:3: unexpected symbol" as a sentence. */
static int tell_syntax(struct sim_lua_state *s, const char *name,
		       struct sim_err *err)
{
	struct sim_lua_state_fault f = { .line = 0 };

	snprintf(f.chunk, sizeof(f.chunk), "%s", name);
	fill_fault(s->L, &f);
	lua_pop(s->L, 1);
	return sim_lua_state_tell(&f, NULL, err);
}

int sim_lua_state_load(struct sim_lua_state *s, const char *text, size_t len,
		       const char *name, struct sim_err *err)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);
	char chunk[SIM_LUA_STATE_NAME_MAX];
	int rc;

	if (len > SIM_LUA_STATE_TEXT_MAX)
		return sim_err_set(err, SIM_E_STRATEGY, "%s has %zu bytes; a "
				   "script may have %zu", name, len,
				   SIM_LUA_STATE_TEXT_MAX);
	if (len && text[0] == BYTECODE_MARK)
		return sim_err_set(err, SIM_E_STRATEGY, "%s is bytecode; a "
				   "script has to be text", name);
	snprintf(chunk, sizeof(chunk), "@%s", name);
	sim_lua_text_prepare(text, len, &b);
	rc = luaL_loadbufferx(s->L, sim_buf_str(&b), b.len, chunk, "t");
	sim_buf_release(&b);
	if (rc)
		return tell_syntax(s, chunk + 1, err);
	sim_lua_state_push_env(s);
	lua_setfenv(s->L, -2);
	return SIM_OK;
}

/* Our own chunks, compiled once a process. */
static struct {
	pthread_mutex_t lock;
	struct {
		const char *text;
		char *code;
		size_t len;
	} of[OWN_CHUNKS];
	size_t n;
} compiled = { .lock = PTHREAD_MUTEX_INITIALIZER };

static int add_code(lua_State *L, const void *p, size_t n, void *ud)
{
	(void)L;
	sim_buf_add(ud, p, n);
	return 0;
}

/* Keep what the function on the stack was compiled to. */
static void keep_code(struct sim_lua_state *s, const char *text)
{
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	if (compiled.n == OWN_CHUNKS || lua_dump(s->L, add_code, &b))
		SIM_BUG("a chunk of our own can't be kept");
	compiled.of[compiled.n].text = text;
	compiled.of[compiled.n].len = b.len;
	compiled.of[compiled.n++].code = b.data;
}

void sim_lua_state_load_own(struct sim_lua_state *s, const char *text,
			    const char *name)
{
	char chunk[SIM_LUA_STATE_NAME_MAX];
	size_t i = 0;
	int rc;

	snprintf(chunk, sizeof(chunk), "=(%s)", name);
	pthread_mutex_lock(&compiled.lock);
	while (i < compiled.n && compiled.of[i].text != text)
		i++;
	if (i < compiled.n)
		rc = luaL_loadbufferx(s->L, compiled.of[i].code,
				      compiled.of[i].len, chunk, "b");
	else
		rc = luaL_loadbufferx(s->L, text, strlen(text), chunk, "t");
	if (rc)
		SIM_BUG(lua_tostring(s->L, -1));
	if (i == compiled.n)
		keep_code(s, text);
	pthread_mutex_unlock(&compiled.lock);
}
