-- driver: what a Lua strategy is given, between its script and lua.c.
--
-- Takes the sandbox's kit, the address of the shared core (lua_core.def) and
-- the functions of lua.c.  ffi and the core stay in upvalues: a script sees
-- objects that hold two constant numbers at most.
local kit, address, c = ...
local ffi = require("ffi")
local bit = require("bit")
local band, istype, floor, abs = bit.band, ffi.istype, math.floor, math.abs
local error, type, tonumber, rawget = error, type, tonumber, rawget
local format, sub, find, concat = string.format, string.sub, string.find,
	table.concat
local text_of, env, sorted_keys = kit.text, kit.env, kit.sorted_keys

ffi.cdef(c.cdef)
ffi.cdef [[
typedef struct { const int32_t src, col; } sim_lua_series_t;
typedef struct { const int32_t id, out; } sim_lua_ind_t;
typedef struct { const int32_t sym, back; } sim_lua_bar_t;
]]
local core = ffi.cast("struct sim_lua_core *", address)
local series_t = ffi.typeof("sim_lua_series_t")
local ind_t = ffi.typeof("sim_lua_ind_t")
local bar_t = ffi.typeof("sim_lua_bar_t")
local EXACT = 2LL ^ 48		-- sums below it multiply in 64 bits

local names, index_of = {}, {}	-- of symbols, from 0
local ctx

local function fail(...) error(format(...), 0) end

local function kind_of(v)
	local t = type(v)
	if t ~= "cdata" then return t end
	return istype(ind_t, v) and "indicator" or istype(series_t, v) and
		"series" or "bar"
end

local function symbol(name)
	if name == nil then
		local i = core.cur
		if i < 0 then
			fail("no symbol is current here; %s", names[0] and
			     "name one, such as \"" .. names[0] .. "\"" or
			     "bars are seen in on_bar and on_step")
		end
		return i
	end
	local i = index_of[name]
	if not i then
		fail("there is no symbol %s in this run; it has %s",
		     text_of(name), concat(ctx.symbols, ", "))
	end
	return i
end

-- Looking back --------------------------------------------------------------

local function back_error(what, k, most)
	if type(k) ~= "number" then
		fail("%s[...] takes a number of bars, not a %s", what,
		     kind_of(k))
	elseif k < 0 then
		fail("%s[%.14g] would look ahead; 0 is the newest bar and 1 " ..
		     "the one before", what, k)
	elseif k ~= floor(k) then
		fail("%s[%.14g] takes a whole number of bars", what, k)
	elseif k > most then
		fail("%s[%.14g] looks back beyond the warm-up of %d bars; set " ..
		     "warmup to %.14g or more", what, k, most, k)
	end
	fail("%s[%.14g] has no value yet", what, k)
end

local column_names = { "open", "high", "low", "close", "volume" }

local function column(src, col, sym, k)
	local b = core.bars[src * core.nsyms + sym]
	if not (k >= 0 and k < b.n and k == floor(k) and
		(k <= core.depth or src > 0)) then
		back_error(column_names[col] or "time", k, core.depth)
	end
	local p = b.col[col]
	if p == nil then return 0 end
	return tonumber(p[b.n - 1 - k]) / 1e8
end

local ind_info = {}		-- by id: name, src, lookback, outputs
local function ind_back_error(id, k)
	local info = ind_info[id]
	local most = core.depth > 1 and core.depth or 1
	if core.is_open ~= 0 then
		fail("%s has no value in on_start, before the first bar",
		     info.name)
	end
	if type(k) == "number" and k > 0 and k <= most then
		fail("%s[%.14g] looks back beyond its first value; set " ..
		     "warmup to %.14g or more", info.name, k,
		     info.lookback + k)
	end
	back_error(info.name, k, most)
end

