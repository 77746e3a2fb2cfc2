#!/bin/sh
# Tries deploy/slurm.sbatch and deploy/parallel.sh for real, on a Slurm of one machine that
# it starts and ends: an array of eight, of which one task is killed and requeued on its
# way, merged, is the very bytes of one run without parts; and so is what GNU parallel
# makes. A sweep in two parts likewise. Needs Debian's slurm-wlm, munge and parallel, and to be root.
#
#   tools/slurm.sh PROGRAM PHOTOS
set -eu
program=$(realpath "$1") photos=$(realpath "$2") here=$(dirname "$(realpath "$0")")/..
work=$(mktemp -d)
chmod 755 "$work"
mkdir "$work/bin" "$work/state" "$work/spool" "$work/munge"
ln -s "$program" "$work/bin/scalecam"
PATH=$work/bin:$PATH
export PATH

# Munge: a key and a socket of this run's own.
dd if=/dev/urandom of="$work/munge/key" bs=1024 count=1 2>/dev/null
chmod 400 "$work/munge/key"
munged --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munge/pid" --log-file="$work/munge/log" --seed-file="$work/munge/seed"
host=$(hostname -s)
cat >"$work/slurm.conf" <<CONF
ClusterName=try
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
CredType=cred/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=5
RequeueExit=137
MinJobAge=3600
NodeName=$host NodeAddr=127.0.0.1 CPUs=8 RealMemory=4000 State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
CONF
SLURM_CONF=$work/slurm.conf
export SLURM_CONF
end() {
	for pid in slurmd.pid slurmctld.pid munge/pid; do
		[ -f "$work/$pid" ] && kill "$(cat "$work/$pid")" 2>/dev/null
	done
	sleep 1
	rm -rf "$work"
}
trap end EXIT
slurmctld -c
slurmd -N "$host"
for _ in $(seq 60); do
	sinfo -h -o %T | grep -q idle && break
	sleep 1
done
sinfo

echo "one run without parts"
scalecam batch "$photos" -o "$work/whole" >"$work/whole.log" 2>&1

echo "an array of eight"
cd "$work"
job=$(sbatch --parsable --mem=0 --cpus-per-task=1 "$here/deploy/slurm.sbatch" batch "$photos" -o "$work/parts")
task=${job}_3
for _ in $(seq 200); do # until the third part has begun, and is not done
	[ -n "$(find "$work/parts" -path '*maps*' -name '*.npy' 2>/dev/null | head -1)" ] && squeue -h -j "$task" -t RUNNING | grep -q . && break
	sleep 0.2
done
scontrol requeue "$task" && echo "task $task was killed and requeued"
while squeue -h -j "$job" | grep -q .; do
	sleep 1
done
scontrol -o show job "$job" | sed -n 's/.*ArrayTaskId=\([0-9]*\) .*JobState=\([A-Z]*\).*Restarts=\([0-9]*\).*/task \1 \2, restarts \3/p' | sort -u
scalecam batch merge "$work/parts" >/dev/null
diff -r "$work/whole" "$work/parts" && echo "Slurm: merged, the same bytes"

echo "GNU parallel"
PARTS=5 JOBS=2 "$here/deploy/parallel.sh" batch "$photos" -o "$work/parallel" >"$work/parallel.log" 2>&1 </dev/null
scalecam batch merge "$work/parallel" >/dev/null
diff -r "$work/whole" "$work/parallel" && echo "parallel: merged, the same bytes"

echo "a sweep: an array of two, of which a task is killed and requeued, beside one run"
cat >"$work/sweep.json" <<JSON
{"name": "small", "title": "Small", "scenes": {"seed": 1, "train": 320, "val": 60, "side": 64}, "architecture": "efficientnet-64",
 "recipe": {"epochs": 8, "batch": 32, "rate": 0.1},
 "lines": [{"name": "depth", "title": "depth", "points": [{"resolution": 0.5}, {"depth": 2, "resolution": 0.5}, {"depth": 3, "resolution": 0.5}, {"depth": 4, "resolution": 0.5}]}]}
JSON
scalecam sweep "$work/sweep.json" -o "$work/swept" >/dev/null 2>&1
job=$(sbatch --parsable --mem=0 --cpus-per-task=1 --array=1-2 "$here/deploy/slurm.sbatch" sweep "$work/sweep.json" -o "$work/shards")
for _ in $(seq 200); do # until the second part has saved an epoch
	[ -n "$(find "$work/shards" -name 'd3-*.checkpoint' 2>/dev/null)" ] && break
	sleep 0.2
done
scontrol requeue "${job}_2" && echo "task ${job}_2 was killed and requeued"
while squeue -h -j "$job" | grep -q .; do
	sleep 1
done
cmp "$work/swept/result.json" "$work/shards/result.json" && echo "Slurm: the sweep's result is the same bytes"
