# Strategies for simutrador in POSIX awk: load this before a program that has
#
#	function on_start()		params[NAME], symbols[1..nsymbols]
#	function on_bar(symbol, close)	close in units of 1e-8
#
# and sets subscribe (a JSON list) where it needs less than everything.  It can
# call order(side, symbol, fields), follow(symbol, wish, size, side) and read
# held[symbol].  sma.sh says how to start it; simutrador-pipe(7) documents the
# messages behind it.

# The text of a member: a string without its quotes, else as it stands.
function field(line, key,   at, rest)
{
	at = index(line, "\"" key "\":")
	if (!at)
		return ""
	rest = substr(line, at + length(key) + 3)
	if (substr(rest, 1, 1) == "\"") {
		rest = substr(rest, 2)
		return substr(rest, 1, index(rest, "\"") - 1)
	}
	match(rest, /^[^],}]*/)
	return substr(rest, 1, RLENGTH)
}

# What stands between an opening bracket after the key and its end.
function part(line, key, from, to,   at, rest)
{
	at = index(line, "\"" key "\":" from)
	if (!at)
		return ""
	rest = substr(line, at + length(key) + 4)
	return substr(rest, 1, index(rest, to) - 1)
}

# A decimal in units of 1e-8, exactly (below 2^53).
function units(text,   dot)
{
	dot = index(text, ".")
	if (!dot)
		return text * 100000000
	return substr(text, 1, dot - 1) * 100000000 + \
		substr(substr(text, dot + 1) "00000000", 1, 8)
}

function send(type, data)
{
	out = out "{\"type\":\"" type "\",\"data\":{" data "}}\n"
}

# fields: more members of the order, as JSON.
function order(side, symbol, fields,   id)
{
	id = "o" ++made
	batch = batch (batch == "" ? "" : ",") "{\"order_id\":\"" id \
		"\",\"symbol\":\"" symbol "\",\"side\":\"" side "\"" \
		(fields == "" ? "" : ",") fields "}"
	symbol_of[id] = symbol
	is_open[id] = 1
	working[symbol]++
	return id
}

function ended(id)
{
	if (id in is_open) {
		working[symbol_of[id]]--
		delete is_open[id]
	}
}

function sign(x)
{
	return (x > 0) - (x < 0)
}

# percent:N of equity, shared by the symbols, qty:N or notional:N.
function sized(text,   kind, n)
{
	kind = substr(text, 1, index(text, ":") - 1)
	n = units(substr(text, index(text, ":") + 1))
	if (kind == "percent")
		n = int(n / nsymbols)
	if (kind == "qty")
		kind = "quantity"
	return sprintf("\"%s\":\"%d.%08d\"", kind, int(n / 100000000),
		       n % 100000000)
}

# Hold what is wished for, as the built-in strategies do: wish is 1, -1, 2
# (flat) or 0 (as it is); side long, short or long-short.
function follow(symbol, wish, size, side,   now, target, qty)
{
	now = sign(held[symbol])
	if (now != was[symbol]) {
		if (!now && !leaving[symbol])
			blocked[symbol] = was[symbol]
		leaving[symbol] = 0
		was[symbol] = now
	}
	if (blocked[symbol] && wish && wish != now && wish != blocked[symbol])
		blocked[symbol] = 0
	target = wish
	if (wish == 2 || (side == "long" && wish < 0) ||
	    (side == "short" && wish > 0))
		target = 0
	if (!wish || wish == blocked[symbol] + 0 || target == now ||
	    working[symbol])
		return
	if (now) {
		qty = held[symbol]
		sub(/^-/, "", qty)
		leaving[symbol] = 1
		if_refused[order(now > 0 ? "sell" : "buy", symbol,
			"\"quantity\":" qty ",\"reduce_only\":true," \
			"\"time_in_force\":\"gtc\"")] = 0
	}
	if (target)
		if_refused[order(target > 0 ? "buy" : "sell", symbol,
			sized(size) ",\"time_in_force\":\"gtc\"")] = target
}

function hello(line,   list, n, i, pair)
{
	list = part(line, "symbols", "[", "]")
	gsub(/"/, "", list)
	nsymbols = split(list, symbols, ",")
	for (i = 1; i <= nsymbols; i++)
		held[symbols[i]] = was[symbols[i]] = blocked[symbols[i]] = 0
	list = part(line, "params", "{", "}")
	n = split(list, pair, ",")
	for (i = 1; i <= n; i++) {
		list = pair[i]
		gsub(/"/, "", list)
		params[substr(list, 1, index(list, ":") - 1)] = \
			substr(list, index(list, ":") + 1)
	}
	on_start()
	send("ready", subscribe == "" ? "" : "\"subscribe\":" subscribe)
}

function tick(line,   rest, symbol)
{
	rest = substr(line, index(line, "\"candles\":{") + 11)
	while (match(rest, /^,?"[^"]*":[{]"date":/)) {
		symbol = substr(rest, 1, RLENGTH - 9)
		gsub(/[",]/, "", symbol)
		on_bar(symbol, units(field(rest, "close")))
		rest = substr(rest, index(rest, "}") + 1)
	}
	if (batch != "")
		send("order_batch", "\"orders\":[" batch "]")
	batch = ""
	send("tick_ack", "\"sequence_id\":" field(line, "sequence_id"))
}

function batch_ack(line,   list, n, i, id, ids)
{
	list = substr(line, index(line, "\"rejected_orders\":{") + 18)
	while (match(list, /^[{,]"[^"]*":"([^"\\]|\\.)*"/)) {
		id = substr(list, 3)
		id = substr(id, 1, index(id, "\"") - 1)
		list = substr(list, RLENGTH + 1)
		ended(id)
		if (id in if_refused)
			blocked[symbol_of[id]] = if_refused[id]
	}
	for (id in if_refused)
		delete if_refused[id]
}

{
	type = field($0, "type")
	if (type == "hello")
		hello($0)
	else if (type == "tick")
		tick($0)
	else if (type == "batch_ack")
		batch_ack($0)
	else if (type == "execution_report") {
		held[field($0, "symbol")] = field($0, "position")
		if (field($0, "remaining_quantity") + 0 == 0)
			ended(field($0, "order_id"))
	} else if (type == "order_update") {
		if (field($0, "status") != "accepted")
			ended(field($0, "order_id"))
	} else if (type == "order_cancelled")
		ended(field($0, "order_id"))
	else if (type == "corporate_action")
		held[field($0, "symbol")] = field($0, "quantity")
	else if (type == "simulation_end")
		exit
	if (out != "") {
		printf "%s", out
		fflush()
		out = ""
	}
}
