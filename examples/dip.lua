-- Buy the dip: a limit order below the market, good for the day, with a target
-- and a stop that protect it from its fill on.
name = "dip"
params = {
	dip = { 1, min = 0.1, max = 20, help = "percent below the close" },
	target = { 2, min = 0.1, max = 50, help = "percent above the entry" },
	stop = { 3, min = 0.1, max = 50, help = "percent below the entry" },
	trend = { 50, min = 2, max = 500 },
}

function on_start(ctx)
	trend = ctx:ema("close", ctx.p.trend)
end

function on_bar(ctx, bar)
	if not ctx:flat() or ctx:working() or bar.close < trend then return end
	local entry = bar.close * (1 - ctx.p.dip / 100)
	ctx:buy {
		percent = 90 / #ctx.symbols, limit = entry, tif = "day",
		take_profit = entry * (1 + ctx.p.target / 100),
		stop_loss = entry * (1 - ctx.p.stop / 100),
	}
end
