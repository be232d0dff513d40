/**
 * Where every kubelet keeps the emptyDir volumes of a pod, each under its own name (kubernetes pkg/volume/emptydir,
 * pkg/kubelet/config defaults). Absolute, without a slash at the end.
 */
export function emptyDirsFolder(podUid: string): string {
  return `/var/lib/kubelet/pods/${podUid}/volumes/kubernetes.io~empty-dir`;
}

/** The folder of one emptyDir volume on its node. */
export function emptyDirFolder(podUid: string, volume: string): string {
  return `${emptyDirsFolder(podUid)}/${volume}`;
}
