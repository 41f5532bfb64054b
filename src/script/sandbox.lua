-- sandbox: the globals of a script, made from LuaJIT's own.
--
-- Takes the functions that C gives (see lua_state.c); returns the kit that
-- our other chunks share.  Nothing a script can reach leads back to _G.
local c = ...
local ffi = require("ffi")
local error, type, next, rawget, rawset = error, type, next, rawget, rawset
local select, tostring, tonumber, pcall = select, tostring, tonumber, pcall
local getmetatable, setmetatable = getmetatable, setmetatable
local floor, abs, sqrt = math.floor, math.abs, math.sqrt
local sort, format, find, gsub = table.sort, string.format, string.find,
	string.gsub
local concat = table.concat

local function native(signature, address)
	return ffi.cast(signature, address)
end
local c_exp = native("double (*)(double)", c.exp)
local c_log = native("double (*)(double)", c.log)
local c_pow = native("double (*)(double, double)", c.pow)
local c_unit = native("double (*)(void *)", c.rand_unit)
local c_below = native("double (*)(void *, double)", c.rand_below)
local c_seed = native("void (*)(void *, double)", c.rand_seed)
local rand = ffi.cast("void *", c.rand)

local function kind_of(v)
	local t = type(v)
	return t == "cdata" and "userdata" or t
end

local function want(v, kind, i, name)
	if type(v) ~= kind then
		error(format("argument %d of %s is a %s, not a %s", i, name,
			     kind_of(v), kind), 0)
	end
	return v
end

-- Numbers, whatever stands for them ----------------------------------------

local number_of = {}

local function number(v, what)
	local t = type(v)
	if t == "number" then return v end
	local n = t == "string" and tonumber(v) or
		(number_of.hook and number_of.hook(v))
	if n then return n end
	error("arithmetic on a " .. kind_of(v) .. " value" ..
	      (what and " in " .. what or ""), 0)
end

local function whole_power(x, n)
	local r, neg = 1, n < 0
	n = abs(n)
	while n > 0 do
		if n % 2 == 1 then r = r * x end
		x = x * x
		n = floor(n / 2)
	end
	return neg and 1 / r or r
end

-- The same bits everywhere, unlike libm's.
local function power(x, y)
	x, y = number(x, "a power"), number(y, "a power")
	if y == 2 then return x * x end
	if y == 0.5 and x >= 0 then return sqrt(x) end
	if y == floor(y) and abs(y) <= 1024 then return whole_power(x, y) end
	if x >= 0 then return c_pow(x, y) end
	if y ~= floor(y) then return 0 / 0 end
	return y % 2 == 1 and -c_pow(-x, y) or c_pow(-x, y)
end

-- `a ^ b` is read as `a ^ box ^ b`: the right side is put into the box, then
-- the left side meets the box.
local box = {}
setmetatable(box, {
	__pow = function(l, r)
		if l == box then
			box.v = r
			return box
		end
		return power(l, box.v)
	end,
	__metatable = false,
})

-- Calls that nest on the machine's stack ----------------------------------

-- gsub calls back, and a coroutine runs, on the stack of C, which has an end
-- that nothing checks.
local DEEPEST = 100
local depth = 0

local function enter(name)
	if depth == DEEPEST then
		error(format("%s is nested deeper than %d times", name,
			     DEEPEST), 0)
	end
	depth = depth + 1
end

-- Of what pcall gives.
local function leave(ok, ...)
	depth = depth - 1
	if not ok then error((...), 0) end
	return ...
end

local function safe_gsub(s, pattern, by, n)
	local t, of = type(by), type(s)
	if (t ~= "function" and t ~= "table") or
	   (of ~= "string" and of ~= "number") then
		return gsub(s, pattern, by, n)
	end
	enter("string.gsub")
	return leave(pcall(gsub, s, pattern, by, n))
end

local create, resume = coroutine.create, coroutine.resume
local function safe_resume(co, ...)
	want(co, "thread", 1, "coroutine.resume")
	enter("a coroutine")
	return leave(pcall(resume, co, ...))
