import { readFile } from 'node:fs/promises';

/** Capabilities by their number (linux/capability.h, up to Linux 5.9; nothing was added since). */
const names = [
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE',
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN',
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE',
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE',
]
  .join(' ')
  .split(' ')
  .map((name) => `CAP_${name}`);

/** Capabilities that the bounding set in a /proc/PID/status lacks: a container that asks for one of them cannot start. */
export function lackingCapabilities(status: string): readonly string[] {
  const bounding = BigInt(`0x${/^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  return names.filter((_, bit) => ((bounding >> BigInt(bit)) & 1n) === 0n);
}

/** What this machine lacks; empty on most. */
export async function capabilitiesLackingHere(): Promise<readonly string[]> {
  return lackingCapabilities(await readFile('/proc/self/status', 'utf8'));
}
