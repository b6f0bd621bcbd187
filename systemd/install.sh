#!/bin/bash
# Installs Socket Broker from its checkout: the program, and what systemd needs to run it. Run it again to upgrade.
set -euo pipefail

usage() {
    cat <<END
Usage: systemd/install.sh [--user] [--prefix DIR] [--destdir DIR] [--units-only]

  --user         for your own user manager; otherwise for the system, as root
  --prefix DIR   the program goes to DIR/lib/socketbroker and DIR/bin.
                 Default: /usr/local, with --user ~/.local
  --destdir DIR  put before every path, to make a package; starts nothing
  --units-only   without the program, which is in DIR/lib/socketbroker already
END
}

# What the unit files say.
shipped=/usr/lib/socketbroker

checkout=$(readlink -f -- "${BASH_SOURCE[0]}")
checkout=${checkout%/systemd/*}
scope=system
prefix=''
destdir=''
program=yes
while (($# > 0)); do
    case $1 in
        --user) scope=user ;;
        --prefix | --destdir)
            [[ ${2:-} == /* ]] || { echo "install.sh: $1 needs an absolute path" >&2; exit 2; }
            declare "${1#--}=${2%/}"
            shift
            ;;
        --units-only) program='' ;;
        --help) usage; exit ;;
        *) usage >&2; exit 2 ;;
    esac
    shift
done
if [[ $scope == user ]]; then
    : "${prefix:=$HOME/.local}"
    etc=${XDG_CONFIG_HOME:-$HOME/.config}
else
    : "${prefix:=/usr/local}"
    etc=/etc
fi
library=$prefix/lib/socketbroker

# copy SOURCE TARGET: a file for everybody to read, with the paths of this installation.
copy() {
    mkdir -p -- "$destdir${2%/*}"
    sed "s|$shipped/|$library/|g" "$checkout/systemd/$1" >"$destdir$2.new"
    chmod 644 "$destdir$2.new"
    mv -f -- "$destdir$2.new" "$destdir$2"
}

copy_all() {
    local file
    for file in "$checkout/systemd/$1"/*; do
        copy "$1/${file##*/}" "$2/${file##*/}"
    done
}

# The launcher runs a build from the folder .build beside bin, in a checkout as here. A broker that runs keeps the one that
# it was started from.
install_program() {
    local build name former='' old target=$destdir$library
    umask 022
    "$checkout/bin/socketbroker" --version >/dev/null
    read -r build <"$checkout/.build/stamp"
    mkdir -p "$target/bin" "$target/.build" "$destdir$prefix/bin"
    [[ -r $target/.build/stamp ]] && read -r former <"$target/.build/stamp"
    name=run.$(date +%s).$$
    # With their times, or the caches of their classes would not be for these jars.
    cp -R --preserve=timestamps -- "$checkout/.build/$build" "$target/.build/$name"
    cp -- "$checkout/bin/socketbroker" "$target/bin/socketbroker.new"
    mv -f -- "$target/bin/socketbroker.new" "$target/bin/socketbroker"
    printf '%s\n' "$name" >"$target/.build/stamp.new"
    mv -f -- "$target/.build/stamp.new" "$target/.build/stamp"
    ln -sfn ../lib/socketbroker/bin/socketbroker "$destdir$prefix/bin/socketbroker"
    for old in "$target/.build"/run.*; do
        [[ $old == "$target/.build/$name" || $old == "$target/.build/$former" ]] || rm -rf -- "$old"
    done
}

[[ -z $program ]] || install_program
copy README.md "$library/doc/systemd.md"
copy_all "$scope" "$etc/systemd/$scope"
copy_all "$scope-preset" "$etc/systemd/$scope-preset"
if [[ $scope == system ]]; then
    copy_all sysusers.d /etc/sysusers.d
    copy_all tmpfiles.d /etc/tmpfiles.d
    copy polkit/50-socketbroker.rules /etc/polkit-1/rules.d/50-socketbroker.rules
fi
[[ -z $destdir ]] || exit 0

if [[ $scope == system ]]; then
    systemd-sysusers /etc/sysusers.d/socketbroker.conf
    systemd-tmpfiles --create /etc/tmpfiles.d/socketbroker.conf
    systemctl daemon-reload
    echo "installed; to start it now and at every boot: systemctl enable --now socketbroker.socket socketbroker"
else
    systemctl --user daemon-reload
    echo "installed; to start it now and at every login: systemctl --user enable --now socketbroker.socket socketbroker"
fi
