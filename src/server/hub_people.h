/* hub_people: what the hub does for people: who may not come in any more, what
 * is forgotten of them, and what the routes need for them. */
#ifndef SIM_HUB_PEOPLE_H
#define SIM_HUB_PEOPLE_H

#include "server/hub_priv.h"

/* The ids of keys and logins that came to an end from `since` to `now`, and of
 * the keys of those who are disabled; freed with sim_mem_free. */
int sim_hub_people_ended(struct sim_db *db, sim_time since, sim_time now,
			 char (**ids)[SIM_APIKEY_ID], size_t *n,
			 struct sim_err *err) SIM_MUST_CHECK;
/* In the pool: who has another plan has it from now on, whatever tokens and
 * connections say, and who was enabled has the good keys again. */
int sim_hub_people_changed(struct sim_hub *h, struct sim_db *db, sim_time now,
			   struct sim_err *err) SIM_MUST_CHECK;
/* Forget requests, lockouts, logins and mails that are of no use any more. */
int sim_hub_people_forget(struct sim_db *db, sim_time now, struct sim_err *err)
	SIM_MUST_CHECK;
/* Start sending mail, if it is to be sent.  Errors: those of
 * sim_post_start. */
int sim_hub_people_start(struct sim_hub *h, struct sim_err *err)
	SIM_MUST_CHECK;
/* Fill in what the routes of people need. */
void sim_hub_people_env(struct sim_hub *h, struct sim_route_env *env);

#endif