end

local function unwrap(ok, ...)
	if not ok then error((...), 0) end
	return ...
end

local function safe_wrap(f)
	local co = create(f)
	return function(...) return unwrap(safe_resume(co, ...)) end
end

-- Texts without addresses --------------------------------------------------

local function text(v)
	local t = type(v)
	if t == "string" then return v end
	if t == "number" and v ~= v then return "nan" end
	if t == "number" or t == "nil" or t == "boolean" then
		return tostring(v)
	end
	local mt = t == "table" and getmetatable(v)
	local f = type(mt) == "table" and rawget(mt, "__tostring")
	if f then return f(v) end
	local n = number_of.hook and number_of.hook(v)
	return n and text(n) or kind_of(v)
end

local string_format = format
local function safe_format(fmt, ...)
	want(fmt, "string", 1, "format")
	if find(gsub(fmt, "%%%%", ""), "%%[-+ #0-9.]*p") then
		error("%p would show an address, which a script may not see",
		      0)
	end
	local n, args = select("#", ...), { ... }
	for i = 1, n do
		local t = type(args[i])
		if t ~= "number" and t ~= "string" then
			args[i] = number_of.hook and number_of.hook(args[i])
				or text(args[i])
		end
	end
	return string_format(fmt, unpack(args, 1, n))
end

-- Tables in a fixed order --------------------------------------------------

local rank = { number = 1, string = 2, boolean = 3 }

local function before(a, b)
	local ta, tb = type(a), type(b)
	if ta ~= tb then return rank[ta] < rank[tb] end
	if ta == "boolean" then return not a and b end
	return a < b
end

local function check_key(k)
	if not rank[type(k)] then
		error("a table with a " .. kind_of(k) .. " as a key has no " ..
		      "fixed order; use numbers, strings or booleans as keys " ..
		      "where pairs or next goes over them", 0)
	end
end

local function sorted_keys(t)
	local keys, n, sorted, last = {}, 0, true, nil
	for k in next, t do
		check_key(k)
		n = n + 1
		keys[n] = k
		if sorted and last ~= nil and not before(last, k) then
			sorted = false
		end
		last = k
	end
	if not sorted then sort(keys, before) end
	return keys, n
end

local function sorted_pairs(t)
	want(t, "table", 1, "pairs")
	local keys, n = sorted_keys(t)
	local i = 0
	return function()
		while i < n do
			i = i + 1
			local v = rawget(t, keys[i])
			if v ~= nil then return keys[i], v end
		end
	end, t, nil
end

-- The least key above k.
local function sorted_next(t, k)
	want(t, "table", 1, "next")
	if k ~= nil then check_key(k) end
	local best = nil
	for key in next, t do
		check_key(key)
		if (k == nil or before(k, key)) and
		   (best == nil or before(key, best)) then
			best = key
		end
	end
	if best ~= nil then return best, t[best] end
end

-- Metatables that the collector does not look at ---------------------------

local function no_weak()
	error("__mode makes a weak table, whose content depends on when memory " ..
	      "is collected; a script has none", 0)
end

local guard = { __newindex = function(t, k, v)
	if k == "__mode" then no_weak() end
	rawset(t, k, v)
end }

local function safe_setmetatable(t, mt)
	want(t, "table", 1, "setmetatable")
	if mt == nil then
		if getmetatable(t) == guard then return t end
		return setmetatable(t, nil)
	end
	want(mt, "table", 2, "setmetatable")
	if rawget(mt, "__mode") ~= nil then no_weak() end
	if getmetatable(mt) == nil then setmetatable(mt, guard) end
	return setmetatable(t, mt)
end

local function safe_getmetatable(t)
	if type(t) ~= "table" then return nil end
	local mt = getmetatable(t)
	if mt ~= guard then return mt end
end

local function safe_rawset(t, k, v)
	want(t, "table", 1, "rawset")
	if k == "__mode" then no_weak() end
	return rawset(t, k, v)
end

-- The libraries ------------------------------------------------------------

