# Strategies as scripts and a plugin; each opens with what it does.
examplesdir = $(pkgdatadir)/examples
dist_examples_DATA = %D%/bollinger.lua %D%/dip.lua %D%/grid.lua %D%/macd.lua \
	%D%/opening-range.lua %D%/rotation.lua %D%/rsi-reversion.lua \
	%D%/sma-cross.lua %D%/sma.c %D%/turtle.lua %D%/two-frames.lua \
	%D%/volatility-target.lua
