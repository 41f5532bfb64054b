-- Two time frames: the hours say which way the market goes, the minutes when
-- to go with it; out before the night.
name = "two-frames"
params = {
	hours = { 5, min = 2, max = 100, help = "hourly bars of the trend" },
	fast = { 9, min = 2, max = 200 },
	slow = { 21, min = 3, max = 400 },
}

function on_start(ctx)
	local hour = ctx:frame("1h")
	trend = hour:ema("close", ctx.p.hours)
	close_of_hour = hour.close
	fast = ctx:ema("close", ctx.p.fast)
	slow = ctx:ema("close", ctx.p.slow)
end

function on_bar(ctx, bar)
	if ctx:working() then return end
	if bar.is_eod or crosses_below(fast, slow) then
		ctx:close()
	elseif ctx:flat() and close_of_hour > trend and
	       crosses_above(fast, slow) then
		ctx:buy { percent = 95 / #ctx.symbols, bracket_trail_percent = 2 }
	end
end
