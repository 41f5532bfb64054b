-- SMA cross: hold while the fast simple average is above the slow one.
--
-- Decides what the built-in sma-cross decides, to the same log hash: averages
-- of prices compare by their exact sums.
name = "sma-cross"
params = {
	fast = { 10, min = 1, max = 10000, help = "bars of the fast average" },
	slow = { 30, min = 2, max = 10000, help = "bars of the slow average" },
	size = { 95, min = 0.01, max = 100, help = "percent of equity, shared" },
}
warmup = function(p) return p.slow end

function on_start(ctx)
	if ctx.p.fast >= ctx.p.slow then error("fast must be less than slow") end
	fast = ctx:sma("close", ctx.p.fast)
	slow = ctx:sma("close", ctx.p.slow)
	refused = {}		-- symbols whose order was refused, until the exit
end

function on_bar(ctx, bar)
	if fast > slow then
		if not ctx:long() and not refused[bar.symbol] and
		   not ctx:working() then
			refused[bar.symbol] = not ctx:buy {
				percent = ctx.p.size / #ctx.symbols
			}
		end
	elseif fast < slow then
		refused[bar.symbol] = nil
		if ctx:long() and not ctx:working() then ctx:close() end
	end
end
