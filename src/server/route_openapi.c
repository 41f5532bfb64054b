/*
 * route_openapi: GET /openapi.json, the routes as OpenAPI 3.1 has it; made of
 * route.def and route_schema.def.
 */
#include "server/route_priv.h"

#include <stdio.h>
#include <string.h>

static const struct said {
	const char *handler, *about, *query, *body, *answer;
} said[] = {
#define SIM_ROUTE_SCHEMA(handler, about, query, body, answer) \
	{ #handler, about, query, body, answer },
#include "server/route_schema.def"
#undef SIM_ROUTE_SCHEMA
};

static const struct object {
	const char *name, *fields;
} objects[] = {
#define SIM_ROUTE_OBJECT(name, fields) { #name, fields },
#include "server/route_schema.def"
#undef SIM_ROUTE_OBJECT
	{ "Error", "error message" },
};

static const struct row {
	const char *method, *path, *kind, *role, *scope, *handler;
} rows[] = {
#define SIM_ROUTE(method, path, kind, role, scope, limiter, handler) \
	{ #method, path, #kind, #role, #scope, #handler },
#include "server/route.def"
#undef SIM_ROUTE
};

#define N(a) (sizeof(a) / sizeof((a)[0]))

/* A field of a list of route_schema.def; kind 0 is a text. */
struct field {
	char name[40], of[16];
	char kind;
	bool may_miss, may_be_null;
};

/* The next of *s; false: there is none. */
static bool next(const char **s, struct field *f)
{
	size_t n;

	memset(f, 0, sizeof(*f));
	*s += strspn(*s, " ");
	if (!**s)
		return false;
	for (; **s == '?' || **s == '~'; ++*s)
		*(**s == '?' ? &f->may_miss : &f->may_be_null) = true;
	n = strcspn(*s, " #%@[{");
	if (n >= sizeof(f->name))
		SIM_BUG("a name of route_schema.def is too long");
	memcpy(f->name, *s, n);
	*s += n;
	if (**s && **s != ' ')
		f->kind = *(*s)++;
	n = strcspn(*s, " ");
	if (n >= sizeof(f->of))
		SIM_BUG("a name of route_schema.def is too long");
	memcpy(f->of, *s, n);
	*s += n;
	return true;
}

static void put_ref(struct sim_json *j, const char *key, const char *name)
{
	char text[64];

	snprintf(text, sizeof(text), "#/components/schemas/%s", name);
	sim_json_object(j, key);
	sim_json_str(j, "$ref", text);
	sim_json_end(j);
}

static void put_type(struct sim_json *j, const char *key, char kind,
		     bool may_be_null)
{
	const char *type = kind == '#' ? "integer" :
			   kind == '%' ? "boolean" : "string";

	sim_json_object(j, key);
	if (may_be_null) {
		sim_json_array(j, "type");
		sim_json_str(j, NULL, type);
		sim_json_str(j, NULL, "null");
		sim_json_end(j);
	} else {
		sim_json_str(j, "type", type);
	}
	if (kind == '@')
		sim_json_str(j, "format", "date-time");
	sim_json_end(j);
}

static void put_field(struct sim_json *j, const char *key,
		      const struct field *f)
{
	bool is_null = f->of[0] == '~';

	if (f->kind != '[' && f->kind != '{') {
		put_type(j, key, f->kind, f->may_be_null);
		return;
	}
	sim_json_object(j, key);
	sim_json_str(j, "type", f->kind == '[' ? "array" : "object");
	if (f->kind == '{')
		put_type(j, "additionalProperties", f->of[is_null], is_null);
	else if (f->of[0])
		put_ref(j, "items", f->of);
	else
		put_type(j, "items", 0, false);
	sim_json_end(j);
}

static void put_object(struct sim_json *j, const char *key, const char *fields)
{
	const char *s = fields;
	struct field f;

	sim_json_object(j, key);
	sim_json_str(j, "type", "object");
	sim_json_object(j, "properties");
	while (next(&s, &f))
		put_field(j, f.name, &f);
	sim_json_end(j);
	sim_json_array(j, "required");
	for (s = fields; next(&s, &f);)
		if (!f.may_miss)
			sim_json_str(j, NULL, f.name);
	sim_json_end(j);
	sim_json_end(j);
}

/* {"application/json":{"schema":...}} */
static void put_content(struct sim_json *j, const char *fields)
{
	sim_json_object(j, "content");
	sim_json_object(j, "application/json");
	if (fields)
		put_object(j, "schema", fields);
	else
		put_ref(j, "schema", "Error");
	sim_json_end(j);
	sim_json_end(j);
}

static void put_parameter(struct sim_json *j, const char *in,
			  const struct field *f)
{
	sim_json_object(j, NULL);
	sim_json_str(j, "name", f->name);
	sim_json_str(j, "in", in);
	sim_json_bool(j, "required", !f->may_miss);
	put_field(j, "schema", f);
	sim_json_end(j);
}

static void put_parameters(struct sim_json *j, const struct row *r,
			   const struct said *x)
{
	static const struct field id = { .name = "id" };
	const char *s = x->query;
	struct field f;

	sim_json_array(j, "parameters");
	if (strstr(r->path, "{id}"))
		put_parameter(j, "path", &id);
	while (next(&s, &f))
		put_parameter(j, "query", &f);
	sim_json_end(j);
}

static void put_body(struct sim_json *j, const struct said *x)
{
	const char *s = x->body;
	bool is_needed = false;
	struct field f;

	if (!x->body[0])
		return;
	while (next(&s, &f))
		is_needed = is_needed || !f.may_miss;
	sim_json_object(j, "requestBody");
	sim_json_bool(j, "required", is_needed);
	put_content(j, x->body);
	sim_json_end(j);
}

static void put_responses(struct sim_json *j, const struct row *r,
			  const struct said *x)
{
	bool is_socket = !strcmp(r->kind, "SOCKET");

	sim_json_object(j, "responses");
	sim_json_object(j, is_socket ? "101" : "200");
	sim_json_str(j, "description", is_socket ? "a WebSocket" : "done");
	if (x->answer[0])
		put_content(j, x->answer);
	sim_json_end(j);
	sim_json_object(j, "default");
	sim_json_str(j, "description", "refused");
	put_content(j, NULL);
	sim_json_end(j);
	sim_json_end(j);
}

/* Which of the schemes below; none where nobody in particular may. */
static void put_security(struct sim_json *j, const struct row *r)
{
	const char *scheme = !strcmp(r->handler, "token") ? "key" :
			     strcmp(r->role, "NOBODY") != 0 ? "token" : NULL;

	sim_json_array(j, "security");
	if (scheme) {
		sim_json_object(j, NULL);
		sim_json_array(j, scheme);
		sim_json_end(j);
		sim_json_end(j);
	}
	sim_json_end(j);
	sim_json_str(j, "x-role", r->role);
	sim_json_str(j, "x-scope", r->scope);
}

static void put_route(struct sim_json *j, const struct row *r)
{
	const struct said *x = said;
	char method[8] = "";

	while (strcmp(x->handler, r->handler) != 0)
		if (++x == said + N(said))
			SIM_BUG("route_schema.def lacks a handler");
	for (size_t i = 0; r->method[i] && i < sizeof(method) - 1; i++)
		method[i] = (char)(r->method[i] - 'A' + 'a');
	sim_json_object(j, method);
	sim_json_str(j, "summary", x->about);
	put_security(j, r);
	put_parameters(j, r, x);
	put_body(j, x);
	put_responses(j, r, x);
	sim_json_end(j);
}

/* The methods of a path stand together in route.def. */
static void put_paths(struct sim_json *j)
{
	sim_json_object(j, "paths");
	for (size_t i = 0; i < N(rows); i++) {
		if (!i || strcmp(rows[i].path, rows[i - 1].path) != 0)
			sim_json_object(j, rows[i].path);
		put_route(j, &rows[i]);
		if (i + 1 == N(rows) ||
		    strcmp(rows[i].path, rows[i + 1].path) != 0)
			sim_json_end(j);
	}
	sim_json_end(j);
}

static void put_components(struct sim_json *j)
{
	sim_json_object(j, "components");
	sim_json_object(j, "schemas");
	for (size_t i = 0; i < N(objects); i++)
		put_object(j, objects[i].name, objects[i].fields);
	sim_json_end(j);
	sim_json_object(j, "securitySchemes");
	sim_json_object(j, "token");
	sim_json_str(j, "type", "http");
	sim_json_str(j, "scheme", "bearer");
	sim_json_str(j, "bearerFormat", "JWT");
	sim_json_end(j);
	sim_json_object(j, "key");
	sim_json_str(j, "type", "apiKey");
	sim_json_str(j, "in", "header");
	sim_json_str(j, "name", "X-API-Key");
	sim_json_end(j);
	sim_json_end(j);
	sim_json_end(j);
}

bool sim_route_call_openapi(struct sim_route_call *c)
{
	static const char *const servers[] = { "/", "/api" };
	struct sim_json j;

	sim_json_init(&j, &c->answer.body, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "openapi", "3.1.0");
	sim_json_object(&j, "info");
	sim_json_str(&j, "title", "simutrador");
	sim_json_str(&j, "version", c->r->env.version);
	sim_json_end(&j);
	sim_json_array(&j, "servers");
	for (size_t i = 0; i < N(servers); i++) {
		sim_json_object(&j, NULL);
		sim_json_str(&j, "url", servers[i]);
		sim_json_end(&j);
	}
	sim_json_end(&j);
	put_paths(&j);
	put_components(&j);
	sim_json_end(&j);
	return true;
}
