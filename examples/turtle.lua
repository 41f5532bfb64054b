-- Turtle: enter on a break of the 20-bar channel, risk 1% of the equity on a
-- stop two average ranges away, leave on a break of the 10-bar channel.
name = "turtle"
params = {
	enter = { 20, min = 2, max = 500 },
	leave = { 10, min = 2, max = 500 },
	risk = { 1, min = 0.1, max = 10, help = "percent of equity a trade" },
}
-- One bar more, because a break is measured against the bars before.
warmup = function(p) return math.max(p.enter, p.leave, 20) + 1 end

function on_start(ctx)
	enter = ctx:donchian(ctx.p.enter)
	leave = ctx:donchian(ctx.p.leave)
	range = ctx:atr(20)
end

function on_bar(ctx, bar)
	if ctx:working() then return end
	if ctx:flat() and bar.close > enter.upper[1] then
		ctx:buy {
			risk = ctx.p.risk,
			stop_loss = bar.close - 2 * range,
			tag = "break out"
		}
	elseif ctx:long() and bar.close < leave.lower[1] then
		ctx:close { tag = "break down" }
	end
end
