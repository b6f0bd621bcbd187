#!/bin/bash
# A real systemd system manager, on any machine and apart from its own: with processes, mounts, control groups, a network and
# a host name of its own, on a copy of this machine's files that ends with it.
# Run as root: unshare --mount bash system-manager.sh outside FOLDER
#
# FOLDER/share is /mnt/share there. The script prints the process id of the manager once that runs, and kills everything in it
# at the end of its input.
set -eu
folder=$2

# What would act on the machine, or wait for what is not there.
masked=(
    dev-hugepages.mount dev-mqueue.mount kmod-static-nodes.service proc-sys-fs-binfmt_misc.automount
    sys-fs-fuse-connections.mount sys-kernel-config.mount sys-kernel-debug.mount sys-kernel-tracing.mount
    systemd-binfmt.service systemd-logind.service systemd-modules-load.service systemd-networkd.service
    systemd-random-seed.service systemd-remount-fs.service systemd-resolved.service systemd-sysctl.service
    systemd-timesyncd.service timers.target systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket
    systemd-udevd.service
)

outside() {
    mount --make-rprivate /
    mkdir -p "$folder/cgroup" "$folder/share"
    mount -t cgroup2 none "$folder/cgroup"
    parent=$folder/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)
    own=$parent/socketbroker-test-$$
    mkdir "$own"
    test -e "$own/cgroup.kill"
    sh -c 'echo $$ > "$1/cgroup.procs"; shift; exec "$@"' sh "$own" \
        unshare --mount --pid --fork --cgroup --uts --ipc --net bash "$0" boot "$folder" &
    while ! [ -s "$folder/pid" ] && kill -0 $!; do sleep 0.05; done
    cat "$folder/pid"
    cat > /dev/null
    echo 1 > "$own/cgroup.kill"
    while grep -q "populated 1" "$own/cgroup.events"; do sleep 0.05; done
    find "$own" -depth -type d -exec rmdir {} \;
}

boot() {
    mkdir "$folder/layers" "$folder/root"
    mount -t tmpfs none "$folder/layers"
    mkdir "$folder/layers/upper" "$folder/layers/work"
    mount -t overlay -o "lowerdir=/,upperdir=$folder/layers/upper,workdir=$folder/layers/work" overlay "$folder/root"
    # This shell becomes the manager, and is still seen under its number outside.
    read -r pid _ < /proc/self/stat
    cd "$folder/root"
    mount -t proc proc proc
    # Settings of the kernel are the machine's.
    mount --bind proc/sys proc/sys
    mount -o remount,bind,ro proc/sys
    mount -t sysfs -o ro sysfs sys
    mount -t cgroup2 none sys/fs/cgroup
    devices
    mount -t tmpfs -o mode=755 none run
    mount -t tmpfs -o mode=1777 none tmp
    mkdir -p mnt/share
    mount --bind "$folder/share" mnt/share
    echo 00112233445566778899aabbccddeeff > etc/machine-id
    for unit in "${masked[@]}"; do ln -sf /dev/null "etc/systemd/system/$unit"; done
    printf '[Unit]\nRequires=basic.target dbus.socket\nAfter=basic.target\n' > etc/systemd/system/socketbroker-test.target
    mkdir outside
    pivot_root . outside
    echo "$pid" > "/outside$folder/pid.new"
    mv "/outside$folder/pid.new" "/outside$folder/pid"
    umount -l /outside
    exec env -i container=socketbroker-test PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system \
        --unit=socketbroker-test.target --show-status=0 < /dev/null > /dev/null 2>&1
}

devices() {
    mount -t tmpfs -o mode=755 none dev
    for device in null zero full random urandom tty; do
        touch "dev/$device"
        mount --bind "/dev/$device" "dev/$device"
    done
    mkdir dev/pts dev/shm
    mount -t devpts -o newinstance,ptmxmode=0666 none dev/pts
    mount -t tmpfs -o mode=1777 none dev/shm
    ln -s pts/ptmx dev/ptmx
    ln -s /proc/self/fd dev/fd
}

"$1"
