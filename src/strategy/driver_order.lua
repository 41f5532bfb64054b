-- driver_order: the methods of ctx that trade.
--
-- Takes what driver.lua shares.  An order is read from a table into a struct
-- of doubles, field by field as the list of fields says; C makes decimals of
-- it.
local S = ...
local ffi, c, core, ctx, names = S.ffi, S.c, S.core, S.ctx, S.names
local index_of, methods, fail = S.index_of, S.methods, S.fail
local symbol, finite, answer = S.symbol, S.finite, S.answer
local note, quantity, column = S.note, S.quantity, S.column
local kind_of, text_of = S.kind_of, S.kit.text
local sorted_keys = S.kit.sorted_keys
local type, ipairs, next = type, ipairs, next
local floor, abs = math.floor, math.abs
local format, concat = string.format, table.concat

-- What a script says about its orders ---------------------------------------

local order = ffi.new("struct sim_lua_order")
local BUY, SELL = c.word("side", "buy"), c.word("side", "sell")
local GTC = c.word("tif", "gtc")
local MARKET, LIMIT = c.word("type", "market"), c.word("type", "limit")
local STOP, STOP_LIMIT = c.word("type", "stop"), c.word("type", "stop_limit")
local TRAILING_STOP = c.word("type", "trailing_stop")

local function order_id(v)
	if type(v) ~= "number" or v ~= floor(v) or v < 1 or v > 4294967295 then
		fail("%s is no order's id; one is what ctx:buy gives, unless " ..
		     "the order is refused", text_of(v))
	end
	return v
end

local function sizer(kind)
	return function(v, name)
		if order.size_kind >= 0 then
			fail("an order has one size: qty, notional, percent, " ..
			     "risk or all")
		end
		order.size_kind = c.size[kind]
		if kind == "all" then return end
		v = finite(v, name)
		if not (v > 0) then
			fail("%s is %.14g; a size is above 0", name, v)
		end
		order.size = v
	end
end

local function price(field, percent)
	return function(v, name)
		v = finite(v, name)
		if not (v > 0) then
			fail("%s is %.14g; it has to be above 0", name, v)
		end
		order[field] = v
		if percent then order[percent] = 1 end
	end
end

local function flag(field, on)
	return function(v, name)
		if on and v ~= on[1] and v ~= on[2] then
			fail("%s is %s; use \"%s\" or \"%s\"", name,
			     text_of(v), on[1], on[2])
		end
		local is = on and v == on[1] or not on and v and true
		order[field] = is and 1 or 0
	end
end

local function word(field)
	local codes = {}
	return function(v, name)
		local code = codes[v]
		if not code and type(v) == "string" then
			code = c.word(field, v)
			codes[v] = code
		end
		if not code then
			fail("there is no %s %s", name, text_of(v))
		end
		order[field] = code
	end
end

local function set_side(v)
	order.side = type(v) == "string" and c.word("side", v) or
		fail("side is %s; use \"buy\" or \"sell\"", text_of(v))
end
local fields = {
	symbol = function(v) order.sym = symbol(v) end,
	side = set_side, type = word("type"),
	qty = sizer("qty"), quantity = sizer("qty"),
	notional = sizer("notional"), percent = sizer("percent"),
	risk = sizer("risk"), all = sizer("all"),
	limit = price("limit"), price = price("limit"),
	stop = price("stop"), stop_price = price("stop"),
	trail = price("trail"), trail_price = price("trail"),
	trail_percent = price("trail", "trail_is_percent"),
	take_profit = price("take_profit"), stop_loss = price("stop_loss"),
	bracket_trail = price("bracket_trail"),
	bracket_trail_percent = price("bracket_trail",
				      "bracket_trail_is_percent"),
	tif = word("tif"), time_in_force = word("tif"),
	expire_at = price("expire_at"), reduce_only = flag("reduce_only"),
	size_at = flag("size_at_fill", { "fill", "submit" }),
	oco = function(v) order.oco_with = order_id(v) end,
	tag = function(v)
		if type(v) ~= "string" then
			fail("tag is a %s, not a text", kind_of(v))
		end
	end,
}
local field_list = sorted_keys(fields)

local function own_type()
	if order.trail > 0 then return TRAILING_STOP end
	if order.limit > 0 then
		return order.stop > 0 and STOP_LIMIT or LIMIT
	end
	return order.stop > 0 and STOP or MARKET
end

-- All fields of an order one after the other, without a loop, so that it
-- compiles: the known ones are read and counted.
local lines = { "local f = ... return function(t) local n, v = 0" }
for i, k in ipairs(field_list) do
	lines[i + 1] = format("v = t.%s if v ~= nil then n = n + 1 " ..
			      "if v ~= false then f.%s(v, %q) end end", k, k, k)
