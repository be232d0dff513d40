# The cluster's CA, service account key and client certificates. A lost CA cannot be replaced without making every
# node and token invalid, so an empty one is fatal; everything else is made anew from it.
make_authority() {
  usable $tls/ca.crt && usable $tls/ca.key && usable $tls/sa.key && return 0
  [ -d $data/server/db/etcd ] && fatal "the cluster's CA in $tls is lost while its data is there"
  local work
  work=$(mktemp -d)
  openssl genrsa -out "$work/sa.key" 2048 2>/dev/null
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 -subj /CN=lab-server-ca \
    -keyout "$work/ca.key" -out "$work/ca.crt" 2>/dev/null
  for file in sa.key ca.key ca.crt; do write_durably $tls/$file <"$work/$file"; done
  rm -r "$work"
}

# issue NAME SUBJECT [SUBJECT_ALTERNATIVE_NAMES]
issue() {
  local name=$1 subject=$2 names=${3:-} work
  work=$(mktemp -d)
  printf 'extendedKeyUsage=clientAuth,serverAuth\n%s\n' "${names:+subjectAltName=$names}" >"$work/extensions"
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "$subject" \
    -keyout "$work/key" -out "$work/request" 2>/dev/null
  openssl x509 -req -days 365 -in "$work/request" -CA $tls/ca.crt -CAkey $tls/ca.key \
    -set_serial "0x$(openssl rand -hex 12)" -extfile "$work/extensions" -out "$work/crt" 2>/dev/null
  write_durably "$tls/$name.key" <"$work/key"
  write_durably "$tls/$name.crt" <"$work/crt"
  rm -r "$work"
}

# kubeconfig FILE CERTIFICATE_NAME SERVER
kubeconfig() {
  write_durably "$1" <<CONFIG
apiVersion: v1
kind: Config
clusters: [{name: default, cluster: {server: "$3", certificate-authority-data: $(base64 -w0 $tls/ca.crt)}}]
users: [{name: default, user: {client-certificate-data: $(base64 -w0 "$tls/$2.crt"), client-key-data: $(base64 -w0 "$tls/$2.key")}}]
contexts: [{name: default, context: {cluster: default, user: default}}]
current-context: default
CONFIG
}

# drop_broken_certificates FOLDER: the kubelet does not sync what it writes there. A file that a loss of power left empty
# or cut short would stop it for ever; without the folder's content it makes or asks for new certificates.
drop_broken_certificates() {
  local file
  for file in "$1"/*.pem "$1"/*.crt; do
    { [ -e "$file" ] || [ -L "$file" ]; } || continue
    openssl x509 -noout -in "$file" 2>/dev/null && continue
    log "certificate $file is broken: removing all in $1"
    rm -f "$1"/*
    return 0
  done
}
