# The manual, in mdoc; also part of the program (help TOPIC).
dist_man_MANS += %D%/simutrador.1 %D%/simutrador-calendar.5
dist_man_MANS += %D%/simutrador-report.1 %D%/simutrador-metrics.1 \
	%D%/simutrador-metrics.7
