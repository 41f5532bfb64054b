noinst_LIBRARIES += libsim_client.a
libsim_client_a_SOURCES = \
	%D%/http.h \
	%D%/login.h
LIBS_CLIENT = libsim_client.a $(LIBS_PROTO) $(CURL_LIBS) $(LWS_LIBS)
