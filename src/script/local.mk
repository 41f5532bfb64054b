EXTRA_DIST += %D%/expr.h
