noinst_LIBRARIES += libsim_model.a
libsim_model_a_SOURCES = \
	%D%/asset_class.def %D%/end_reason.def %D%/event_type.def \
	%D%/fill_reason.def %D%/order_status.def %D%/order_type.def \
	%D%/reject.def %D%/side.def %D%/tif.def \
	%D%/account.h %D%/action.h %D%/event.h %D%/note.h %D%/order.h %D%/hours.h \
	%D%/bar.c %D%/bar.h \
	%D%/plan.c %D%/plan.def %D%/plan.h \
	%D%/instrument.c %D%/instrument.h \
	%D%/vocab.c %D%/vocab.h
LIBS_MODEL = libsim_model.a $(LIBS_UTIL)
