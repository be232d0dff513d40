#!/bin/bash
# Powers the lab's PC on: enters its cgroup, its network and fresh namespaces, and hands over to mount-root.sh there.
# Environment: see machine.ts. Runs on the host; after `exec` this process is the one that started the PC's first.
set -euo pipefail
while IFS=: read -r _ controllers path; do
  case $controllers in
  '') folder=/sys/fs/cgroup/$RKL_CGROUP ;; # version 2
  name=*) folder=/sys/fs/cgroup/${controllers#name=}/$RKL_CGROUP ;;
  *) folder=/sys/fs/cgroup/$controllers/$RKL_CGROUP ;;
  esac
  [ -f "$folder/cgroup.procs" ] || continue
  echo $$ >"$folder/cgroup.procs"
done </proc/self/cgroup
exec nsenter --net="/run/netns/$RKL_NETNS" \
  unshare --fork --kill-child --pid --mount --propagation private --uts --ipc --cgroup \
  /bin/bash "${0%/*}/mount-root.sh"