end
lines[#lines + 1] = "return n end"
local read_fields = loadstring(concat(lines, "\n"), "=(driver_fields)")(fields)

local function find_unknown(t)
	for _, k in ipairs((sorted_keys(t))) do
		if not fields[k] then
			local near = c.near(text_of(k), field_list)
			fail("an order has no field '%s'%s", text_of(k), near
			     and "; did you mean '" .. near .. "'?" or "")
		end
	end
end

local function fill_order(t)
	if type(t) ~= "table" then
		fail("an order is written in braces, such as " ..
		     "ctx:buy{ qty = 10 }")
	end
	ffi.fill(order, ffi.sizeof(order))
	order.size_kind, order.side, order.type, order.tif = -1, -1, -1, GTC
	order.sym = -1
	local known, all = read_fields(t), 0
	for _ in next, t do all = all + 1 end
	if known ~= all then find_unknown(t) end
	if order.sym < 0 then order.sym = symbol() end
	if order.type < 0 then order.type = own_type() end
end

local function submit(t)
	if core.can_trade == 0 then
		fail("orders are taken from the first bar to the last")
	end
	if order.size_kind < 0 then
		fail("an order needs a size: qty, notional, percent, risk or " ..
		     "all = true")
	end
	local rc = core.submit(core.self, order)
	local id = order.id
	if rc == 0 and t.tag then
		note("mark", order.sym, nil, 0, t.tag)
	end
	return answer(rc, id)
end

-- Methods ------------------------------------------------------------------

function methods.order(_, t)
	fill_order(t)
	if order.side < 0 then fail("an order needs a side: buy or sell") end
	return submit(t)
end
function methods.buy(_, t)
	fill_order(t)
	order.side = BUY
	return submit(t)
end
function methods.sell(_, t)
	fill_order(t)
	order.side = SELL
	return submit(t)
end

function methods.close(_, t)
	t = t or {}
	fill_order(t)
	local q = quantity(order.sym)
	if q == 0 then return nil, "there is no position to close" end
	order.side, order.reduce_only = q > 0 and SELL or BUY, 1
	if order.size_kind < 0 then
		order.size_kind, order.size = c.size.qty, abs(q)
	end
	return submit(t)
end

-- The order that takes a position to where it shall be.
function methods.target(_, t)
	fill_order(t)
	local s, kind, size = order.sym, order.size_kind, order.size
	local info, b = core.syms[s], core.bars[s]
	if kind < 0 then size, kind = 0, c.size.qty end
	if b.n == 0 then return nil, names[s] .. " has no price yet" end
	local unit = column(0, 4, s, 0) * info.multiplier
	if kind == c.size.percent then
		size = size / 100 * (tonumber(core.equity[0]) / 1e8) / unit
	elseif kind == c.size.notional then
		size = size / unit
	elseif kind ~= c.size.qty then
		fail("ctx:target takes qty, notional or percent")
	end
	if order.side == SELL then size = -size end
	local diff = size - quantity(s)
	local lots = floor(abs(diff) / info.lot + 1e-9)
	if lots == 0 then return nil, "the position is there already" end
	order.side, order.size_kind = diff > 0 and BUY or SELL, c.size.qty
	order.size = lots * info.lot
	return submit(t)
end

function methods.cancel(_, id)
	return answer(core.cancel(core.self, order_id(id)),
		      true)
end
function methods.cancel_all(_, name)
	local done = 0
	for s = 0, core.nsyms - 1 do
		local after = 0
		while (name == nil or index_of[name] == s) and
		      core.next_order(core.self, s, after) == 0 do
			after = core.order.id
			if core.order.is_plain ~= 0 and
			   core.cancel(core.self, after) == 0 then
				done = done + 1
				after = 0
			end
		end
	end
	return done
end
function methods.replace(_, id, t)
	if type(t) ~= "table" then
		fail("ctx:replace takes an order's id and what is new: " ..
		     "ctx:replace(id, { limit = 10 })")
	end
	local new = { qty = 0, limit = 0, stop = 0 }
	for _, k in ipairs((sorted_keys(t))) do
		if not new[k] then
			fail("'%s' can't be replaced; qty, limit and stop can",
			     text_of(k))
		end
		new[k] = finite(t[k], k)
	end
	return answer(core.replace(core.self, order_id(id),
				   new.qty, new.limit, new.stop), true)
end

local function order_table(o)
	return {
		id = o.id, symbol = names[o.sym], side = ffi.string(o.side),
		type = ffi.string(o.type), status = ffi.string(o.status),
		qty = o.qty, filled = o.filled, is_bracket = o.is_plain == 0,
		limit = o.limit > 0 and o.limit or nil,
		stop = o.stop > 0 and o.stop or nil,
	}
end
function methods.orders(_, name)
	local s, list, after = symbol(name), {}, 0
	while core.next_order(core.self, s, after) == 0 do
		list[#list + 1] = order_table(core.order)
		after = core.order.id
	end
	return list
end
function methods.find(_, id)
	if core.find_order(core.self, order_id(id)) == 0 then
		return order_table(core.order)
	end
	return nil
end
function methods.working(_, name)
	local s, after = symbol(name), 0
	while core.next_order(core.self, s, after) == 0 do
		if core.order.is_plain ~= 0 then return true end
		after = core.order.id
	end
	return false
end

