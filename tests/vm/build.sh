#!/usr/bin/env bash
# Build the virtual machine of tests/vm: a Debian system with its own kernel, as files in FOLDER that QEMU boots.
#
#   tests/vm/build.sh FOLDER
#
# Needs root, and the packages mmdebstrap, e2fsprogs and debian-archive-keyring. A folder that this recipe has filled stays as it is.
set -euo pipefail
umask 022

folder=${1:?usage: build.sh FOLDER}
recipe=$(sha256sum <"$0")
packages=(
  systemd-sysv udev dbus systemd-resolved network-manager
  wireguard-tools nftables iproute2 iputils-ping procps
  linux-image-cloud-amd64 initramfs-tools python3
)
needless=( # units that only cost time where every boot is the first, and nobody logs in
  apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
  e2scrub_reap.service getty@.service serial-getty@.service systemd-timesyncd.service systemd-pstore.service
  systemd-networkd-wait-online.service NetworkManager-wait-online.service
)

if [[ -e $folder/recipe && $(<"$folder/recipe") == "$recipe" ]]; then
  exit
fi
mkdir -p "$folder"
rm -f "$folder/recipe"
work=$(mktemp -d "$folder/work.XXXXXX")
trap 'rm -rf "$work"' EXIT
root=$work/root

# The initrd holds what leads to the disk, and nothing else: an emulated processor is slow to unpack it.
mkdir "$work/skeleton"
mkdir -p "$work"/skeleton/{etc/initramfs-tools/conf.d,usr/share/initramfs-tools/modules.d,etc/systemd/system}
printf 'MODULES=list\nCOMPRESS=lz4\n' >"$work/skeleton/etc/initramfs-tools/conf.d/vm"
printf '%s\n' virtio_pci virtio_blk ext4 >"$work/skeleton/usr/share/initramfs-tools/modules.d/vm"
cat >"$work/skeleton/etc/systemd/system/kgctl-agent.service" <<'UNIT'
[Unit]
Description=Runs what the tests ask for
After=multi-user.target dbus.service systemd-resolved.service

[Service]
ExecStartPre=modprobe virtio_console
ExecStartPre=udevadm settle
ExecStartPre=mount -o ro /dev/vdb /mnt
ExecStart=python3 /mnt/agent.py
Environment=HOME=/root
KillMode=process
Delegate=yes

[Install]
WantedBy=default.target
UNIT

mmdebstrap --quiet --mode=root --variant=minbase --include="$(IFS=,; echo "${packages[*]}")" \
  --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
  --dpkgopt='path-exclude=/usr/share/locale/*' --setup-hook="cp -r '$work/skeleton/.' \"\$1\"" \
  bookworm "$root"

# Who boots first decides about the network: systemd-resolved runs, the others wait for their test.
chroot "$root" systemctl --quiet enable kgctl-agent.service systemd-resolved.service
chroot "$root" systemctl --quiet disable NetworkManager.service NetworkManager-dispatcher.service \
  systemd-networkd.service
chroot "$root" systemctl --quiet mask "${needless[@]}"
echo vm >"$root/etc/hostname"
echo '127.0.0.1 localhost vm' >"$root/etc/hosts"
echo '/dev/vda / ext4 defaults 0 0' >"$root/etc/fstab"
dbus-uuidgen >"$root/etc/machine-id" 2>/dev/null || tr -d - </proc/sys/kernel/random/uuid >"$root/etc/machine-id"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"

mv "$(realpath "$root"/boot/vmlinuz-*)" "$folder/vmlinuz"
mv "$(realpath "$root"/boot/initrd.img-*)" "$folder/initrd"
mke2fs -q -t ext4 -O ^has_journal -m 0 -d "$root" "$work/root.ext4" "$(($(du -sm "$root" | cut -f1) + 400))M"
mv "$work/root.ext4" "$folder/root.ext4"
echo "$recipe" >"$folder/recipe"
