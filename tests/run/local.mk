# tests of run
SH_TESTS += %D%/sample.sh
