-- Bollinger: buy a close below the lower band, sell at the middle one, with a
-- limit order that rests until it is met.
name = "bollinger"
params = {
	period = { 20, min = 2, max = 500 },
	width = { 2, min = 0.5, max = 5, help = "standard deviations" },
}

function on_start(ctx)
	bands = ctx:bbands("close", { period = ctx.p.period,
				      mult = ctx.p.width })
	exits = {}		-- id of the limit order, by symbol
end

function on_bar(ctx, bar)
	local exit = exits[bar.symbol]

	if ctx:flat() then
		exits[bar.symbol] = nil
		if bar.close < bands.lower and not ctx:working() then
			ctx:buy { percent = 90 / #ctx.symbols }
		end
	elseif exit and ctx:find(exit) then
		ctx:replace(exit, { limit = bands.middle[0] })
	else
		exits[bar.symbol] = ctx:sell {
			qty = ctx:position(), limit = bands.middle[0],
			reduce_only = true
		}
	end
end
