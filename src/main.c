/* main: hands argv to cli; nothing else. */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return sim_cli_main(argc, argv);
}
