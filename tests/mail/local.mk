UNIT_TESTS += %D%/test_mail
%C%_test_mail_SOURCES = %D%/test_mail.c
%C%_test_mail_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
%C%_test_mail_LDADD = $(LIBS_MAIL) $(CHECK_LIBS)
