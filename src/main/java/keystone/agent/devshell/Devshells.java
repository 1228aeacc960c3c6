package keystone.agent.devshell;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import keystone.agent.model.UserError;

/// The devshells of this host's projects.
///
/// Nothing that a guest can write is evaluated here: text is only once the user approved exactly
/// it, and then from a copy of that text.
public final class Devshells {
    private final Path folder;
    private final Map<String, String> environment;

    /// @param folder where approvals and captures are kept; never shared with a guest
    /// @param environment of this process
    public Devshells(Path folder, Map<String, String> environment) {
        this.folder = folder;
        this.environment = Map.copyOf(environment);
    }

    /// Reads, and evaluates nothing.
    ///
    /// @param project real path
    public DevshellStanding look(Path project) {
        var inputs = ProjectInputs.read(project);
        if (inputs.isEmpty()) {
            return new DevshellStanding.Absent();
        }
        CaptureDirectory kept = CaptureDirectory.of(folder, project);
        DevshellInputs approved = kept.approved().orElse(null);
        Devshell captured = kept.captured().orElse(null);
        if (!inputs.get().equals(approved)) {
            return new DevshellStanding.Unapproved(inputs.get(), approved, captured);
        }
        boolean isOfThese = captured != null && captured.inputs().equals(inputs.get().digest());
        return new DevshellStanding.Approved(inputs.get(), isOfThese ? captured : null);
    }

    /// Remembers that the user approved exactly this.
    public void approve(Path project, DevshellInputs inputs) {
        CaptureDirectory.of(folder, project).approve(project, inputs);
    }

    /// Evaluates it and keeps what comes of it.
    ///
    /// @throws UserError when it is not what was approved, cannot be evaluated, or not within the
    ///     limit
    public Devshell capture(Path project, DevshellInputs inputs, Duration limit)
            throws InterruptedException {
        CaptureDirectory kept = CaptureDirectory.of(folder, project);
        if (!inputs.equals(kept.approved().orElse(null))) {
            throw UserError.wrongState(
                    "the devshell is not approved", "keystone-agent devshell refresh");
        }
        long begin = System.nanoTime();
        try (EvaluationLock _ = lock(kept, limit)) {
            Duration rest = limit.minusNanos(System.nanoTime() - begin);
            var nix = new Nix(environment, rest);
            Devshell captured = new Evaluation(project, inputs, kept, nix).run();
            kept.capture(captured);
            return captured;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot evaluate in " + kept.directory(), e);
        }
    }

    private static EvaluationLock lock(CaptureDirectory kept, Duration limit)
            throws IOException, InterruptedException {
        return kept.awaitLock(limit)
                .orElseThrow(
                        () ->
                                UserError.timedOut(
                                        "the devshell is being evaluated by another command, which did not end within "
                                                + limit.toSeconds()
                                                + " s",
                                        "keystone-agent devshell refresh"));
    }

    /// What is kept of projects that are not there any more.
    public List<Path> abandoned() {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> directories = Files.list(folder)) {
            return directories
                    .sorted()
                    .filter(
                            each ->
                                    new CaptureDirectory(each)
                                            .project()
                                            .filter(project -> !Files.isDirectory(project))
                                            .isPresent())
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder, e);
        }
    }

    /// Forgets one of [#abandoned]; nix may collect then what it kept.
    public void forget(Path directory) {
        if (!folder.equals(directory.getParent())) {
            throw new IllegalArgumentException(directory + " is not in " + folder);
        }
        try {
            new CaptureDirectory(directory).remove();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + directory, e);
        }
    }
}
