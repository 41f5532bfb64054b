EXTRA_DIST += %D%/expr.h %D%/series_expr.h
