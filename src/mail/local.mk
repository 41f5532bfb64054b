noinst_LIBRARIES += libsim_mail.a
libsim_mail_a_SOURCES = \
	%D%/mail.c %D%/mail.h \
	%D%/smtp.c %D%/smtp.h
LIBS_MAIL = libsim_mail.a $(LIBS_UTIL)
