#!/bin/bash
# First process of the lab's "PC": a set of namespaces that stands for one machine. It makes a fresh root file system
# in memory over the read-only engine files, mounts the data disk, and runs dockerd. When this process is killed, the
# kernel kills everything in its PID namespace with SIGKILL and its mounts are gone: that is how power is cut.
# Arguments: ENGINE_ROOT DISK_IMAGE SHARED_DIR CGROUP RUNTIME(runc|lab-runc)
set -euo pipefail
engine=$1 disk=$2 shared=$3 cgroup=$4 runtime=$5

root=$(mktemp -d)
mount -t tmpfs -o mode=0755 lab-memory "$root"
mkdir "$root/upper" "$root/work" "$root/merged"
mount -t overlay -o "lowerdir=$engine,upperdir=$root/upper,workdir=$root/work" lab-root "$root/merged"
cd "$root/merged"
mkdir -p lab var/lib/docker run tmp old
# autoclear: the loop device is released with the last mount, so a killed PC leaves none behind
mount -o loop "$disk" var/lib/docker
mount --bind "$shared" lab
mount -t proc proc proc
mount -t sysfs sysfs sys
mount --rbind /sys/fs/cgroup sys/fs/cgroup
mount --rbind /dev dev
mount -t tmpfs lab-run run
pivot_root . old
umount -l /old
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
hostname rekindle-lab
ip link set lo up

flags=(--host unix:///lab/run/docker.sock --data-root /var/lib/docker/engine --exec-root /run/docker
  --pidfile /run/docker.pid --default-cgroupns-mode=private --cgroup-parent "/$cgroup" --userland-proxy=true
  --live-restore=false --dns 127.0.0.1 --group root)
if [ "$runtime" = lab-runc ]; then
  install -m755 /lab/lab-runc /usr/local/bin/lab-runc
  flags+=(--add-runtime lab=/usr/local/bin/lab-runc --default-runtime lab)
fi
# Not exec: this shell stays process 1 and collects orphans.
dockerd "${flags[@]}" &
wait $!