local function ind_value(id, out, sym, k)
	local x = core.inds[id * core.nsyms + sym]
	if not (k >= 0 and k < x.at and k == floor(k) and k <= x.mask and
		(k <= core.depth or k == 1)) then
		ind_back_error(id, k)
	end
	local at = band(x.at - 1 - k, x.mask)
	if x.window > 0 then
		return tonumber(x.sums[at]) / (x.window * 1e8)
	end
	return x.ring[at * x.nout + out]
end

-- A number, or what an object is worth at a bar.
local function value(v, sym, k)
	if type(v) == "number" then return v end
	if istype(ind_t, v) then return ind_value(v.id, v.out, sym, k) end
	if istype(series_t, v) then return column(v.src, v.col, sym, k) end
	fail("a number, series or indicator was expected, not a %s",
	     kind_of(v))
end

local function number(v)
	if type(v) == "number" then return v end
	if type(v) == "string" and tonumber(v) then return tonumber(v) end
	if type(v) ~= "cdata" then
		fail("arithmetic on a %s value", type(v))
	end
	return value(v, symbol(), 0)
end

function kit.number_of.hook(v)
	if istype(ind_t, v) or istype(series_t, v) then
		return value(v, symbol(), 0)
	end
end

-- Two simple averages of prices compare by their exact sums.
local function exact_below(x, y, k)
	local a = x.sums[band(x.at - 1 - k, x.mask)]
	local b = y.sums[band(y.at - 1 - k, y.mask)]
	if a < EXACT and b < EXACT then return a * y.window < b * x.window end
	return core.compare(a, x.window, b, y.window) < 0
end

local function below(a, b, sym, k)
	if istype(ind_t, a) and istype(ind_t, b) then
		local x = core.inds[a.id * core.nsyms + sym]
		local y = core.inds[b.id * core.nsyms + sym]
		if x.window > 0 and y.window > 0 and x.at > k and
		   y.at > k then
			return exact_below(x, y, k)
		end
	end
	return value(a, sym, k) < value(b, sym, k)
end

-- Values that are objects ---------------------------------------------------

local operators = {
	__add = function(a, b) return number(a) + number(b) end,
	__sub = function(a, b) return number(a) - number(b) end,
	__mul = function(a, b) return number(a) * number(b) end,
	__div = function(a, b) return number(a) / number(b) end,
	__mod = function(a, b) return number(a) % number(b) end,
	__unm = function(a) return -number(a) end,
	__pow = function(a, b)
		return kit.power(number(a), b == kit.box and
				 number(b.v) or number(b))
	end,
	__lt = function(a, b) return below(a, b, symbol(), 0) end,
	__le = function(a, b) return not below(b, a, symbol(), 0) end,
	__eq = function(a, b)
		local ta, tb = type(a), type(b)
		if (ta ~= "cdata" and ta ~= "number") or
		   (tb ~= "cdata" and tb ~= "number") then
			return false
		end
		local s = symbol()
		return not below(a, b, s, 0) and not below(b, a, s, 0)
	end,
	__concat = function(a, b) return text_of(a) .. text_of(b) end,
	__call = function(a)
		fail("a %s is no function; its newest value is [0]",
		     kind_of(a))
	end,
	__newindex = function(a)
		fail("a %s can't be changed", kind_of(a))
	end,
}

local function metatype(ctype, index)
	local mt = { __index = index }
	for k, v in pairs(operators) do mt[k] = v end
	ffi.metatype(ctype, mt)
end

local function of(v, name, k)
	return value(v, symbol(name), k or 0)
end

local function no_member(v, k)
	fail("a %s has no '%s'", kind_of(v), text_of(k))
end

metatype(series_t, function(s, k)
	if type(k) == "number" then
		return column(s.src, s.col, symbol(), k)
	end
	if k == "of" then return of end
	if k == "value" then return column(s.src, s.col, symbol(), 0) end
	no_member(s, k)
end)

metatype(ind_t, function(x, k)
	if type(k) == "number" then
		return ind_value(x.id, x.out, symbol(), k)
	end
	if k == "of" then return of end
	if k == "value" then return ind_value(x.id, x.out, symbol(), 0) end
	if k == "ready" then
		return core.inds[x.id * core.nsyms + symbol()].at > 0
	end
	return ind_info[x.id].outputs[k] or no_member(x, k)
end)

