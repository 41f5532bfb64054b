/* action: corporate actions as dated facts about raw prices. */
#ifndef SIM_ACTION_H
#define SIM_ACTION_H

#include <stdint.h>

#include "util/dec.h"

enum sim_action_type { SIM_ACTION_SPLIT, SIM_ACTION_DIVIDEND };

struct sim_action {
	int64_t day;			/* ex-date, exchange day since 1970 */
	enum sim_action_type type;
	int32_t num, den;		/* split: num new for den old shares */
	sim_dec cash;		/* dividend per share before the split */
};

#endif
