# etcd and the control plane, on the server node.
start_control_plane() {
  local names
  names="DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  names="$names,DNS:localhost,DNS:$node,IP:127.0.0.1,IP:0.0.0.0,IP:10.43.0.1,IP:$address"
  names="$names$(extra tls-san "$@" | awk '{ printf (/^[0-9.]+$/ ? ",IP:" : ",DNS:") $0 }')"
  mkdir -p $tls $data/server/db $data/server/manifests /etc/rancher/k3s
  make_authority
  usable $tls/admin.crt || issue admin /O=system:masters/CN=system:admin
  usable $tls/controller-manager.crt || issue controller-manager /CN=system:kube-controller-manager
  usable $tls/scheduler.crt || issue scheduler /CN=system:kube-scheduler
  usable $tls/proxy.crt || issue proxy /CN=system:kube-proxy
  usable $tls/kubelet-client.crt || issue kubelet-client /O=system:masters/CN=apiserver-kubelet-client
  issue kubelet "/O=system:nodes/CN=system:node:$node"
  issue apiserver /CN=kube-apiserver "$names"
  echo "${K3S_TOKEN:?},bootstrap,bootstrap,\"system:bootstrappers\"" | write_durably $tls/tokens.csv
  for user in controller-manager scheduler proxy kubelet; do
    kubeconfig $tls/$user.kubeconfig $user https://127.0.0.1:6443
  done
  kubeconfig /etc/rancher/k3s/k3s.yaml admin https://127.0.0.1:6443
  if [ -n "${K3S_KUBECONFIG_OUTPUT:-}" ]; then
    mkdir -p "$(dirname "$K3S_KUBECONFIG_OUTPUT")"
    cp /etc/rancher/k3s/k3s.yaml "$K3S_KUBECONFIG_OUTPUT"
  fi
  supervise etcd etcd --name=server --data-dir=$data/server/db/etcd --log-level=warn \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 \
    --initial-cluster=server=http://127.0.0.1:2380 $(component_flags etcd "$@")
  supervise kube-apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 \
    --advertise-address="$address" --allow-privileged=true --authorization-mode=Node,RBAC \
    --enable-admission-plugins=NodeRestriction --client-ca-file=$tls/ca.crt --tls-cert-file=$tls/apiserver.crt \
    --tls-private-key-file=$tls/apiserver.key --kubelet-client-certificate=$tls/kubelet-client.crt \
    --kubelet-client-key=$tls/kubelet-client.key --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local --service-account-key-file=$tls/sa.key \
    --service-account-signing-key-file=$tls/sa.key --service-cluster-ip-range=$service_cidr \
    --token-auth-file=$tls/tokens.csv --profiling=false $(component_flags kube-apiserver "$@")
  until kubectl get --raw /readyz >/dev/null 2>&1; do sleep 0.2; done
  supervise kube-controller-manager kube-controller-manager --kubeconfig=$tls/controller-manager.kubeconfig \
    --allocate-node-cidrs=true --cluster-cidr=$cluster_cidr --service-cluster-ip-range=$service_cidr \
    --cluster-signing-cert-file=$tls/ca.crt --cluster-signing-key-file=$tls/ca.key --root-ca-file=$tls/ca.crt \
    --service-account-private-key-file=$tls/sa.key --use-service-account-credentials=true --leader-elect=false \
    --profiling=false $(component_flags kube-controller-manager "$@")
  supervise kube-scheduler kube-scheduler --kubeconfig=$tls/scheduler.kubeconfig --leader-elect=false \
    --profiling=false $(component_flags kube-scheduler "$@")
}

