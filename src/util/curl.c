/* curl: the library is looked for by the name of its interface, which has been
 * the same since 2006, and stays open until the process ends. */
#include "util/curl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

#include "util/mem.h"

#define NAME "libcurl.so.4"

static pthread_once_t once = PTHREAD_ONCE_INIT;
static struct sim_curl curl;
static struct sim_err fault = SIM_ERR_INIT;

/* Where libcurl has a function.  (A pointer to data becomes one to code only
 * by its bytes.) */
static void find(void *lib, const char *name, void *out)
{
	void *p = dlsym(lib, name);

	memcpy(out, &p, sizeof(p));
	if (!p && !fault.code)
		sim_err_set(&fault, SIM_E_UNAVAILABLE, NAME " has no %s; "
			    "install libcurl 7.80 or newer", name);
}

static void open_once(void)
{
	void *lib = dlopen(NAME, RTLD_LAZY | RTLD_LOCAL);

	if (!lib) {
		sim_err_set(&fault, SIM_E_UNAVAILABLE, "libcurl can't be "
			    "opened (%s); install it to speak to a server",
			    dlerror());
		return;
	}
#define FIND(name) find(lib, "curl_" #name, &curl.name);
	SIM_CURL_FUNCTIONS(FIND)
#undef FIND
	if (!fault.code && curl.global_init(CURL_GLOBAL_DEFAULT))
		SIM_BUG("libcurl can't begin");
}

int sim_curl_open(const struct sim_curl **out, struct sim_err *err)
{
	pthread_once(&once, open_once);
	if (fault.code)
		return sim_err_set(err, fault.code, "%s", fault.msg);
	*out = &curl;
	return SIM_OK;
}
