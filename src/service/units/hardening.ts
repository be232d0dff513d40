type Settings = readonly (readonly [key: string, value: string])[];

/**
 * What works in both managers: seccomp and resource limits need no rights once a process may gain none. Not
 * MemoryDenyWriteExecute: V8 makes code while it runs, and Node 24.21 ends in Isolate::Initialize under it; with
 * `--jitless` it starts, without WebAssembly, which its HTTP client (undici) needs. AF_NETLINK is for getaddrinfo(3), which
 * asks the kernel for this machine's addresses. No core dumps: they hold the keys of a kubeconfig.
 */
const anywhere: Settings = [
  ['NoNewPrivileges', 'yes'],
  ['LockPersonality', 'yes'],
  ['RestrictAddressFamilies', 'AF_UNIX AF_INET AF_INET6 AF_NETLINK'],
  ['RestrictNamespaces', 'yes'],
  ['RestrictRealtime', 'yes'],
  ['RestrictSUIDSGID', 'yes'],
  ['SystemCallArchitectures', 'native'],
  ['SystemCallFilter', '@system-service'],
  ['SystemCallFilter', '~@privileged @resources'],
  ['SystemCallErrorNumber', 'EPERM'],
  ['LimitCORE', '0'],
  ['UMask', '0077'],
];

/**
 * What only the machine's manager can do. ProtectHome is read-only and not tmpfs: `k3d kubeconfig merge` replaces the
 * file, and a mount of the old one would show it for ever; a rootless engine's socket in /run/user comes after the
 * agent. Not PrivateUsers: the group of the engine's socket would be nobody's. Not ProtectProc: the holder of a lock is
 * told by its user. Not PrivateNetwork, not IPAddressDeny: clusters, front doors and webhooks have any address. Not
 * RemoveIPC: it would take the shared memory of the user's other programs with the agent.
 */
const systemOnly: Settings = [
  ['CapabilityBoundingSet', ''],
  ['AmbientCapabilities', ''],
  ['DevicePolicy', 'closed'],
  ['PrivateDevices', 'yes'],
  ['PrivateMounts', 'yes'],
  ['PrivateTmp', 'yes'],
  ['ProtectClock', 'yes'],
  ['ProtectControlGroups', 'yes'],
  ['ProtectHome', 'read-only'],
  ['ProtectHostname', 'yes'],
  ['ProtectKernelLogs', 'yes'],
  ['ProtectKernelModules', 'yes'],
  ['ProtectKernelTunables', 'yes'],
  ['ProtectSystem', 'strict'],
];

/** What the agent is not let do (systemd.exec(5)). It has the engine's socket, which equals root, whatever else is closed. */
export function hardening(scope: 'system' | 'user'): Settings {
  return scope === 'system' ? [...systemOnly, ...anywhere] : anywhere;
}
