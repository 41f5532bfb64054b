-- driver_setup: parameters, warm-up and callbacks of a script.
--
-- Takes what driver.lua shares; gives the functions that lua.c calls.
local S = ...
local ffi, c, core, ctx, names = S.ffi, S.c, S.core, S.ctx, S.names
local index_of, fail, now, timers = S.index_of, S.fail, S.now, S.timers
local kind_of, text_of, env = S.kind_of, S.kit.text, S.kit.env
local sorted_keys = S.kit.sorted_keys
local rawget, tonumber, type, ipairs = rawget, tonumber, type, ipairs
local floor = math.floor
local format, sub, find, concat = string.format, string.sub, string.find,
	table.concat

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
local bar = S.bar

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
