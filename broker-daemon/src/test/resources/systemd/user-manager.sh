#!/bin/bash
# A real systemd user manager, on any machine and apart from its own: with mounts and a control group of its own.
# Run as root: unshare --mount bash user-manager.sh outside FOLDER
#
# FOLDER/run becomes XDG_RUNTIME_DIR, FOLDER/config XDG_CONFIG_HOME; FOLDER/log is what the manager writes.
# Commands come on standard input, one a line, and are answered with a line: "start", "kill" (-9), "reload", "reexec".
# At the end of the input, everything in the control group is killed, and the group removed.
set -eu
folder=$2

outside() {
    mount --make-rprivate /
    mkdir -p "$folder/cgroup"
    mount -t cgroup2 none "$folder/cgroup"
    parent=$folder/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
    own=$parent/socketbroker-test-$$
    mkdir "$own"
    test -e "$own/cgroup.kill"
    mkdir -p /run/systemd
    mount -t tmpfs none /run/systemd
    mkdir /run/systemd/system
    # What units get in the place of files that are hidden from them.
    mkdir /run/systemd/inaccessible /run/systemd/inaccessible/dir
    touch /run/systemd/inaccessible/reg
    mknod /run/systemd/inaccessible/chr c 0 0
    mknod /run/systemd/inaccessible/blk b 0 0
    mkfifo /run/systemd/inaccessible/fifo
    chmod 000 /run/systemd/inaccessible/*
    status=0
    sh -c 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"' sh "$own" \
        unshare --mount --cgroup bash "$0" inside "$folder" || status=$?
    echo 1 > "$own/cgroup.kill"
    while grep -q "populated 1" "$own/cgroup.events"; do sleep 0.05; done
    find "$own" -depth -type d -exec rmdir {} \;
    exit $status
}

inside() {
    umount "$folder/cgroup"
    mount -t cgroup2 none /sys/fs/cgroup
    export XDG_RUNTIME_DIR=$folder/run XDG_CONFIG_HOME=$folder/config
    unset DBUS_SESSION_BUS_ADDRESS
    while read -r command; do
        case $command in
            start)
                SYSTEMD_LOG_TARGET=console /lib/systemd/systemd --user < /dev/null >> "$folder/log" 2>&1 &
                manager=$!
                answer=ok
                ;;
            kill)
                kill -KILL "$manager"
                wait "$manager" 2>> "$folder/log" || true
                answer=ok
                ;;
            reload) answer=$(systemctl --user daemon-reload 2>&1 && echo ok) ;;
            reexec) answer=$(systemctl --user daemon-reexec 2>&1 && echo ok) ;;
            *) answer="what is $command?" ;;
        esac
        echo "$answer"
    done
}

"$1"
