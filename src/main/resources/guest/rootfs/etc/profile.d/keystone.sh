# The environment of every session: login shells read it here, the commands of `exec` and
# interactive shells through /etc/bash.bashrc.
case :$PATH: in
    *:/usr/sbin:*) ;;
    *) PATH=$HOME/.local/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin ;;
esac
export PATH LANG=C.UTF-8
if [ -r /run/keystone/hostname ]; then
    read -r KEYSTONE_SANDBOX </run/keystone/hostname
    export KEYSTONE_SANDBOX
fi
if [ -e /run/keystone/own-git ]; then
    # Submodules are mounts; the project is around them.
    export GIT_DISCOVERY_ACROSS_FILESYSTEM=1
fi
if [ -r /run/keystone/env.sh ]; then
    . /run/keystone/env.sh
fi
if [ ! -e /run/keystone/own-git ] && [ -z "${GIT_CONFIG_COUNT-}" ]; then
    # Such a .git is the host's: its configuration may name who commits, and signing keys that are not here.
    export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=include.path GIT_CONFIG_VALUE_0=/run/keystone/gitconfig
fi
