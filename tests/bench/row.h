/* A line of the bench: name, figure, unit, and the ratio to a reference. */
#ifndef ROW_H
#define ROW_H

#include <stdio.h>

static inline void row(const char *name, double figure, const char *unit,
		       double reference)
{
	if (reference > 0)
		printf("%-34s %12.2f %-16s %8.3f\n", name, figure, unit,
		       figure / reference);
	else
		printf("%-34s %12.2f %-16s %8s\n", name, figure, unit, "-");
	fflush(stdout);
}

#endif
