/**
 * Folders in which a node keeps what it knows of the pods' networks: libcni's results (`CacheDir` in
 * containernetworking/cni libcni/api.go) and flannel's configurations of its delegate.
 */
export const networkCacheFolders = ['/var/lib/cni/results', '/var/lib/cni/flannel'] as const;

/**
 * Whether a cached file was never written whole. It is written without fsync, so that a loss of power right after a pod
 * got its network leaves it empty or full of NUL bytes; containerd then cannot stop that pod's old sandbox any more, for
 * ever ("unexpected end of JSON input": github.com/containernetworking/cni/issues/1055,
 * github.com/containerd/containerd/issues/8197, github.com/k3s-io/k3s/issues/6185).
 */
export function isDamagedCache(bytes: Uint8Array): boolean {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return typeof value !== 'object' || value === null;
  } catch {
    // Not JSON: that is the answer, not an accident.
    return true;
  }
}
