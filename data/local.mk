# The bundled sample; README says which commands made it.
dist_pkgdata_DATA = %D%/README %D%/ACME_1min.csv %D%/ACME_daily.csv \
	%D%/BOLT_daily.csv %D%/CRUX_daily.csv
# What strategy new starts from; also part of the program.
templatesdir = $(pkgdatadir)/templates
dist_templates_DATA = %D%/templates/strategy.lua %D%/templates/strategy.py \
	%D%/templates/strategy.js %D%/templates/strategy.c \
	%D%/templates/strategy.sh %D%/templates/strategy.awk
