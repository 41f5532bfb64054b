# tests of ta
