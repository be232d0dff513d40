# containerd, the images that came with the node, and the kubelet.
start_containerd() {
  mkdir -p /run/k3s/containerd /etc/cni/net.d $data/agent
  cat >/etc/containerd-lab.toml <<CONFIG
version = 2
root = "$data/agent/containerd"
state = "/run/k3s/containerd"
[grpc]
  address = "$containerd_socket"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "rekindle-lab/pause:1"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
CONFIG
  supervise containerd containerd -c /etc/containerd-lab.toml
  until ctr -a $containerd_socket version >/dev/null 2>&1; do sleep 0.1; done
  log "Containerd is now running"
}

# Imports each archive once; k3s keeps the same promise for its airgap folder. The marker is written after the import
# is synced: an import cut off by a loss of power is done again.
import_images() {
  local archive marker
  for archive in $data/agent/images/*.tar; do
    [ -f "$archive" ] || continue
    marker=$data/agent/imported-$(basename "$archive")-$(stat -c %Y-%s "$archive")
    [ -f "$marker" ] && continue
    ctr -a $containerd_socket -n k8s.io images import "$archive" >>/var/log/import.log 2>&1 ||
      fatal "import of $archive failed; see /var/log/import.log"
    sync -f $data/agent/containerd
    echo done | write_durably "$marker"
  done
}

start_kubelet() {
  cat >/etc/rancher/kubelet.yaml <<CONFIG
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
cgroupDriver: cgroupfs
failSwapOn: false
oomScoreAdj: 0
clusterDNS: [$dns_address]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix://$containerd_socket
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: /etc/rancher/ca.crt}}
authorization: {mode: Webhook}
evictionHard: {imagefs.available: "5%", nodefs.available: "5%"}
serializeImagePulls: false
resolvConf: /etc/resolv.conf
enforceNodeAllocatable: []
localStorageCapacityIsolation: false
CONFIG
  supervise kubelet kubelet "${kubelet_identity[@]}" --config=/etc/rancher/kubelet.yaml --hostname-override="$node" \
    --node-ip="$address" --root-dir=/var/lib/kubelet "${kubelet_flags[@]}"
}

start_proxy() {
  cat >/etc/rancher/proxy.yaml <<CONFIG
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
clientConnection: {kubeconfig: $proxy_kubeconfig}
clusterCIDR: $cluster_cidr
mode: iptables
oomScoreAdj: 0
hostnameOverride: $node
conntrack: {maxPerCore: 0, min: 0, tcpCloseWaitTimeout: 0s, tcpEstablishedTimeout: 0s}
CONFIG
  supervise kube-proxy kube-proxy --config=/etc/rancher/proxy.yaml
}
