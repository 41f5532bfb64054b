-- Grid: limit orders at even steps below the market, each with a target one
-- step above itself; what is not filled moves with the week.
name = "grid"
params = {
	step = { 1.5, min = 0.1, max = 20, help = "percent between orders" },
	levels = { 4, min = 1, max = 20 },
}

function on_start(ctx)
	ctx:every(7 * 24 * 3600, "week")
	placed = {}
end

function on_timer(ctx, what)
	placed = {}
	ctx:cancel_all()
end

function on_bar(ctx, bar)
	if placed[bar.symbol] then return end
	placed[bar.symbol] = true
	local money = 0.8 * ctx.initial / ctx.p.levels / #ctx.symbols
	local free = ctx.cash / #ctx.symbols
	for i = 1, math.min(ctx.p.levels, math.floor(free / money)) do
		local at = bar.close * (1 - ctx.p.step / 100 * i)
		ctx:buy {
			notional = money, limit = at,
			take_profit = at * (1 + ctx.p.step / 100)
		}
	end
end

function on_fill(ctx, fill)
	fills = (fills or 0) + 1
end

function on_end(ctx)
	ctx:metric("fills", fills or 0)
end
