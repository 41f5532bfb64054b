#!/bin/sh
# @NAME@: starts @NAME@.awk on the messages that simutrador.awk reads.
here=$(dirname "$0")
# mawk waits for more input than there is, unless told that someone waits.
case $(awk -W version </dev/null 2>&1) in
mawk*) set -- -W interactive "$@" ;;
esac
exec awk "$@" -f "$here/simutrador.awk" -f "$here/@NAME@.awk"
