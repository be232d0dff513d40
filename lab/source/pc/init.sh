#!/bin/bash
# Init of the PC: starts the Docker engine and collects orphans (bash waits for every child it inherits). It never
# starts the engine again: what is down stays down until the PC is booted.
set -uo pipefail
umount -l /.host
run=$RKL_STATE/run
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root
unset LD_LIBRARY_PATH

# Proof for the cut before this boot: the canary was written and not synced, so its content must be gone.
if [ -f "$run/canary" ]; then
  if cmp -s "$run/canary" /var/lib/docker/.canary; then echo survived; else echo lost; fi >"$run/canary-result"
fi

# With a given order the engine must not start the containers by itself; the policy is put back below.
if [ -n "${RKL_ORDER:-}" ]; then
  for config in /var/lib/docker/containers/*/hostconfig.json; do
    [ -f "$config" ] || continue
    sed -i 's/"RestartPolicy":{"Name":"unless-stopped"/"RestartPolicy":{"Name":"no"/' "$config"
  done
fi

runtime=()
if [ -s /etc/rekindle/lacking ] && grep -q . /etc/rekindle/lacking; then
  runtime=(--add-runtime lab=/usr/local/sbin/lab-runc --default-runtime lab)
fi
date +%s%3N >"$run/engine-started.partial"
mv "$run/engine-started.partial" "$run/engine-started"
dockerd --data-root /var/lib/docker --exec-root /run/docker --pidfile /run/docker.pid \
  --host "unix://$run/docker.sock" --host unix:///run/docker-own.sock --storage-driver overlay2 \
  --group root --default-cgroupns-mode=private --dns 127.0.0.1 --live-restore=false "${runtime[@]}" >>"$run/dockerd.log" 2>&1 &
engine=$!
ln -s docker-own.sock /run/docker.sock

if [ -n "${RKL_ORDER:-}" ]; then
  until docker version >/dev/null 2>&1; do
    kill -0 $engine 2>/dev/null || break
    sleep 0.1
  done
  for container in $RKL_ORDER; do
    docker start "$container" >>"$run/order.log" 2>&1
    docker update --restart unless-stopped "$container" >>"$run/order.log" 2>&1
  done
fi

wait $engine
echo "the engine ended with $?" >>"$run/dockerd.log"
mkfifo /run/forever
while :; do read -r _ <>/run/forever; done
