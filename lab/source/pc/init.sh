#!/bin/bash
# Init of the PC: starts the Docker engine and collects orphans (bash waits for every child it inherits). It never
# starts the engine again: what is down stays down until the PC is booted.
set -uo pipefail
umount -l /.host
run=$RKL_STATE/run
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root
unset LD_LIBRARY_PATH

engine before
engine run --host unix:///run/docker-own.sock --group root &
pid=$!
ln -s docker-own.sock /run/docker.sock

if [ -n "${RKL_ORDER:-}" ]; then
  until docker version >/dev/null 2>&1; do
    kill -0 $pid 2>/dev/null || break
    sleep 0.1
  done
  engine after
fi

wait $pid
echo "the engine ended with $?" >>"$run/dockerd.log"
mkfifo /run/forever
while :; do read -r _ <>/run/forever; done
