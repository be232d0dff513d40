/** Programs that the script needs; without one of them it says so and lets Redis look for itself. */
export const guardTools = [
  'sh',
  'redis-check-aof',
  'cp',
  'cmp',
  'truncate',
  'tail',
  'tr',
  'wc',
  'sync',
  'date',
  'rm',
] as const;

/**
 * Looks at the newest incremental append-only file before Redis does. Cuts NUL bytes off its end, and nothing else: only
 * when `redis-check-aof` finds complete commands up to a byte and every byte behind it is NUL, as a loss of power leaves
 * it (redis#5177), and when a copy of the whole file is on disk and compared. Everything else it leaves as it is, for Redis
 * to report: half a command, an open transaction, a broken value, a file that it cannot judge. The copy is named as that of
 * `rekindle up`, beside the file: Redis reads what its manifest names and nothing else (redis src/aof.c).
 */
const script = `folder=$1 name=$2
say() { echo "rekindle: $*"; }
leave() { say "$*; nothing was changed, Redis looks for itself"; exit 0; }
for tool in redis-check-aof cp cmp truncate tail tr wc sync date rm; do
  command -v "$tool" >/dev/null || leave "there is no $tool in this image"
done
manifest=$folder/$name.manifest
[ -f "$manifest" ] || leave "there is no $manifest yet"
newest=
while read -r file value seq number type kind rest; do
  [ "$file" = file ] && [ "$seq" = seq ] && [ "$type" = type ] && [ -z "$rest" ] || continue
  [ "$kind" = i ] && newest=$value
done <"$manifest"
case $newest in
  "$name".[0-9]*.incr.aof) ;;
  *) leave "the manifest names no incremental file" ;;
esac
case $newest in */*) leave "the manifest names a file elsewhere" ;; esac
file=$folder/$newest
[ -f "$file" ] && [ ! -L "$file" ] || leave "$newest is no regular file"
size=$(wc -c <"$file") && size=$((size))
report=$(redis-check-aof "$file" 2>&1) && { say "$newest is whole, $size bytes"; exit 0; }
valid=$(echo "$report" | tr ',' '\\n' | tr -d ' ' | while IFS== read -r key value; do
  [ "$key" = ok_up_to ] && echo "$value"
done)
case $valid in '' | *[!0-9]*) leave "redis-check-aof does not say up to where $newest is whole" ;; esac
[ "$valid" -gt 0 ] && [ "$valid" -lt "$size" ] || leave "$newest is not whole, and not because of its end"
others=$(tail -c "+$((valid + 1))" "$file" | tr -d '\\000' | wc -c)
[ "$((others))" -eq 0 ] || leave "behind byte $valid of $newest is more than NUL bytes: a person has to look"
copy=$file.rekindle-$(date -u +%Y%m%dT%H%M%SZ)
cp -p "$file" "$copy" && sync && cmp "$file" "$copy" || { rm -f "$copy"; leave "no copy of $newest could be made"; }
truncate -s "$valid" "$file" && sync || { say "$newest could not be cut; its copy is $copy"; exit 0; }
say "cut $((size - valid)) NUL bytes off $newest at byte $valid; the whole file is kept as $copy"
`;

/** The command of the init container: `folder` holds the append-only files, `name` is what they begin with. */
export function guardCommand(folder: string, name: string): readonly string[] {
  return ['sh', '-c', script, 'redis-guard', folder, name];
}
