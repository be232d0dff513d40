#!/bin/bash
# The PC's Docker engine, as its init starts it: `engine before`, then `engine run`, then `engine after`.
# Environment: RKL_STATE, the lab's state folder; RKL_ORDER, containers to start one after the other, or nothing.
set -uo pipefail
run=$RKL_STATE/run

before() {
  # Proof for the cut before this boot: the canary was written and not synced, so its content must be gone.
  if [ -f "$run/canary" ]; then
    if cmp -s "$run/canary" /var/lib/docker/.canary; then echo survived; else echo lost; fi >"$run/canary-result"
  fi
  # With a given order the engine must not start the containers by itself; the policy is put back by `after`.
  if [ -n "${RKL_ORDER:-}" ]; then
    for config in /var/lib/docker/containers/*/hostconfig.json; do
      [ -f "$config" ] || continue
      sed -i 's/"RestartPolicy":{"Name":"unless-stopped"/"RestartPolicy":{"Name":"no"/' "$config"
    done
  fi
  date +%s%3N >"$run/engine-started.partial"
  mv "$run/engine-started.partial" "$run/engine-started"
}

# Where the users of the PC find it is the init's to say: by an own socket, or one that systemd listens on.
run() {
  local runtime=()
  if [ -s /etc/rekindle/lacking ] && grep -q . /etc/rekindle/lacking; then
    runtime=(--add-runtime lab=/usr/local/sbin/lab-runc --default-runtime lab)
  fi
  exec dockerd --data-root /var/lib/docker --exec-root /run/docker --pidfile /run/docker.pid \
    --host "unix://$run/docker.sock" "$@" --storage-driver overlay2 \
    --default-cgroupns-mode=private --dns 127.0.0.1 --live-restore=false "${runtime[@]}" >>"$run/dockerd.log" 2>&1
}

after() {
  for container in ${RKL_ORDER:-}; do
    docker start "$container" >>"$run/order.log" 2>&1
    docker update --restart unless-stopped "$container" >>"$run/order.log" 2>&1
  done
}

"$@"
