#!/bin/sh
# Installs the executable `rekindle` that lies beside this script. Needs neither root nor a network, and writes nothing
# outside of the prefix.
set -eu
umask 022

newline='
'
usage='Usage: install.sh [--prefix DIR] [--uninstall]

Installs rekindle as DIR/bin/rekindle; run it again to update.

  --prefix DIR  where to (default: $HOME/.local)
  --uninstall   remove what this script installed there, and nothing else; journal and stack files are yours and stay
  -h, --help    show this

Exit codes: 0 done, 1 failed (nothing was changed), 64 wrong use.'

say() { printf '%s\n' "$1"; }

# fail CODE MESSAGE
fail() {
  printf 'install.sh: %s\n' "$(printf '%s' "$2" | tr '\n' ' ')" >&2
  exit "$1"
}

wrong_use() { fail 64 "$1 See: install.sh --help"; }

checksum_of() {
  sum=$(sha256sum "$1" 2>&1) || fail 1 "The checksum of $1 cannot be told: $sum. Nothing was changed."
  # With a backslash before it when the name has one in it.
  sum=${sum#\\}
  say "${sum%% *}"
}

# Folders that this run made, one a line.
made=

# Makes a folder and its parents.
make_folder() {
  [ ! -d "$1" ] || return 0
  make_folder "$(dirname "$1")"
  said=$(mkdir "$1" 2>&1) || fail 1 "$1 cannot be made: $said. Choose another --prefix."
  made=$made$1$newline
}

# Removes those of the folders, one a line, that are empty; the deepest first.
remove_folders() {
  printf '%s' "$1" | LC_ALL=C sort -r | while IFS= read -r folder; do
    [ ! -d "$folder" ] || rmdir --ignore-fail-on-non-empty "$folder"
  done
}

# Files that are not in their place yet.
new=
half=
installed=

tidy_up() {
  for file in "$new" "$half"; do
    [ -z "$file" ] || rm -f "$file"
  done
  [ -n "$installed" ] || remove_folders "$made"
}

# Makes a file in the folder where it will be renamed, and tells its name: only within one folder is that one step.
new_file() {
  said=$(mktemp "$1/.rekindle.XXXXXX" 2>&1) || fail 1 "$1 cannot be written: $said. Choose another --prefix."
  say "$said"
}

# The receipt says which programs and folders came from this script: only they may be replaced or removed.
is_ours() {
  [ -f "$receipt" ] || return 1
  sum=$(checksum_of "$1") || exit 1
  grep -qxF "sha256 $sum" "$receipt"
}

# A program that is not from this script stays as it is.
refuse_foreign() {
  next='Remove it yourself (npm uninstall -g rekindle, if npm made it), or choose another --prefix.'
  if [ -L "$program" ] || { [ -e "$program" ] && [ ! -f "$program" ]; }; then
    fail 1 "$program is not a regular file, so it is not from this script. $next"
  fi
  if [ -f "$program" ] && ! is_ours "$program"; then
    fail 1 "$program is not as this script installed it. $next"
  fi
}

# Adds lines to the receipt, all or none.
note() {
  half=$(new_file "$receipts")
  {
    [ ! -f "$receipt" ] || cat "$receipt"
    printf '%s' "$1"
  } > "$half"
  mv -f "$half" "$receipt"
  half=
}

expected_checksum() {
  again='Get the whole release folder again.'
  sums=$here/SHA256SUMS
  [ -f "$here/rekindle" ] || fail 1 "$here/rekindle, which is to be installed, is not there. $again"
  [ -r "$sums" ] || fail 1 "$sums is not there or cannot be read. $again"
  expected=$(sed -n 's/^\([0-9a-f]\{64\}\) [ *]rekindle$/\1/p' "$sums")
  [ -n "$expected" ] || fail 1 "$sums has no checksum of rekindle. $again"
  say "$expected"
}

# What is compared and tried is the copy: that is what the user will run.
copy_program() {
  said=$(cp "$here/rekindle" "$new" 2>&1) || fail 1 "$new cannot be written: $said. Choose another --prefix."
  sum=$(checksum_of "$new")
  [ "$sum" = "$expected" ] ||
    fail 1 "$here/rekindle does not have the checksum of SHA256SUMS: it is damaged or another. Get the release again."
  chmod 755 "$new"
  version=$("$new" --version 2>&1) ||
    fail 1 "rekindle does not start here: $version. It needs glibc, libstdc++, and a --prefix where programs may run."
  # A loss of power right after the renaming would leave an empty file otherwise.
  said=$(sync "$new" 2>&1) || fail 1 "$new cannot be written to the disk: $said."
}

tell_path() {
  case ":${PATH:-}:" in
    *":$bin:"*) ;;
    *)
      say "$bin is not in PATH. To put it there: export PATH=\"$bin:\$PATH\""
      say 'To keep that, add the line to the start-up file of your shell; this script does not edit it.'
      return
      ;;
  esac
  found=$(command -v rekindle)
  [ "$found" = "$program" ] || say "Another one comes first in PATH: $found"
}

install_program() {
  [ "$(uname -sm)" = 'Linux x86_64' ] ||
    fail 1 "The executable is for Linux on x86_64; this is $(uname -sm). Use the npm package, with Node >= 22.19."
  expected=$(expected_checksum)
  refuse_foreign
  make_folder "$bin"
  make_folder "$receipts"
  new=$(new_file "$bin")
  copy_program
  # Before the program is there: a run that is cut off in between leaves a receipt too many, never a program without.
  note "$(printf '%s' "$made" | sed 's/^/folder /')${made:+$newline}sha256 $expected$newline"
  mv -f "$new" "$program"
  new=
  installed=yes
  say "rekindle $version is installed: $program"
  tell_path
}

uninstall_program() {
  refuse_foreign
  if [ ! -f "$receipt" ]; then
    say "Nothing of this script is installed in $prefix/"
    return
  fi
  folders=$(sed -n 's/^folder //p' "$receipt")$newline
  said=$(rm -f "$program" "$receipt" 2>&1) || fail 1 "$program cannot be removed: $said."
  remove_folders "$folders"
  say "rekindle is removed from $prefix/"
}

choose() {
  case $1 in
    '' | -*) wrong_use "--prefix needs a folder, not '$1'." ;;
    '~'*) wrong_use "The shell left the ~ of '$1' as it is: write --prefix and the folder as two words." ;;
    *"$newline"*) wrong_use 'The folder of --prefix cannot have a line break in its name.' ;;
  esac
  prefix=$1
}

prefix=${HOME:+$HOME/.local}
action=install_program
while [ $# -gt 0 ]; do
  case $1 in
    --prefix)
      [ $# -ge 2 ] || wrong_use '--prefix needs a folder.'
      choose "$2"
      shift
      ;;
    --prefix=*) choose "${1#--prefix=}" ;;
    --uninstall) action=uninstall_program ;;
    -h | --help)
      say "$usage"
      exit 0
      ;;
    *) wrong_use "Unknown argument '$1'." ;;
  esac
  shift
done
[ -n "$prefix" ] || wrong_use 'HOME is not set, so that there is no default folder: name one with --prefix DIR.'

case $prefix in
  /*) ;;
  *) prefix=$(pwd)/$prefix ;;
esac
prefix=${prefix%/}
bin=$prefix/bin
program=$bin/rekindle
receipts=$prefix/share/rekindle
receipt=$receipts/installed
here=$(CDPATH='' cd "$(dirname "$0")" && pwd)

trap tidy_up EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
"$action"
