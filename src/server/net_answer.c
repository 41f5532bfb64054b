/*
 * net_answer: HTTP answers as bytes, and how ops make them.  The header block
 * is written here whole, since libwebsockets' own helpers answer HTTP/1.0 and
 * leave the reason out.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "server/net_priv.h"
#include "util/json.h"
#include "util/mem.h"

#define BODY_MAX	((size_t)64 << 20)

static const struct { int status; const char *reason, *code; } reasons[] = {
	{ 200, "OK", "" },
	{ 201, "Created", "" },
	{ 202, "Accepted", "" },
	{ 204, "No Content", "" },
	{ 304, "Not Modified", "" },
	{ 400, "Bad Request", "INVALID_PARAMS" },
	{ 401, "Unauthorized", "AUTH_FAILED" },
	{ 403, "Forbidden", "AUTH_FAILED" },
	{ 404, "Not Found", "NOT_FOUND" },
	{ 405, "Method Not Allowed", "INVALID_PARAMS" },
	{ 408, "Request Timeout", "HANDLER_TIMEOUT" },
	{ 409, "Conflict", "SESSION_STATE" },
	{ 411, "Length Required", "INVALID_PARAMS" },
	{ 413, "Content Too Large", "INVALID_PARAMS" },
	{ 415, "Unsupported Media Type", "INVALID_PARAMS" },
	{ 422, "Unprocessable Content", "VALIDATION_ERROR" },
	{ 426, "Upgrade Required", "INVALID_PARAMS" },
	{ 429, "Too Many Requests", "RATE_LIMITED" },
	{ 431, "Request Header Fields Too Large", "INVALID_PARAMS" },
	{ 500, "Internal Server Error", "INTERNAL_ERROR" },
	{ 501, "Not Implemented", "NOT_IMPLEMENTED" },
	{ 503, "Service Unavailable", "SERVICE_BUSY" },
	{ 505, "HTTP Version Not Supported", "INVALID_PARAMS" },
	{ 504, "Gateway Timeout", "HANDLER_TIMEOUT" },
};

static size_t find_reason(int status)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return i;
	return 0;
}

static const char *reason_of(int status)
{
	size_t i = find_reason(status);

	return reasons[i].status == status ? reasons[i].reason : "Answer";
}

void sim_net_answer_init(struct sim_net_answer *a, int status)
{
	*a = (struct sim_net_answer){ .status = status };
	a->body.max = BODY_MAX;
}

void sim_net_answer_release(struct sim_net_answer *a)
{
	sim_buf_release(&a->body);
	a->n_headers = 0;
}

/* Controls would end a header early. */
static void keep_printable(char *s)
{
	char *to = s;

	for (; *s; s++)
		if ((unsigned char)*s >= ' ' && *s != 0x7f)
			*to++ = *s;
	*to = '\0';
}

void sim_net_answer_header(struct sim_net_answer *a, const char *name,
			   const char *fmt, ...)
{
	struct sim_net_header *h = &a->headers[a->n_headers];
	va_list ap;

	if (a->n_headers == SIM_NET_HEADERS)
		return;
	a->n_headers++;
	snprintf(h->name, sizeof(h->name), "%s", name);
	va_start(ap, fmt);
	vsnprintf(h->value, sizeof(h->value), fmt, ap);
	va_end(ap);
	keep_printable(h->name);
	keep_printable(h->value);
}

void sim_net_answer_error(struct sim_net_answer *a, int status,
			  const char *code, const char *message)
{
	struct sim_json j;

	a->status = status;
	sim_buf_reset(&a->body);
	sim_json_init(&j, &a->body, false);
	sim_json_object(&j, NULL);
	sim_json_str(&j, "error", code);
	sim_json_str(&j, "message", message);
	sim_json_end(&j);
}

void sim_net_answer_guard(struct sim_net_answer *a, int status,
			  const char *message)
{
	sim_net_answer_error(a, status, reasons[find_reason(status)].code,
			     message);
}

void sim_net_answer_write(const struct sim_net_answer *a, bool is_head,
			  struct sim_buf *out)
{
	sim_buf_printf(out, "HTTP/1.1 %d %s\r\nCache-Control: no-store\r\n",
		       a->status, reason_of(a->status));
	if (a->status != 204 && a->status != 304)
		sim_buf_printf(out, "Content-Type: %s\r\n"
			       "Content-Length: %zu\r\n",
			       a->type ? a->type : "application/json",
			       a->body.len);
	for (size_t i = 0; i < a->n_headers; i++)
		sim_buf_printf(out, "%s: %s\r\n", a->headers[i].name,
			       a->headers[i].value);
	sim_buf_puts(out, "Connection: close\r\n\r\n");
	if (!is_head && a->status != 204 && a->status != 304)
		sim_buf_add(out, sim_buf_str(&a->body), a->body.len);
}

const char *sim_net_request_arg(const struct sim_net_request *rq,
				const char *name)
{
	for (size_t i = 0; i < rq->n_args; i++)
		if (!strcmp(rq->args[i].name, name))
			return rq->args[i].value;
	return NULL;
}
