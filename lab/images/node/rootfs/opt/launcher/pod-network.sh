# Pod network: a bridge on the node's own range and one route to each other node. Follows changes of addresses.
write_cni() {
  cat >/etc/cni/net.d/.partial <<CONFIG
{"cniVersion":"1.0.0","name":"pods","plugins":[
 {"type":"bridge","bridge":"cni0","isGateway":true,"isDefaultGateway":true,"hairpinMode":true,
  "ipam":{"type":"host-local","ranges":[[{"subnet":"$1"}]],"dataDir":"/run/cni-networks"}},
 {"type":"portmap","capabilities":{"portMappings":true}}]}
CONFIG
  mv /etc/cni/net.d/.partial /etc/cni/net.d/10-pods.conflist
  iptables -t nat -C POSTROUTING -s $cluster_cidr ! -d $cluster_cidr -j MASQUERADE 2>/dev/null ||
    iptables -t nat -A POSTROUTING -s $cluster_cidr ! -d $cluster_cidr -j MASQUERADE
  iptables -P FORWARD ACCEPT
}

# Follows the nodes by a watch that begins anew each minute: a connection that a cut left half open must not stop it.
run_pod_network() {
  local own= name range node_address template
  template='{.metadata.name}{" "}{.spec.podCIDR}{" "}{.status.addresses[?(@.type=="InternalIP")].address}{"\n"}'
  while :; do
    while read -r name range node_address; do
      [ -n "$range" ] || continue
      if [ "$name" = "$node" ]; then
        [ "$own" = "$range" ] || { write_cni "$range" && own=$range; }
      elif [ -n "$node_address" ]; then
        ip route replace "$range" via "$node_address" 2>>/var/log/pod-network.log
      fi
    done < <(timeout 60 "${node_kubectl[@]}" get nodes --watch -o jsonpath="$template" 2>>/var/log/pod-network.log)
    sleep 0.3
  done
}
