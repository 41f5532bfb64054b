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
	local a, b = x.last, y.last
	if k > 0 then
		a = x.sums[band(x.at - 1 - k, x.mask)]
		b = y.sums[band(y.at - 1 - k, y.mask)]
	end
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
	elseif v ~= v then	-- which means the default, below
		fail("%s of %s is nan, not a number", row.options[i], row.name)
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

-- ctx -----------------------------------------------------------------------

local methods = {}

local function no_number(v, name)
	fail("%s is %s; it has to be a number", name, type(v) == "string" and
	     format("%q", v) or "a " .. type(v))
end

local function finite(v, name)
	local kind = type(v)
	if kind ~= "number" and kind ~= "cdata" and
	   not (kind == "string" and tonumber(v)) then
		no_number(v, name)
	end
	v = number(v)
	if v ~= v or v == 1 / 0 or v == -1 / 0 then
		fail("%s is %s, not a number", name, text_of(v))
	end
	return v
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

local function quantity(sym)
	return tonumber(core.syms[sym].qty[0]) / 1e8
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

-- What the driver's other parts share.
return {
	ffi = ffi, kit = kit, c = c, core = core, ctx = ctx, names = names,
	index_of = index_of, methods = methods, fail = fail, symbol = symbol,
	number = number, finite = finite, answer = answer, note = note,
	quantity = quantity, column = column, kind_of = kind_of, now = now,
	timers = timers, bar = bar_t(-1, 0),
}
