/* backend_loop: the backend of that name. */
#include "backend/backend_priv.h"

int sim_backend_open_loop(const struct sim_backend_loop_config *c,
			struct sim_backend **out, struct sim_err *err)
{
	(void)c, (void)out;
	return sim_err_set(err, SIM_E_UNAVAILABLE, "this program was built "
			   "without the backend loop");
}
