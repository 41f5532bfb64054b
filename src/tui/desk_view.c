/* desk_view: changes of the view, undone and made again; the clipboard. */
#include "tui/desk_priv.h"

#include <stdio.h>
#include <string.h>

#include "util/json.h"

struct desk_look sim_desk_view_now(const struct desk *k)
{
	return k->looks[k->look];
}

/* The first of them: as it was begun. */
void sim_desk_view_begin(struct desk *k)
{
	struct desk_look *l = &k->looks[0];

	*l = (struct desk_look){
		.layout = sim_dash_layout_is(k->d),
		.zone = sim_dash_zone_is(k->d), .zoom = sim_dash_zoomed(k->d),
		.theme = k->s->style.theme,
	};
	sim_dash_view_get(k->d, &l->view);
	k->n_looks = 1;
	k->look = 0;
}

static void apply(struct desk *k, const struct desk_look *from,
		  const struct desk_look *to)
{
	if (from->layout != to->layout)
		sim_dash_layout(k->d, to->layout);
	if (from->zone != to->zone)
		sim_dash_zone(k->d, to->zone);
	if (from->zoom != to->zoom)
		sim_dash_zoom(k->d, to->zoom);
	if (from->theme != to->theme) {
		k->s->style.theme = to->theme;
		k->s->ops->restyle(k->s);
	}
	if (strcmp(from->studies, to->studies) &&
	    sim_dash_studies(k->d, to->studies, NULL))
		SIM_BUG("indicators that were drawn can't be drawn");
	if (memcmp(&from->view, &to->view, sizeof(to->view)) != 0)
		sim_dash_view_set(k->d, &to->view);
	k->is_spoilt = true;
}

static void add(struct desk *k, const struct desk_look *look)
{
	if (k->look + 1 == DESK_LOOKS) {
		memmove(k->looks, k->looks + 1,
			(DESK_LOOKS - 1) * sizeof(*k->looks));
		k->look--;
	}
	k->looks[++k->look] = *look;
	k->n_looks = k->look + 1;
}

void sim_desk_view_change(struct desk *k, const struct desk_look *to)
{
	struct desk_look from = k->looks[k->look];

	add(k, to);
	apply(k, &from, to);
}

void sim_desk_view_note(struct desk *k)
{
	struct desk_look now = k->looks[k->look];

	sim_dash_view_get(k->d, &now.view);
	if (memcmp(&now.view, &k->looks[k->look].view, sizeof(now.view)) != 0)
		add(k, &now);
}

void sim_desk_view_undo(struct desk *k, int by)
{
	size_t to = by < 0 ? k->look - 1 : k->look + 1;

	if ((by < 0 && !k->look) || to >= k->n_looks) {
		sim_desk_say(k, SIM_THEME_INFO, by < 0 ? "nothing to undo"
			     : "nothing to make again");
		return;
	}
	apply(k, &k->looks[k->look], &k->looks[to]);
	k->look = to;
}

/* -- the clipboard --------------------------------------------------------- */

static void put_order(struct sim_json *j, const struct sim_dash_order *o)
{
	sim_json_str(j, "order_id", o->order_id);
	sim_json_str(j, "symbol", o->symbol);
	sim_json_str(j, "side", sim_vocab_side_text(o->side));
	sim_json_str(j, "type", sim_vocab_order_type_text(o->type));
	sim_json_dec(j, "quantity", o->quantity);
	sim_json_dec(j, "remaining_quantity", o->remaining);
	if (o->has_price)
		sim_json_dec(j, "price", o->price);
	if (o->has_stop_price)
		sim_json_dec(j, "stop_price", o->stop_price);
}

/* What is selected, as JSON; false when nothing is. */
static bool row_text(const struct desk *k, struct sim_buf *out)
{
	struct sim_dash_pick p = sim_dash_pick(k->d);
	struct sim_dash_order o;
	struct sim_dash_quote q;
	struct sim_json j;

	sim_json_init(&j, out, false);
	sim_json_object(&j, NULL);
	if (p.execution_id) {
		sim_json_str(&j, "execution_id", p.execution_id);
		sim_json_str(&j, "order_id", p.order_id);
		sim_json_str(&j, "symbol", p.symbol);
	} else if (p.order_id && sim_dash_order(k->d, p.order_id, &o)) {
		put_order(&j, &o);
	} else if (p.session_id) {
		sim_json_str(&j, "session_id", p.session_id);
	} else if (p.symbol && sim_dash_quote(k->d, p.symbol, &q)) {
		sim_json_str(&j, "symbol", p.symbol);
		if (q.has_last)
			sim_json_dec(&j, "last", q.last);
		sim_json_dec(&j, "position", q.position);
	} else {
		return false;
	}
	sim_json_end(&j);
	return true;
}

static void put_base64(struct sim_buf *out, const char *s, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"abcdefghijklmnopqrstuvwxyz0123456789+/";

	for (size_t i = 0; i < n; i += 3) {
		uint32_t v = (uint32_t)(unsigned char)s[i] << 16;

		v |= i + 1 < n ? (uint32_t)(unsigned char)s[i + 1] << 8 : 0;
		v |= i + 2 < n ? (uint32_t)(unsigned char)s[i + 2] : 0;
		sim_buf_putc(out, digits[v >> 18]);
		sim_buf_putc(out, digits[v >> 12 & 63]);
		sim_buf_putc(out, i + 1 < n ? digits[v >> 6 & 63] : '=');
		sim_buf_putc(out, i + 2 < n ? digits[v & 63] : '=');
	}
}

void sim_desk_view_copy(struct desk *k)
{
	struct sim_buf text = SIM_BUF_INIT(SIM_BUF_MAX);
	struct sim_buf b = SIM_BUF_INIT(SIM_BUF_MAX);

	if (row_text(k, &text)) {
		sim_buf_puts(&b, "\033]52;c;");
		put_base64(&b, sim_buf_str(&text), text.len);
		sim_buf_putc(&b, '\a');
		if (k->in->host->send)
			k->in->host->send(k->s, sim_buf_str(&b), b.len);
		sim_desk_say(k, SIM_THEME_INFO, "copied: %s",
			     sim_buf_str(&text));
	} else {
		sim_desk_say(k, SIM_THEME_INFO, "nothing is selected here");
	}
	sim_buf_release(&text);
	sim_buf_release(&b);
}
