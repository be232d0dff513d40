# Shared by the launcher's parts: places, logging, supervised children, files that survive a loss of power.
data=/var/lib/rancher/k3s
tls=$data/server/tls
node=${K3S_NODE_NAME:-$(hostname)}
containerd_socket=/run/k3s/containerd/containerd.sock
cluster_cidr=10.42.0.0/16 service_cidr=10.43.0.0/16 dns_address=10.43.0.10
children=()

log() { echo "time=\"$(date -u +%FT%TZ)\" level=info msg=\"$*\""; }

fatal() {
  log "FATAL: $*"
  exit 1
}

# supervise NAME COMMAND...: runs it again one second after it ends, for ever; output goes to /var/log/NAME.log.
supervise() {
  local name=$1
  shift
  (
    trap 'kill $child; exit 0' TERM
    while :; do
      "$@" >>"/var/log/$name.log" 2>&1 &
      child=$!
      wait $child
      log "$name ended with $?, starting it again"
      sleep 1
    done
  ) &
  children+=($!)
}

# write_durably FILE: standard input becomes the file, whole or not at all, also when the power goes now.
write_durably() {
  local target=$1 partial
  partial=$(mktemp "$(dirname "$target")/.partial.XXXXXX")
  cat >"$partial"
  chmod "${2:-600}" "$partial"
  sync "$partial"
  mv "$partial" "$target"
  sync "$(dirname "$target")"
}

# usable FILE: it is there and not empty (a loss of power leaves empty files behind where somebody did not sync).
usable() { [ -s "$1" ]; }

stop_children() {
  log "Received signal terminated, shutting down"
  kill "${children[@]}"
  wait
  exit 0
}

# extra NAME "$@": values of --NAME=value and --NAME value, one a line, as k3s takes them.
extra() {
  local name=$1 previous= argument
  shift
  for argument in "$@"; do
    case $argument in --"$name"=*) echo "${argument#*=}" ;; esac
    [ "$previous" = "--$name" ] && echo "$argument"
    previous=$argument
  done
  return 0
}

# component_flags NAME "$@": k3s's --NAME-arg=key=value as --key=value for the component.
component_flags() { extra "$1-arg" "${@:2}" | sed 's/^/--/'; }