local function bar_time(b, sym, back)
	local x = core.bars[sym]
	if back >= x.n then back_error("time", back, core.depth) end
	return tonumber(x.col[0][x.n - 1 - back]) / 1e9
end

metatype(bar_t, function(b, k)
	local s = b.sym
	if s < 0 then s = symbol() end
	if k == "close" then return column(0, 4, s, b.back) end
	if k == "open" then return column(0, 1, s, b.back) end
	if k == "high" then return column(0, 2, s, b.back) end
	if k == "low" then return column(0, 3, s, b.back) end
	if k == "volume" then return column(0, 5, s, b.back) end
	if k == "time" then return bar_time(b, s, b.back) end
	if k == "symbol" then return names[s] end
	if k == "is_eod" then
		return b.back == 0 and core.syms[s].is_eod ~= 0
	end
	if k == "n" then return core.bars[s].n - b.back end
	no_member(b, k)
end)

local function has(v, sym, k)
	if istype(ind_t, v) then
		return core.inds[v.id * core.nsyms + sym].at > k
	elseif istype(series_t, v) then
		return core.bars[v.src * core.nsyms + sym].n > k
	end
	return true
end

local function crosses_above(a, b)
	local s = symbol()
	return has(a, s, 1) and has(b, s, 1) and below(b, a, s, 0) and
		not below(b, a, s, 1)
end
env.crosses_above = crosses_above
function env.crosses_below(a, b) return crosses_above(b, a) end
function env.crosses(a, b) return crosses_above(a, b) or crosses_above(b, a) end
for i, name in ipairs(column_names) do env[name] = series_t(0, i) end

-- Indicators and timeframes -------------------------------------------------

local wish = ffi.new("struct sim_lua_wish")

-- The first argument, where an indicator takes any series; true when it was
-- one.
local function take_input(row, v, src)
	wish.src, wish.input, wish.ind, wish.out = src, 4, 0, 0
	local t = type(v)
	if t == "number" or t == "nil" or t == "table" then return false end
	if not row.real then
		fail("%s takes no series: it is made from %s", row.name,
		     row.inputs)
	end
	if t == "string" then
		for i, name in ipairs(column_names) do
			if name == v then
				wish.input = i
				return true
			end
		end
		fail("there is no series \"%s\"; use open, high, low, close " ..
		     "or volume", v)
	elseif istype(series_t, v) then
		wish.src, wish.input = v.src, v.col
	elseif istype(ind_t, v) then
		wish.src, wish.input = ind_info[v.id].src, -1
		wish.ind, wish.out = v.id, v.out
	else
		fail("%s takes a series, not a %s", row.name, kind_of(v))
	end
	if src > 0 and wish.src ~= src then
		fail("%s of a timeframe takes a series of it", row.name)
	end
	return true
end

local function take_option(row, i, v)
	if i > #row.options then
		fail("%s takes %d options: %s", row.name, #row.options,
		     concat(row.options, ", "))
	end
	if type(v) ~= "number" then
		fail("%s of %s is a %s, not a number", row.options[i],
		     row.name, kind_of(v))
	end
	wish.opts[i - 1] = v
	if i > wish.nopts then wish.nopts = i end
end

local function take_named(row, t)
	local keys = sorted_keys(t)
	for _, name in ipairs(keys) do
		local place
		for i, option in ipairs(row.options) do
			if option == name then place = i end
		end
		if not place then
			fail("%s has no option '%s'; it has %s", row.name,
			     text_of(name), concat(row.options, ", "))
		end
		take_option(row, place, t[name])
	end
end

local function check_open(what)
	if core.is_open == 0 then
		fail("%s is made once, in on_start, so that it sees every " ..
		     "bar", what)
	end
end

