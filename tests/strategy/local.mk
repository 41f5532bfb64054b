# tests of strategy
