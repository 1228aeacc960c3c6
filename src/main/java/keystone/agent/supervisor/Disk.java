package keystone.agent.supervisor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import keystone.agent.guest.SshKeys;
import keystone.agent.image.Images;
import keystone.agent.model.Owner;
import keystone.agent.model.SandboxSpec;
import keystone.agent.store.PrivateFiles;
import keystone.agent.store.SandboxDir;

/// The writable disk and the keys that belong to it: made together, discarded together.
final class Disk {
    private final SandboxDir dir;
    private final Images images;
    private final Owner owner;

    Disk(SandboxDir dir, Images images, Owner owner) {
        this.dir = dir;
        this.images = images;
        this.owner = owner;
    }

    /// Discards what the sandbox had, before what it shall be is written down.
    ///
    /// In this order a crash in between leaves a sandbox without a disk, which the next start
    /// makes; the other way round it could leave an old disk under a new build id.
    void discard() {
        PrivateFiles.deleteTree(dir.machine());
        PrivateFiles.deleteTree(dir.ssh());
    }

    boolean isThere() {
        return Files.exists(dir.disk());
    }

    /// Makes the disk and the keys where they are missing, and lets the disk grow when more was
    /// asked.
    SshKeys prepare(SandboxSpec spec) throws InterruptedException {
        PrivateFiles.createDirectories(dir.machine());
        giveTo(owner, dir.machine());
        if (!isThere()) {
            // Keys without a disk are of a disk that is no more.
            PrivateFiles.deleteTree(dir.ssh());
            images.createDisk(dir.disk(), spec.resources().disk().bytes());
        } else {
            images.growDisk(dir.disk(), spec.resources().disk().bytes());
        }
        giveTo(owner, dir.disk());
        return SshKeys.ensure(dir.ssh(), spec.name());
    }

    /// Changes the owner when it is not us: only root may, and only root needs to.
    static void giveTo(Owner owner, Path file) {
        try {
            if (!Files.getAttribute(file, "unix:uid").equals(owner.uid())) {
                Files.setAttribute(file, "unix:uid", owner.uid());
                Files.setAttribute(file, "unix:gid", owner.gid());
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot give " + file + " to uid " + owner.uid(), e);
        }
    }
}