local function add_indicator(row, src, ...)
	check_open(row.name)
	local first = take_input(row, (...), src) and 2 or 1
	wish.nopts, wish.name = 0, row.name
	for i = 0, 5 do wish.opts[i] = 0 / 0 end
	for i = first, select("#", ...) do
		local v = select(i, ...)
		if type(v) == "table" then
			take_named(row, v)
		else
			take_option(row, i - first + 1, v)
		end
	end
	if core.add_ind(core.self, wish) ~= 0 then
		fail("%s", ffi.string(core.msg))
	end
	local info = { name = row.name, src = wish.src, outputs = {},
		       lookback = wish.ind }
	for i, name in ipairs(row.outputs) do
		info.outputs[name] = ind_t(wish.id, i - 1)
	end
	info.lookback = c.lookback(wish.id)
	ind_info[wish.id] = info
	return ind_t(wish.id, 0)
end

local function adder(name, src_of)
	local row = c.row(name)
	return row and function(self, ...)
		return add_indicator(row, src_of(self), ...)
	end
end

local frame_src = {}		-- by frame
local function src_of_frame(f)
	return frame_src[f] or fail("call it with a colon: frame:sma(...)")
end
local frame_methods = {}
local frame_mt = { __metatable = false, __index = function(_, k)
	local f = frame_methods[k]
	if f then return f end
	if type(k) ~= "string" then return nil end
	f = adder(k, src_of_frame)
	frame_methods[k] = f
	return f
end }

-- What a script says about its orders ---------------------------------------

local order = ffi.new("struct sim_lua_order")
local BUY, SELL = c.word("side", "buy"), c.word("side", "sell")
local GTC = c.word("tif", "gtc")

local function finite(v, name)
	v = number(v)
	if v ~= v or v == 1 / 0 or v == -1 / 0 then
		fail("%s is %s, not a number", name, text_of(v))
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
	return function(v, name)
		local code = type(v) == "string" and c.word(field, v)
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
	oco = function(v, name) order.oco_with = finite(v, name) end,
	tag = function(v)
		if type(v) ~= "string" then
			fail("tag is a %s, not a text", kind_of(v))
		end
	end,
}
local field_list = sorted_keys(fields)

local function own_type()
	if order.trail > 0 then return c.word("type", "trailing_stop") end
	if order.limit > 0 and order.stop > 0 then
		return c.word("type", "stop_limit")
	end
	return c.word("type", order.limit > 0 and "limit" or
		      order.stop > 0 and "stop" or "market")
end

local function fill_order(t)
	if type(t) ~= "table" then
		fail("an order is written in braces, such as " ..
		     "ctx:buy{ qty = 10 }")
	end
	ffi.fill(order, ffi.sizeof(order))
	order.size_kind, order.side, order.type, order.tif = -1, -1, -1, GTC
	order.sym = -1
	for _, k in ipairs((sorted_keys(t))) do
		local f = fields[k]
		if not f then
			local near = c.near(text_of(k), field_list)
			fail("an order has no field '%s'%s", text_of(k), near
			     and "; did you mean '" .. near .. "'?" or "")
		end
		if t[k] ~= false then f(t[k], k) end
	end
	if order.sym < 0 then order.sym = symbol() end
	if order.type < 0 then order.type = own_type() end
end

-- What a call of the host gives: what the script gets.
local function answer(rc, good)
	if rc == 0 then return good end
	local why = ffi.string(core.msg)
	if rc < 0 then error(why, 0) end
	return nil, why
end

local function note(kind, sym, name, v, text)
	return answer(core.note(core.self, c.note[kind], sym, name, v, text))
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

-- ctx -----------------------------------------------------------------------

local methods = {}

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

