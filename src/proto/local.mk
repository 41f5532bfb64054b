noinst_LIBRARIES += libsim_proto.a
libsim_proto_a_SOURCES = \
	%D%/error_code.def %D%/messages.def \
	%D%/message.c %D%/message.h %D%/message_decode.c \
	%D%/message_encode.c %D%/message_priv.h %D%/tick.c %D%/tick.h
LIBS_PROTO = libsim_proto.a $(LIBS_MODEL)
