#!/bin/bash
# First process of the PC, still with the host's files in view: makes the PC's own root and moves into it.
# What a reboot loses lies on a tmpfs; what it keeps lies on the data disk, whose journal is replayed by the mount here.
# With systemd as its init the whole root is kept: units are installed in it.
set -euo pipefail
root=$RKL_STATE/pc
mkdir -p "$root"
mount -t tmpfs -o mode=755 rekindle-pc "$root"
mkdir "$root/disk" "$root/root"
mount -o loop "$RKL_DISK" "$root/disk"
changes=$root
if [ "$RKL_INIT" = systemd ]; then changes=$root/disk/.pc; fi
mkdir -p "$changes/upper" "$changes/work"
mount -t overlay -o "lowerdir=$RKL_ENGINE_ROOT,upperdir=$changes/upper,workdir=$changes/work" rekindle-pc "$root/root"
disk=$root/disk
root=$root/root
cd "$root"

mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t tmpfs -o mode=755 dev dev
mkdir dev/pts dev/shm dev/mqueue dev/net
mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts dev/pts
mount -t tmpfs shm dev/shm
mount -t mqueue mqueue dev/mqueue
# Only what containers need: a privileged node gets every device that it finds here, so no disk of the host is here.
while read -r name major minor; do
  mknod -m 666 "dev/$name" c "$major" "$minor"
done <<DEVICES
null 1 3
zero 1 5
full 1 7
random 1 8
urandom 1 9
kmsg 1 11
tty 5 0
fuse 10 229
net/tun 10 200
DEVICES
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin
ln -s /proc/self/fd/1 dev/stdout
ln -s /proc/self/fd/2 dev/stderr

if [ -f /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t cgroup2 cgroup2 sys/fs/cgroup
  # Version 2 hands controllers down only from a group without processes of its own.
  mkdir sys/fs/cgroup/init
  echo 1 >sys/fs/cgroup/init/cgroup.procs
  for controller in $(<sys/fs/cgroup/cgroup.controllers); do
    echo "+$controller" >sys/fs/cgroup/cgroup.subtree_control
  done
else
  mount -t tmpfs -o mode=755 cgroup sys/fs/cgroup
  while IFS=: read -r _ controllers path; do
    [ -n "$controllers" ] || continue
    name=${controllers#name=}
    mkdir "sys/fs/cgroup/$name"
    case $controllers in name=*) options=none,$controllers ;; *) options=$controllers ;; esac
    mount -t cgroup -o "$options" cgroup "sys/fs/cgroup/$name"
  done </proc/self/cgroup
fi

mkdir -p var/lib/docker
mount --move "$disk" var/lib/docker

# Folders that host and PC share have the same path on both sides.
for shared in $RKL_SHARED; do
  mkdir -p "${root}${shared}"
  mount --bind "$shared" "${root}${shared}"
done
mkdir -p ".${RKL_CACHE}" .host
mount --bind "$RKL_CACHE" ".${RKL_CACHE}"
mount -o remount,bind,ro ".${RKL_CACHE}"

mkdir -p etc/rekindle usr/local/sbin
install -m 755 "$RKL_SCRIPTS/lab-runc" usr/local/sbin/lab-runc
install -m 755 "$RKL_SCRIPTS/engine.sh" usr/local/sbin/engine
case $RKL_INIT in
systemd) init=$RKL_SCRIPTS/../../systemd/init.sh ;;
*) init=$RKL_SCRIPTS/init.sh ;;
esac
install -m 755 "$init" usr/local/sbin/init
printf '%s\n' $RKL_LACKING >etc/rekindle/lacking
echo nameserver 127.0.0.1 >etc/resolv.conf
printf '127.0.0.1 localhost\n' >etc/hosts
hostname rekindle-pc
mkdir -p run/lock
pivot_root . .host
exec /usr/sbin/chroot . /usr/local/sbin/init
