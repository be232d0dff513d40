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

# Applies the manifests in the server's folder whenever their content differs from what was applied last, also before a
# restart: as with k3s, what a user changed since then stays changed.
run_deploy_controller() {
  local file sum applied=$data/server/applied
  mkdir -p $applied
  while :; do
    for file in $data/server/manifests/*.yaml; do
      [ -f "$file" ] || continue
      sum=$(sha256sum <"$file")
      if [ "$(cat "$applied/$(basename "$file")" 2>/dev/null)" != "$sum" ]; then
        kubectl apply -f "$file" >>/var/log/deploy.log 2>&1 && echo "$sum" | write_durably "$applied/$(basename "$file")"
      fi
    done
    if [ -f $applied/coredns.yaml ] && [ -z "${dns_said:-}" ]; then
      log "Cluster dns configmap has been set successfully"
      dns_said=1
    fi
    sleep 1
  done
}

# local-path storage: binds each claim that has a node to a folder on it. Deleting a claim leaves the folder (the real
# provisioner with reclaimPolicy Delete would remove it): a lab never deletes data by itself.
run_provisioner() {
  local query claims namespace name uid claim_node size
  query='.items[] | select(.status.phase == "Pending" and .spec.storageClassName == "local-path")
    | select(.metadata.annotations["volume.kubernetes.io/selected-node"] != null)
    | [.metadata.namespace, .metadata.name, .metadata.uid,
       .metadata.annotations["volume.kubernetes.io/selected-node"], .spec.resources.requests.storage] | @tsv'
  while :; do
    if claims=$(kubectl get persistentvolumeclaims -A -o json 2>>/var/log/deploy.log | jq -r "$query"); then
      while IFS=$'\t' read -r namespace name uid claim_node size; do
        [ -n "$uid" ] || continue
        kubectl apply -f - >>/var/log/deploy.log 2>&1 <<VOLUME
apiVersion: v1
kind: PersistentVolume
metadata: {name: pvc-$uid, annotations: {pv.kubernetes.io/provisioned-by: rancher.io/local-path}}
spec:
  capacity: {storage: $size}
  accessModes: [ReadWriteOnce]
  persistentVolumeReclaimPolicy: Retain
  storageClassName: local-path
  claimRef: {apiVersion: v1, kind: PersistentVolumeClaim, namespace: $namespace, name: $name, uid: $uid}
  hostPath: {path: $data/storage/pvc-${uid}_${namespace}_$name, type: DirectoryOrCreate}
  nodeAffinity: {required: {nodeSelectorTerms: [{matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [$claim_node]}]}]}}
VOLUME
      done <<<"$claims"
    fi
    sleep 1
  done
}
