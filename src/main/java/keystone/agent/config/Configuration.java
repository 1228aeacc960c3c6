package keystone.agent.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import keystone.agent.config.ProjectFile.Absent;
import keystone.agent.config.ProjectFile.Approved;
import keystone.agent.config.ProjectFile.Unapproved;
import keystone.agent.config.ProjectFile.Usable;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.workspace.ShareRules;

/// Puts together what was set for a project: flag over environment over project over user.
///
/// Settings that hold one value take the strongest place's; those that hold several add up, and the
/// stronger place wins where two speak of the same variable or the same path in the guest.
public final class Configuration {
    private final Origins origins;
    private final Supplier<List<Path>> writable;
    private final Approvals approvals;

    /// Where to look.
    ///
    /// @param directory the user's: `agent.toml` and approvals
    /// @param environment variables of this process
    /// @param current what flags' relative paths start from
    /// @param own every place where we keep files, which is never shared
    public record Origins(
            Path directory, Map<String, String> environment, Path current, List<Path> own) {
        public Origins {
            environment = Map.copyOf(environment);
            own = List.copyOf(own);
        }

        Path home() {
            return Path.of(environment.getOrDefault("HOME", "/")).toAbsolutePath();
        }
    }

    /// Reads from there.
    ///
    /// @param writable real paths of what the guests of all sandboxes can write; asked only when
    ///     something is to be mounted
    public Configuration(Origins origins, Supplier<List<Path>> writable) {
        this.origins = origins;
        this.writable = writable;
        this.approvals = new Approvals(origins.directory());
    }

    public Path userFile() {
        return origins.directory().resolve("agent.toml");
    }

    /// Reads the project's own file, once.
    public ProjectFile projectFile(Path project) {
        Path real = real(project);
        var content = ProjectFiles.read(real);
        if (content.isEmpty()) {
            return new Absent();
        }
        if (real(origins.directory()).startsWith(real)) {
            throw UserError.usage(
                    "the approvals are kept inside the project, where a guest could write them",
                    "set KEYSTONE_AGENT_HOME to a directory outside of " + Printable.of(real + ""));
        }
        String before = approvals.find(real).orElse(null);
        return content.get().text().equals(before)
                ? new Approved(content.get())
                : new Unapproved(content.get(), before);
    }

    /// Remembers that the user approved exactly this.
    public Approved approve(Unapproved file) {
        approvals.store(file.content());
        return new Approved(file.content());
    }

    /// What a file would set; refuses it when it is not right.
    public List<Setting> wishes(Unapproved file) {
        Path project = file.content().project();
        List<Setting> settings = sources(project).project(file.content());
        return new Effective(List.of(settings), mounts(project)).settings();
    }

    /// What holds for a start.
    ///
    /// @param flags what was said on the command line
    public Effective effective(Path project, Usable file, Map<Key, List<String>> flags) {
        Path real = real(project);
        Sources sources = sources(real);
        var places = new ArrayList<List<Setting>>();
        places.add(sources.flags(flags));
        places.add(sources.environment());
        if (file instanceof Approved approved) {
            places.add(sources.project(approved.content()));
        }
        places.add(sources.user(userFile()));
        return new Effective(places, mounts(real));
    }

    /// What holds as long as the project's file is not approved.
    public Effective withoutProjectFile(Path project) {
        return effective(project, new Absent(), Map.of());
    }

    /// Reads what follows `-e`: NAME=VALUE, or NAME for the value it has here.
    public Map<String, String> variables(List<String> texts) {
        var variables = new TreeMap<String, String>();
        for (Setting setting : sources(origins.current()).flags(Map.of(Key.ENV, texts))) {
            variables.putIfAbsent(setting.id(), (String) setting.value());
        }
        return variables;
    }

    private Mounts mounts(Path project) {
        return new Mounts(new ShareRules(origins.home(), origins.own()), project, writable);
    }

    private Sources sources(Path project) {
        return new Sources(origins, project);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException missing) {
            return path.toAbsolutePath().normalize();
        }
    }
}