# install_manifests "$@": the lab's own manifests, as k3s lays out its own; k3d edits coredns.yaml there. A copy that a
# loss of power left empty is laid out again, one that k3d edited stays.
install_manifests() {
  local file name
  for file in /opt/manifests/*.yaml; do
    name=$(basename "$file")
    extra disable "$@" | tr , '\n' | grep -qx "${name%.yaml}" && continue
    usable "$data/server/manifests/$name" || write_durably "$data/server/manifests/$name" <"$file"
  done
}

# Applies the manifests in the server's folder whenever their content differs from what was applied last, also before a
# restart: as with k3s, what a user changed since then stays changed.
run_deploy_controller() {
  local file sum name applied=$data/server/applied dns_said=
  mkdir -p $applied
  while :; do
    for file in $data/server/manifests/*.yaml; do
      [ -s "$file" ] || continue
      name=$(basename "$file")
      sum=$(sha256sum <"$file")
      [ -f "$applied/$name" ] && [ "$(cat "$applied/$name")" = "$sum" ] && continue
      kubectl apply -f "$file" >>/var/log/deploy.log 2>&1 && echo "$sum" | write_durably "$applied/$name"
    done
    if [ -f $applied/coredns.yaml ] && [ -z "$dns_said" ]; then
      log "Cluster dns configmap has been set successfully"
      dns_said=1
    fi
    sleep 1
  done
}

# What nobody waits for: every ten seconds, because each kubectl costs a tenth of a second of CPU.
run_housekeeping() {
  while :; do
    keep_node_hosts
    remove_released_volumes
    sleep 10
  done
}

# Keeps the nodes' names and addresses in the DNS's NodeHosts, as k3s does, and every other line (k3d's
# host.k3d.internal) as it is. Writes only a difference.
keep_node_hosts() {
  local nodes current patch template
  template='{range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{" "}{.metadata.name}{"\n"}{end}'
  nodes=$(kubectl get nodes -o jsonpath="$template" 2>>/var/log/housekeeping.log | grep -E '^[0-9.]+ ') || return 0
  current=$(kubectl -n kube-system get configmap coredns -o json 2>>/var/log/housekeeping.log) || return 0
  patch=$(jq -cn --arg nodes "$nodes" --argjson map "$current" '
    def lines: split("\n") | map(select(. != ""));
    def name: split(" ") | map(select(. != "")) | .[1];
    ($nodes | lines) as $own | ($own | map(name)) as $names | (($map.data.NodeHosts // "") | lines) as $old
    | (($old | map(select(name as $one | $names | index($one) | not))) + $own) as $new
    | select(($old | sort) != ($new | sort)) | {data: {NodeHosts: ($new | map(. + "\n") | add)}}')
  [ -z "$patch" ] ||
    kubectl -n kube-system patch configmap coredns --type=merge -p "$patch" >>/var/log/housekeeping.log 2>&1
}

# reclaimPolicy Delete: the volume object goes when its claim is gone.
remove_released_volumes() {
  local volumes name query
  query='.items[] | select(.status.phase == "Released" and .spec.persistentVolumeReclaimPolicy == "Delete")
    | select(.metadata.annotations["pv.kubernetes.io/provisioned-by"] == "rancher.io/local-path") | .metadata.name'
  volumes=$(kubectl get persistentvolumes -o json 2>>/var/log/housekeeping.log | jq -r "$query")
  for name in $volumes; do
    kubectl delete persistentvolume "$name" --wait=false >>/var/log/housekeeping.log 2>&1
  done
}

# local-path storage in place of Rancher's provisioner: each claim that has a node gets a folder on it. Not implemented:
# removing the folder with the volume. A lab never deletes data. The watch begins anew each minute: a connection that
# a cut left half open must not stop it for long.
run_provisioner() {
  local query namespace name uid claim_node size
  query='select(.status.phase == "Pending" and .spec.storageClassName == "local-path")
    | select(.metadata.annotations["volume.kubernetes.io/selected-node"] != null)
    | [.metadata.namespace, .metadata.name, .metadata.uid,
       .metadata.annotations["volume.kubernetes.io/selected-node"], .spec.resources.requests.storage] | @tsv'
  while :; do
    timeout 60 kubectl get persistentvolumeclaims -A --watch -o json 2>>/var/log/provisioner.log |
      jq --unbuffered -r "$query" |
      while IFS=$'\t' read -r namespace name uid claim_node size; do
        bind_claim "$namespace" "$name" "$uid" "$claim_node" "$size"
      done
    sleep 0.3
  done
}

# bind_claim NAMESPACE NAME UID NODE SIZE: a volume that is made for this claim only.
bind_claim() {
  kubectl apply -f - >>/var/log/provisioner.log 2>&1 <<VOLUME
apiVersion: v1
kind: PersistentVolume
metadata: {name: pvc-$3, annotations: {pv.kubernetes.io/provisioned-by: rancher.io/local-path}}
spec:
  capacity: {storage: $5}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Delete
  storageClassName: local-path
  claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: $1, name: $2, uid: $3}
  hostPath: {path: $data/storage/pvc-$3_$1_$2, type: DirectoryOrCreate}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$4]}]}]}}
VOLUME
}