local function copy(from, names)
	local t = {}
	for name in string.gmatch(names, "%S+") do
		t[name] = assert(from[name], name)
	end
	return t
end

local lib_string = copy(string, [[byte char find gmatch len lower match rep
	reverse sub upper]])
lib_string.format, lib_string.gsub = safe_format, safe_gsub
local lib_table = copy(table, "concat insert remove sort")
lib_table.unpack = unpack
local lib_math = copy(math, [[abs ceil floor fmod frexp huge ldexp max min modf
	pi sqrt]])
local lib_coroutine = copy(coroutine, [[create isyieldable running status
	yield]])
lib_coroutine.resume, lib_coroutine.wrap = safe_resume, safe_wrap

function lib_math.exp(x) return c_exp(number(x, "exp")) end
function lib_math.log(x, base)
	x = number(x, "log")
	if base == nil then return c_log(x) end
	return c_log(x) / c_log(number(base, "log"))
end
function lib_math.log10(x)
	return c_log(number(x, "log10")) / c_log(10)
end
lib_math.pow = power
function lib_math.deg(x) return number(x, "deg") * (180 / math.pi) end
function lib_math.rad(x) return number(x, "rad") * (math.pi / 180) end

-- Functions that C does not have in one form for all machines.
local unported = {}
for name in string.gmatch([[sin cos tan asin acos atan atan2 sinh cosh
	tanh]], "%S+") do
	unported[name] = true
end
setmetatable(lib_math, { __metatable = false, __index = function(_, k)
	if unported[k] then
		error("math." .. k .. " is not there: its last bits differ " ..
		      "from machine to machine", 0)
	end
end })

function lib_math.randomseed(x)
	c_seed(rand, number(x, "randomseed"))
end
function lib_math.random(m, n)
	if m == nil then return c_unit(rand) end
	m = floor(number(m, "random"))
	if n == nil then
		m, n = 1, m
	else
		n = floor(number(n, "random"))
	end
	if not (n >= m and n - m < 2 ^ 53) then
		error(format("math.random has no number from %.14g to %.14g",
			     m, n), 0)
	end
	return m + c_below(rand, n - m + 1)
end

local function print(...)
	local n, parts = select("#", ...), { ... }
	for i = 1, n do parts[i] = text(parts[i]) end
	c.print(concat(parts, "\t", 1, n))
end

local env = copy(_G, [[assert error ipairs pcall rawequal rawget select
	tonumber unpack xpcall]])
env.string, env.table, env.math = lib_string, lib_table, lib_math
env.coroutine = lib_coroutine
env.getmetatable, env.setmetatable = safe_getmetatable, safe_setmetatable
env.rawset = safe_rawset
env.next, env.pairs = sorted_next, sorted_pairs
env.tostring, env.type, env.print = text, kind_of, print
env._G, env._VERSION = env, _VERSION
function env.tonumber(v, base)
	if base == nil and type(v) ~= "string" and number_of.hook then
		return number_of.hook(v) or tonumber(v)
	end
	return tonumber(v, base)
end

-- Names that are missing on purpose, and why.
local why = {}
local function forbid(names, reason)
	for name in string.gmatch(names, "%S+") do why[name] = reason end
end
forbid("io os", "a script has no files, clock or processes")
forbid("require package module dofile loadfile",
       "a strategy is one file")
forbid("load loadstring setfenv getfenv newproxy",
       "a script may not make code while it runs")
forbid("debug ffi jit bit collectgarbage gcinfo",
       "a script stays inside the sandbox")
setmetatable(env, { __metatable = false, __index = function(_, k)
	local reason = why[k]
	if reason then error(k .. " is not there: " .. reason, 0) end
end })
-- The name that the reader of scripts puts beside `^`.
rawset(env, "__power", box)

local string_meta = getmetatable("")
string_meta.__index = lib_string
string_meta.__metatable = false

return { env = env, sorted_keys = sorted_keys, power = power,
	 number_of = number_of, forbid = forbid, text = text, box = box }
