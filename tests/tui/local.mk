# tests of tui
PY_TESTS += %D%/glyph.py