local function quantity(sym)
	return tonumber(core.syms[sym].qty[0]) / 1e8
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
	return answer(core.cancel(core.self, finite(id, "an order's id")),
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
	return answer(core.replace(core.self, finite(id, "an order's id"),
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
	if core.find_order(core.self, finite(id, "an order's id")) == 0 then
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

function methods.position(_, name) return quantity(symbol(name)) end
function methods.flat(_, name) return core.syms[symbol(name)].qty[0] == 0 end
function methods.long(_, name) return core.syms[symbol(name)].qty[0] > 0 end
function methods.short(_, name) return core.syms[symbol(name)].qty[0] < 0 end
function methods.value(_, name)
	return tonumber(core.syms[symbol(name)].value[0]) / 1e8
end
function methods.entry(_, name)
	local s = core.syms[symbol(name)]
	if s.qty[0] == 0 then return nil end
	return tonumber(s.cost[0]) / tonumber(s.qty[0]) / s.multiplier
end
function methods.gain(_, name)
	local s = core.syms[symbol(name)]
	return tonumber(s.value[0] - s.cost[0]) / 1e8
end
function methods.traded(_, name)
	return core.syms[symbol(name)].traded ~= 0
end
function methods.warm(_, name)
	local i = symbol(name)
	return core.bars[i].n > core.depth and core.syms[i].pending == 0
end
function methods.instrument(_, name)
	local i = symbol(name)
	local s = core.syms[i]
	return { symbol = names[i], tick = s.tick, lot = s.lot,
		 multiplier = s.multiplier }
end

function methods.bar(_, name, k)
	local s = symbol(name)
	k = k or 0
	if core.bars[s].n <= k then return nil end
	column(0, 4, s, k)
	return bar_t(s, k)
end
function methods.frame(_, tf)
	check_open("a timeframe")
	if type(tf) ~= "string" then
		fail("ctx:frame takes a timeframe as text, such as \"1h\"")
	end
	local src = core.add_frame(core.self, tf)
	if src < 0 then fail("%s", ffi.string(core.msg)) end
	local f = {}
	for i, name in ipairs(column_names) do f[name] = series_t(src, i) end
	frame_src[f] = src
	return setmetatable(f, frame_mt)
end

local function spoken(v, what)
	if type(v) ~= "string" then
		fail("%s takes a text, not a %s", what, kind_of(v))
	end
	return v
end
function methods.metric(_, name, v)
	return note("metric", -1, spoken(name, "ctx:metric"),
		    finite(v, "a metric"), nil)
end
function methods.mark(_, text, name)
	local s = name == nil and core.cur or symbol(name)
	return note("mark", s, nil, 0, spoken(text, "ctx:mark"))
end
function methods.log(_, ...)
	local n, parts = select("#", ...), { ... }
	for i = 1, n do parts[i] = text_of(parts[i]) end
	return note("log", -1, nil, 0, concat(parts, " ", 1, n))
end
function methods.stop() core.stop(core.self) end

local timers = {}
local function timer(after, every, what)
	local id = #timers + 1
	timers[id] = what == nil and id or what
	answer(core.timer(core.self, after, every, id))
	return id
end
function methods.after(_, seconds, what)
	return timer(finite(seconds, "ctx:after"), 0, what)
end
function methods.every(_, seconds, what)
	seconds = finite(seconds, "ctx:every")
	if not (seconds > 0) then fail("ctx:every takes seconds above 0") end
	return timer(seconds, seconds, what)
end

local function now() return tonumber(core.now) / 1e9 end
local function time_text(t)
	core.time_text(core.self, t and finite(t, "a time") or now())
	return ffi.string(core.text)
end
function methods.iso(_, t) return time_text(t) end
function methods.utc(_, t)
	local s = time_text(t)
	local day = floor((t or now()) / 86400)
	return { year = tonumber(sub(s, 1, 4)), month = tonumber(sub(s, 6, 7)),
		 day = tonumber(sub(s, 9, 10)), hour = tonumber(sub(s, 12, 13)),
		 min = tonumber(sub(s, 15, 16)), sec = tonumber(sub(s, 18, 19)),
		 wday = (day + 4) % 7 + 1 }
end

local function src_of_ctx(self)
	return self == ctx and 0 or fail("call it with a colon: ctx:sma(...)")
end
ctx = setmetatable({ symbols = {} }, { __metatable = false,
	__index = function(_, k)
		local f = methods[k]
		if f then return f end
		if k == "equity" then
			return tonumber(core.equity[0]) / 1e8
		elseif k == "cash" then
			return tonumber(core.cash[0]) / 1e8
		elseif k == "initial" then
			return tonumber(core.initial[0]) / 1e8
		elseif k == "drawdown" then
			return tonumber(core.equity[0]) /
				tonumber(core.peak[0]) - 1
		elseif k == "now" then
			return now()
		elseif k == "date" then
			return sub(time_text(), 1, 10)
		elseif k == "symbol" then
			return names[core.cur]
		elseif k == "warmup" then
			return core.depth
		elseif k == "timeframe" then
			return ffi.string(core.timeframe)
		elseif type(k) == "string" then
			f = adder(k, src_of_ctx)
			methods[k] = f
			return f
		end
	end })

-- Parameters ----------------------------------------------------------------

local function check_spec(name, v)
	if type(name) ~= "string" or not find(name, "^[%a_][%w_]*$") then
		fail("params has the key '%s'; names of parameters are " ..
		     "letters, digits and _", text_of(name))
	end
	if type(v) ~= "table" then v = { v } end
	local t = type(v[1])
	if t ~= "number" and t ~= "string" and t ~= "boolean" then
		fail("parameter %s has no default; write %s = { 10, min = 1, " ..
		     "max = 100 }", name, name)
	end
	for _, k in ipairs((sorted_keys(v))) do
		if k == "min" or k == "max" or k == "step" then
			if t ~= "number" or type(v[k]) ~= "number" then
				fail("%s of parameter %s is not a number", k,
				     name)
			end
		elseif k ~= 1 and k ~= "help" and k ~= "choices" then
			fail("parameter %s has '%s'; it may have a default, " ..
			     "min, max, step, choices and help", name,
			     text_of(k))
		end
	end
	return v
end

-- Why a value is wrong, or nil.
local function wrong_value(name, s, v)
	if type(v) == "number" then
		local lo, hi = s.min or -1 / 0, s.max or 1 / 0
		if not (v >= lo and v <= hi) then
			return format("%s is %s; it has to be from %s to %s",
				      name, c.number_text(v),
				      s.min and c.number_text(lo) or "any",
				      s.max and c.number_text(hi) or "any")
		end
	end
	if s.choices then
		for _, choice in ipairs(s.choices) do
			if choice == v then return nil end
		end
		local list = {}
		for i, choice in ipairs(s.choices) do
			list[i] = text_of(choice)
		end
		return format("%s is %s; choose %s", name, text_of(v),
			      concat(list, " or "))
	end
end

local function parse_value(s, v)
	local t = type(s[1])
	if t == "string" then return v end
	if t == "boolean" then
		if v == "true" or v == "yes" then return true end
		if v == "false" or v == "no" then return false end
		return nil, "yes or no"
	end
	if find(v, "^[-+]?%.?%d[%d.]*[eE]?[-+]?%d*$") then
		return tonumber(v), "a number"
	end
	return nil, "a number"
end

local D = {}
local specs, order_of_specs = {}, {}

local function give(p, given)
	local seen = {}
	for _, g in ipairs(given) do
		local name, s = g[1], specs[g[1]]
		if not s then
			local near = c.near(name, order_of_specs)
			return format("there is no parameter '%s'; %s", name,
				near and "did you mean '" .. near .. "'?" or
				#order_of_specs == 0 and
				"the script has none" or "the script has " ..
				concat(order_of_specs, ", "))
		end
		if seen[name] then
			return format("parameter %s is given twice", name)
		end
		seen[name] = true
		local v, want = parse_value(s, g[2])
		if v == nil then
			return format("%s is \"%s\"; it has to be %s", name,
				      g[2], want)
		end
		p[name] = v
	end
end

-- Read params; gives what is wrong with what was given, or nil.
function D.params(given)
	local spec = rawget(env, "params") or {}
	if type(spec) ~= "table" then
		fail("params is a %s, not a table", kind_of(spec))
	end
	order_of_specs = sorted_keys(spec)
	local p = {}
	for _, name in ipairs(order_of_specs) do
		specs[name] = check_spec(name, spec[name])
		p[name] = specs[name][1]
		local why = wrong_value(name, specs[name], p[name])
		if why then fail("the default of %s", why) end
	end
	local why = give(p, given)
	if why then return why end
	for _, name in ipairs(order_of_specs) do
		why = wrong_value(name, specs[name], p[name])
		if why then return why end
		c.param(name, type(p[name]) == "number" and
			c.number_text(p[name]) or text_of(p[name]))
	end
	ctx.p = p
end

local callbacks = { "on_start", "on_bar", "on_step", "on_fill", "on_order",
		    "on_timer", "on_end" }
local known = {}
for _, name in ipairs(callbacks) do known[name] = true end

local function check_globals()
	for _, k in ipairs((sorted_keys(env))) do
		local v = env[k]
		if type(k) == "string" and sub(k, 1, 3) == "on_" and
		   type(v) == "function" and not known[k] then
			local near = c.near(k, callbacks)
			fail("there is no callback %s; %s", k, near and
			     "did you mean " .. near .. "?" or "there are " ..
			     concat(callbacks, ", "))
		end
		if known[k] and type(v) ~= "function" then
			fail("%s is a %s, not a function", k, kind_of(v))
		end
	end
	local name = rawget(env, "name")
	if name ~= nil and type(name) ~= "string" then
		fail("name is a %s, not a text", kind_of(name))
	end
	if not (rawget(env, "on_bar") or rawget(env, "on_step")) then
		fail("there is neither on_bar nor on_step, so nothing would " ..
		     "ever be decided")
	end
end

local function read_warmup()
	local w = rawget(env, "warmup")
	if type(w) == "function" then w = w(ctx.p) end
	if w == nil then w = 0 end
	if type(w) ~= "number" or w ~= floor(w) or w < 0 or w > 1000000 then
		fail("warmup is %s; it has to be a whole number of bars from " ..
		     "0 to 1000000", text_of(w))
	end
	core.warmup = w
end

local on_bar, on_step, on_fill, on_order, on_timer, on_end
local bar = bar_t(-1, 0)

-- The script is loaded: what it has, as c.has wants it.
function D.check()
	check_globals()
	read_warmup()
	on_bar, on_step = rawget(env, "on_bar"), rawget(env, "on_step")
	on_fill, on_order = rawget(env, "on_fill"), rawget(env, "on_order")
	on_timer, on_end = rawget(env, "on_timer"), rawget(env, "on_end")
	return on_bar ~= nil, on_step ~= nil, on_fill ~= nil,
		on_order ~= nil, on_timer ~= nil, on_end ~= nil
end

-- Before the first step.
function D.start()
	for i = 0, core.nsyms - 1 do
		names[i] = ffi.string(core.syms[i].name)
		index_of[names[i]] = i
		ctx.symbols[i + 1] = names[i]
	end
	local f = rawget(env, "on_start")
	if f then f(ctx) end
end

-- The function that a bar calls: its own closure over what never changes.
function D.bar_function()
	local f, x, b = on_bar, ctx, bar
	return function() f(x, b) end
end
function D.step() on_step(ctx) end
function D.finish() on_end(ctx) end
function D.timer(id) on_timer(ctx, timers[id]) end
function D.fill(id)
	local f = core.fill
	on_fill(ctx, {
		id = id, order = f.order, symbol = names[f.sym],
		side = ffi.string(f.side), qty = f.qty, price = f.price,
		commission = f.commission, realized = f.realized,
		reason = ffi.string(f.reason), time = now(),
		maker = f.maker ~= 0, ambiguous = f.ambiguous ~= 0,
		is_close = f.is_close ~= 0,
	})
end
function D.order()
	local u = core.update
	on_order(ctx, {
		id = u.id, symbol = names[u.sym], event = ffi.string(u.event),
		reason = ffi.string(u.reason), text = ffi.string(u.text),
	})
end

return D
