#!/bin/bash
# Init of a PC that is run by systemd: leaves the host, says what this PC is not, and becomes systemd.
set -euo pipefail
umount -l /.host

# A container's systemd leaves the kernel's settings alone, but not all of its units do; the kernel here is the host's.
for unit in systemd-sysctl.service systemd-modules-load.service systemd-binfmt.service systemd-pstore.service \
  proc-sys-fs-binfmt_misc.automount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
  sys-fs-fuse-connections.mount dev-hugepages.mount dev-mqueue.mount kmod-static-nodes.service fstrim.timer \
  e2scrub_all.timer e2scrub_reap.service apt-daily.timer apt-daily-upgrade.timer getty.target containerd.service; do
  ln -sf /dev/null "/etc/systemd/system/$unit"
done

# The engine as the lab's other init runs it, behind Debian's own unit and socket; it starts its containerd itself.
mkdir -p /etc/systemd/system/docker.service.d
cat >/etc/systemd/system/docker.service.d/lab.conf <<UNIT
[Service]
Environment="RKL_STATE=$RKL_STATE" "RKL_ORDER=${RKL_ORDER:-}"
ExecStartPre=/usr/local/sbin/engine before
ExecStart=
ExecStart=/usr/local/sbin/engine run --host fd:// --group docker
ExecStartPost=/usr/local/sbin/engine after
UNIT

exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin container=unshare /lib/systemd/systemd --system
