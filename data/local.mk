# The bundled sample; README says which commands made it.
dist_pkgdata_DATA = %D%/README %D%/ACME_1min.csv %D%/ACME_daily.csv \
	%D%/BOLT_daily.csv %D%/CRUX_daily.csv
