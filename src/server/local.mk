noinst_LIBRARIES += libsim_server.a
libsim_server_a_SOURCES =
LIBS_SERVER = libsim_server.a $(LIBS_BACKEND) libsim_db.a $(SQLITE_LIBS) \
	$(LWS_LIBS) $(JWT_LIBS)

libsim_server_a_SOURCES += %D%/net.h
libsim_server_a_SOURCES += %D%/due.c %D%/due.h
libsim_server_a_SOURCES += %D%/pool.c %D%/pool.h
libsim_server_a_SOURCES += %D%/worker.c %D%/worker.h
libsim_server_a_SOURCES += %D%/writer.h
