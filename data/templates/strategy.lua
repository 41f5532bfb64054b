-- @NAME@: buy a close above the highest of the last bars, sell one below the
-- average.
--
--	simutrador strategy check @NAME@.lua
--	simutrador simulate @NAME@.lua --symbols ACME -p bars=30
name = "@NAME@"
params = {
	bars = { 20, min = 2, max = 500, help = "bars looked back" },
}
warmup = function(p) return p.bars + 1 end	-- no trading before it

function on_start(ctx)
	average = ctx:sma("close", ctx.p.bars)
	top = ctx:highest("high", ctx.p.bars)
end

function on_bar(ctx, bar)
	if ctx:working() then return end
	if ctx:flat() and bar.close > top[1] then
		ctx:buy { percent = 95 / #ctx.symbols, tag = "new high" }
	elseif ctx:long() and bar.close < average then
		ctx:close { tag = "below average" }
	end
end
