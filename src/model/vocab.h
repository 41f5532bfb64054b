/*
 * vocab: the words of trading as enums, each with its text, from one list.
 *
 * For every list X: enum sim_X, const char *sim_vocab_X_text(enum sim_X), and
 * bool sim_vocab_X_parse(const char *, enum sim_X *), which accepts the text
 * and its aliases.
 */
#ifndef SIM_VOCAB_H
#define SIM_VOCAB_H

#include <stdbool.h>

enum sim_side {
#define SIM_SIDE(name, text) SIM_SIDE_##name,
#include "model/side.def"
#undef SIM_SIDE
	SIM_SIDE__COUNT
};
enum sim_order_type {
#define SIM_ORDER_TYPE(name, text, fix, aliases) SIM_ORDER_TYPE_##name,
#include "model/order_type.def"
#undef SIM_ORDER_TYPE
	SIM_ORDER_TYPE__COUNT
};
enum sim_tif {
#define SIM_TIF(name, text, fix, aliases) SIM_TIF_##name,
#include "model/tif.def"
#undef SIM_TIF
	SIM_TIF__COUNT
};
enum sim_order_status {
#define SIM_ORDER_STATUS(name, text, fix) SIM_ORDER_STATUS_##name,
#include "model/order_status.def"
#undef SIM_ORDER_STATUS
	SIM_ORDER_STATUS__COUNT
};
enum sim_fill_reason {
#define SIM_FILL_REASON(name, text) SIM_FILL_REASON_##name,
#include "model/fill_reason.def"
#undef SIM_FILL_REASON
	SIM_FILL_REASON__COUNT
};
enum sim_reject {
#define SIM_REJECT(name, code) SIM_REJECT_##name,
#include "model/reject.def"
#undef SIM_REJECT
	SIM_REJECT__COUNT
};
enum sim_end_reason {
#define SIM_END_REASON(name, text) SIM_END_REASON_##name,
#include "model/end_reason.def"
#undef SIM_END_REASON
	SIM_END_REASON__COUNT
};
enum sim_event_type {
#define SIM_EVENT_TYPE(name, text) SIM_EVENT_TYPE_##name,
#include "model/event_type.def"
#undef SIM_EVENT_TYPE
	SIM_EVENT_TYPE__COUNT
};
enum sim_asset_class {
#define SIM_ASSET_CLASS(name, text) SIM_ASSET_CLASS_##name,
#include "model/asset_class.def"
#undef SIM_ASSET_CLASS
	SIM_ASSET_CLASS__COUNT
};

/*
 * The text of a value ("?" for what is none), and the value of a text or one
 * of its aliases: false for a word that is not in the list, *out untouched.
 */
const char *sim_vocab_side_text(enum sim_side v);
bool sim_vocab_side_parse(const char *s, enum sim_side *out);
const char *sim_vocab_order_type_text(enum sim_order_type v);
bool sim_vocab_order_type_parse(const char *s, enum sim_order_type *out);
const char *sim_vocab_tif_text(enum sim_tif v);
bool sim_vocab_tif_parse(const char *s, enum sim_tif *out);
const char *sim_vocab_order_status_text(enum sim_order_status v);
bool sim_vocab_order_status_parse(const char *s, enum sim_order_status *out);
const char *sim_vocab_fill_reason_text(enum sim_fill_reason v);
bool sim_vocab_fill_reason_parse(const char *s, enum sim_fill_reason *out);
const char *sim_vocab_reject_text(enum sim_reject v);
bool sim_vocab_reject_parse(const char *s, enum sim_reject *out);
const char *sim_vocab_end_reason_text(enum sim_end_reason v);
bool sim_vocab_end_reason_parse(const char *s, enum sim_end_reason *out);
const char *sim_vocab_event_type_text(enum sim_event_type v);
bool sim_vocab_event_type_parse(const char *s, enum sim_event_type *out);
const char *sim_vocab_asset_class_text(enum sim_asset_class v);
bool sim_vocab_asset_class_parse(const char *s, enum sim_asset_class *out);

#endif
