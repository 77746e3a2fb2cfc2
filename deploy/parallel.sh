#!/bin/sh
# A command that works in parts, scalecam batch or scalecam sweep, in PARTS parts by GNU
# parallel, on the machines of a file (sshlogin's form) that all see the same folder, or on
# this one:
#
#   PARTS=32 deploy/parallel.sh batch photos -o maps
#   PARTS=32 MACHINES=machines.txt deploy/parallel.sh batch photos -o maps
#   PARTS=4 MACHINES=machines.txt deploy/parallel.sh sweep scenes -o sweep
#
# What is written here is given to scalecam. Run again, it goes on. Then, of a batch,
# scalecam batch merge maps.
set -eu
parts=${PARTS:-8}
exec parallel --quote ${MACHINES:+--sshloginfile "$MACHINES" --workdir .} --jobs "${JOBS:-1}" --halt soon,fail=1 \
	scalecam "$@" --shard "{}/$parts" ::: $(seq "$parts")
