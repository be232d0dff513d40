#!/bin/sh
# Builds a pooler image that takes settings from a ConfigMap, with the Docker of this machine, and gives it to the nodes of
# a k3d cluster. Needs no network where the pooler's image is in Docker or in the cluster.
#   sh build.sh --base IMAGE --cluster NAME [--tag IMAGE] [--pgbouncer PATH]
# IMAGE is the one that the pooler runs now: kubectl get deployment POOLER -o jsonpath='{..image}'
set -eu

usage() {
  sed -n 's/^#   /usage: /p' "$0" >&2
  exit 64
}
say() { echo "build.sh: $*" >&2; }
fail() {
  say "$*"
  exit 1
}

base='' cluster='' tag='' pgbouncer=''
while [ $# -gt 0 ]; do
  [ $# -ge 2 ] || usage
  case $1 in
  --base) base=$2 ;;
  --cluster) cluster=$2 ;;
  --tag) tag=$2 ;;
  --pgbouncer) pgbouncer=$2 ;;
  *) usage ;;
  esac
  shift 2
done
[ -n "$base" ] && [ -n "$cluster" ] || usage
cd "$(dirname "$0")"

# containerd wants the whole name: Docker's own registry is left out in what people write (distribution/reference).
whole_name() {
  case $1 in
  *.*/* | *:*/* | localhost/*) echo "$1" ;;
  */*) echo "docker.io/$1" ;;
  *) echo "docker.io/library/$1" ;;
  esac
}

if ! docker image inspect "$base" >/dev/null 2>&1; then
  say "$base is not in Docker; taking it out of the cluster"
  node=k3d-$cluster-server-0
  platform=linux/$(docker version --format '{{.Server.Arch}}')
  if ! docker exec "$node" ctr images export --platform "$platform" - "$(whole_name "$base")" | docker load ||
    ! docker image inspect "$base" >/dev/null 2>&1; then
    say "that did not work; pulling it"
    docker pull "$base" || fail "$base is neither in Docker, nor in $node, nor can it be pulled"
  fi
fi

if [ -z "$pgbouncer" ]; then
  pgbouncer=$(docker run --rm --network none --entrypoint /bin/sh "$base" -c 'command -v pgbouncer') ||
    fail "$base has no pgbouncer in its PATH; say where it is with --pgbouncer"
fi
# The same content has the same tag: a node that has it need not be given it again.
content=$(cat Dockerfile pgbouncer.sh settings.ini | sha256sum | cut -c 1-8)
[ -n "$tag" ] || tag=rekindle/pgbouncer:$(printf '%s' "$base $content" | sha256sum | cut -c 1-12)

docker build --network none --build-arg "BASE=$base" --build-arg "PGBOUNCER=$pgbouncer" --tag "$tag" . >&2
docker run --rm --network none --entrypoint /usr/libexec/rekindle/pgbouncer "$tag" --version >&2 ||
  fail "PgBouncer does not start in $tag"
# Straight into the nodes: the other way makes a container that an interruption would leave behind.
k3d image import --mode direct --cluster "$cluster" "$tag" >&2

say 'done; the pooler is given it by:'
echo "rekindle pooler profile set NAME --image $tag --restart-poolers"
