# Reference clients of the pipe, to copy or to use from where they are.
clientsdir = $(pkgdatadir)/clients
pyclientdir = $(clientsdir)/python
dist_pyclient_DATA = %D%/python/simutrador.py %D%/python/sma.py
jsclientdir = $(clientsdir)/javascript
dist_jsclient_DATA = %D%/javascript/simutrador.js %D%/javascript/sma.js
cclientdir = $(clientsdir)/c
dist_cclient_DATA = %D%/c/simutrador_pipe.h %D%/c/sma.c
shclientdir = $(clientsdir)/sh
dist_shclient_DATA = %D%/sh/simutrador.awk %D%/sh/sma.awk %D%/sh/sma.sh
