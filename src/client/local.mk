noinst_LIBRARIES += libsim_client.a
libsim_client_a_SOURCES = \
	%D%/credentials.c %D%/credentials.h \
	%D%/http.c %D%/http.h \
	%D%/login.c %D%/login.h \
	%D%/ws.c %D%/ws.h
LIBS_CLIENT = libsim_client.a $(LIBS_PROTO) $(LWS_LIBS)
