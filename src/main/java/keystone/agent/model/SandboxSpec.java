package keystone.agent.model;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a person asked a sandbox to be; stored as `spec.json`, replaced whole when a later start
/// changes it.
///
/// @param project the host directory shown at `/workspace`; absolute, links resolved
/// @param image what its disk was made over; stays until `--fresh`
/// @param buildId changes with every new disk
/// @param git what the guest has of the project's repository; never `DIRECT` with a clone
/// @param egress what may leave it for the network
/// @param ports what of its ports is on this host
/// @param mounts further host directories, not the project
/// @param idleStop stop after nobody used it for so long; null is never
public record SandboxSpec(
        SandboxName name,
        Path project,
        Digest image,
        BuildId buildId,
        Resources resources,
        ShareDriver share,
        GitMode git,
        EgressPolicy egress,
        PortsPolicy ports,
        List<Share> mounts,
        @Nullable Duration idleStop) {
    /// Where the project is in every guest.
    public static final String WORKSPACE = "/workspace";

    /// Between two looks into the guest something may come and go unseen.
    public static final Duration SHORTEST_IDLE = Duration.ofSeconds(10);

    public SandboxSpec {
        mounts = List.copyOf(mounts);
        // A clone's git is its own by nature.
        git = share == ShareDriver.CLONE ? GitMode.PROTECTED : git;
        if (!project.isAbsolute()) {
            throw new IllegalArgumentException("the project's path is not absolute: " + project);
        }
        if (idleStop != null && idleStop.compareTo(SHORTEST_IDLE) < 0) {
            throw UserError.usage(
                    "--idle-stop is under ten seconds", "use --idle-stop 10s or more");
        }
    }

    /// The same sandbox with other resources.
    public SandboxSpec with(Resources changed) {
        return new SandboxSpec(
                name, project, image, buildId, changed, share, git, egress, ports, mounts,
                idleStop);
    }

    /// The same sandbox with another way to the network.
    public SandboxSpec with(EgressPolicy changed) {
        return new SandboxSpec(
                name, project, image, buildId, resources, share, git, changed, ports, mounts,
                idleStop);
    }

    /// The same sandbox with other ports on this host.
    public SandboxSpec with(PortsPolicy changed) {
        return new SandboxSpec(
                name, project, image, buildId, resources, share, git, egress, changed, mounts,
                idleStop);
    }

    /// The same sandbox, as settings say now.
    ///
    /// What was said replaces what the sandbox has; what nobody said stays. But a directory of the
    /// host is shown only for as long as somebody asks for it: one that was taken out of
    /// `agent.toml` must be gone after the next start.
    public SandboxSpec changedBy(Settings settings) {
        ShareDriver otherShare = settings.share();
        GitMode otherGit = settings.git();
        EgressMode mode = settings.net();
        AutoPorts auto = settings.ports();
        Duration otherIdleStop = settings.idleStop();
        return new SandboxSpec(
                name,
                project,
                image,
                buildId,
                resources.changedBy(settings),
                otherShare == null ? share : otherShare,
                otherGit == null ? git : otherGit,
                // What was said of single hosts stays, and of single ports, too.
                mode == null ? egress : egress.with(mode),
                auto == null ? ports : ports.with(auto),
                settings.mounts(),
                otherIdleStop == null ? idleStop : otherIdleStop);
    }

    /// The same sandbox with a new disk over `image`.
    public SandboxSpec renewed(Digest newImage) {
        return new SandboxSpec(
                name,
                project,
                newImage,
                BuildId.create(newImage),
                resources,
                share,
                git,
                egress,
                ports,
                mounts,
                idleStop);
    }
}
