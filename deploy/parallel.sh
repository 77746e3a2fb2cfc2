#!/bin/sh
# The maps of many pictures in PARTS parts by GNU parallel, on the machines of a file
# (sshlogin's form) that all see the same folder, or on this one:
#
#   PARTS=32 deploy/parallel.sh photos -o maps
#   PARTS=32 MACHINES=machines.txt deploy/parallel.sh photos -o maps
#
# What is written here is given to scalecam batch. Run again, it goes on. Then
# scalecam batch merge maps.
set -eu
parts=${PARTS:-8}
exec parallel --quote ${MACHINES:+--sshloginfile "$MACHINES" --workdir .} --jobs "${JOBS:-1}" --halt soon,fail=1 \
	scalecam batch "$@" --shard "{}/$parts" ::: $(seq "$parts")
