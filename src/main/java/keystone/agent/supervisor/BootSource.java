package keystone.agent.supervisor;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import keystone.agent.guest.Guest;
import keystone.agent.guest.GuestRepository;
import keystone.agent.model.Bootable;
import keystone.agent.model.Image;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.UserError;
import keystone.agent.nixos.NixImages;
import keystone.agent.store.SandboxDir;

/// Where what a sandbox boots comes from; which, its image's digest says.
sealed interface BootSource {
    /// Looked up before anything of the sandbox is discarded.
    ///
    /// @throws UserError when it is in neither place
    static BootSource of(SandboxSpec spec, SandboxDir dir, SupervisorParts parts) {
        Optional<Image> image = parts.images().open(spec.image());
        if (image.isPresent()) {
            return new Shelf(image.get());
        }
        if (parts.nixImages().has(spec.image())) {
            return new Nix(parts.nixImages(), dir);
        }
        throw UserError.failed(
                "the image %s that `%s` was made over is gone"
                        .formatted(spec.image().brief(), spec.name()),
                "keystone-agent start --fresh --name " + spec.name());
    }

    /// What this boot boots.
    ///
    /// @param disk a new one gets nothing that was made for another
    /// @param step told when this takes time
    Bootable forBoot(SandboxSpec spec, GuestRepository.Disk disk, BootOrder order, Runnable step)
            throws InterruptedException;

    /// Looks at the guest itself.
    ///
    /// @throws UserError when it was made from something else
    void requireOf(Guest guest, SandboxSpec spec) throws InterruptedException;

    /// Made by us, and here.
    record Shelf(Image image) implements BootSource {
        @Override
        public Bootable forBoot(
                SandboxSpec spec, GuestRepository.Disk disk, BootOrder order, Runnable step) {
            return image;
        }

        /// Its layers have their digests as names.
        @Override
        public void requireOf(Guest guest, SandboxSpec spec) {}
    }

    /// Made by nix, for each disk anew.
    record Nix(NixImages images, SandboxDir dir) implements BootSource {
        private static final Duration ANSWER = Duration.ofSeconds(60);

        @Override
        public Bootable forBoot(
                SandboxSpec spec, GuestRepository.Disk disk, BootOrder order, Runnable step)
                throws InterruptedException {
            step.run();
            NixImages.Reuse reuse =
                    switch (disk) {
                        case KEPT -> NixImages.Reuse.AS_IT_IS;
                        case NEW -> NixImages.Reuse.NOTHING;
                    };
            return images.build(
                    new NixImages.Ask(
                            spec.image(), spec.buildId(), spec.resources(), order.proxies()),
                    dir.nix(),
                    reuse);
        }

        /// The kernel's command line is part of the build; the disk is not.
        @Override
        public void requireOf(Guest guest, SandboxSpec spec) throws InterruptedException {
            String line = guest.run(List.of("cat", "/proc/cmdline"), ANSWER).output();
            if (!List.of(line.strip().split("\\s+")).contains("keystone.build=" + spec.buildId())) {
                throw UserError.failed(
                        "the guest of `%s` was not built for its disk, %s"
                                .formatted(spec.name(), spec.buildId()),
                        "keystone-agent start --fresh --name " + spec.name());
            }
        }
    }
}
