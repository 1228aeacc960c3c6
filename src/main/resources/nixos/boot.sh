# Runs once, as root, before sshd: makes this boot the sandbox that the host described in config.tar.

say() { echo "keystone: $*" >/dev/console; }
fail() { say "failed $*"; sync; systemctl poweroff --force --force; exit 1; }

say step config
mkdir -p /run/keystone /run/ks-disk
tar -x -o -f /sys/firmware/qemu_fw_cfg/by_name/opt/keystone/config.tar/raw -C /run/keystone || fail cannot read config.tar
cd /run/keystone
read -r hostname <hostname
echo "$hostname" >/proc/sys/kernel/hostname
read -r uid <uid
read -r gid <gid
[ "$uid:$gid" = 1000:1000 ] || fail "a NixOS guest needs a host with user namespaces: its user cannot be $uid:$gid"

say step disk
disk=
for block in /sys/block/vd*; do
    serial=
    read -r serial <"$block/serial" || true
    if [ "$serial" = ks-rw ]; then disk=/dev/${block##*/}; fi
done
[ -n "$disk" ] || fail the writable disk is missing
mount -t ext4 -o noatime,dioread_lock,nodelalloc,commit=2 "$disk" /run/ks-disk || fail cannot read the writable disk
# What was written is on the disk within some five seconds, not forty: an agent whose machine was killed
# goes on from there.
echo 200 >/proc/sys/vm/dirty_expire_centisecs
echo 100 >/proc/sys/vm/dirty_writeback_centisecs
resize2fs "$disk" >/dev/null 2>&1 || fail cannot grow the disk
mkdir -p /run/ks-disk/home
chown 1000:1000 /run/ks-disk/home
mount --bind /run/ks-disk/home /home/sandbox || fail cannot give the guest its home

say step network
card=
for each in /sys/class/net/*; do
    case ${each##*/} in lo) ;; *) card=${each##*/} ;; esac
done
ip link set lo up
{ ip address add 10.0.2.15/24 dev "$card" && ip link set "$card" up; } || fail no network device

say step mounts
read -r filesystem <filesystem
options=
if [ "$filesystem" = 9p ]; then options=,trans=virtio,version=9p2000.L,msize=512000,cache=mmap; fi
mkdir -p /workspace
if [ -e clone ]; then
    mkdir -p /run/ks-disk/workspace/.git
    chown 1000:1000 /run/ks-disk/workspace /run/ks-disk/workspace/.git
    mount --bind /run/ks-disk/workspace /workspace || fail cannot give the guest its workspace
fi
while IFS='	' read -r tag path access; do
    mkdir -p "$path"
    mount -t "$filesystem" -o "$access$options" "$tag" "$path" || fail "cannot mount $tag at $path"
done <mounts
if [ -e own-git ]; then
    mkdir -p /run/ks-disk/git
    chown 1000:1000 /run/ks-disk/git
    if [ ! -f /workspace/.git ]; then
        mount --bind /run/ks-disk/git /workspace/.git || fail cannot give the workspace its git directory
    fi
fi
mkdir -p exit
echo "failed a NixOS guest has no rules for programs that know no proxy" >exit.state
say step ssh
