package keystone.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.AgentName;
import keystone.agent.model.AgentSpec;
import keystone.agent.model.AutoPorts;
import keystone.agent.model.ByteSize;
import keystone.agent.model.Delivery;
import keystone.agent.model.DevshellMode;
import keystone.agent.model.EgressMode;
import keystone.agent.model.GitMode;
import keystone.agent.model.IdentityChoice;
import keystone.agent.model.ImageBackend;
import keystone.agent.model.ImageRecipe;
import keystone.agent.model.KnownSecrets;
import keystone.agent.model.MaskRules;
import keystone.agent.model.NamePatterns;
import keystone.agent.model.NixRecipe;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.Settings;
import keystone.agent.model.Share;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.TaskDefaults;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.UserError;
import org.jspecify.annotations.Nullable;

/// What holds for one start, after the stronger places have overruled the weaker ones.
public final class Effective {
    /// Compares itself: a chain of comparators is made of classes that no cache of the JVM keeps,
    /// a twentieth of a short command.
    private record Slot(Key key, String id) implements Comparable<Slot> {
        @Override
        public int compareTo(Slot other) {
            int byKey = key.compareTo(other.key);
            return byKey != 0 ? byKey : id.compareTo(other.id);
        }
    }

    private final Collection<Setting> chosen;
    private final List<Share> shares;

    /// Chooses, and follows the mounts to where they really lead.
    ///
    /// @param strongestFirst what each place says
    Effective(List<List<Setting>> strongestFirst, Mounts mounts) {
        var slots = new TreeMap<Slot, Setting>();
        for (List<Setting> place : strongestFirst) {
            for (Setting setting : place) {
                var slot = new Slot(setting.key(), setting.id());
                if (isTheUsers(setting)) {
                    slots.put(slot, setting);
                } else {
                    slots.putIfAbsent(slot, setting);
                }
            }
        }
        this.chosen = List.copyOf(slots.values());
        this.shares = mounts.follow(all(Key.MOUNTS).toList());
    }

    /// No project says where a secret of the user's goes.
    private static boolean isTheUsers(Setting setting) {
        return setting.key() == Key.SECRETS && setting.origin().place() == Origin.Place.USER;
    }

    /// In the order of the keys; without defaults.
    public List<Setting> settings() {
        return List.copyOf(chosen);
    }

    /// The settings of one key; empty when its default holds.
    public List<Setting> of(Key key) {
        return all(key).toList();
    }

    /// All settings as the other rooms know them.
    public Settings toModel() {
        var environment = new TreeMap<String, String>();
        all(Key.ENV).forEach(setting -> environment.put(setting.id(), (String) setting.value()));
        var delivered = new TreeMap<SecretName, Delivery>();
        all(Key.DELIVER)
                .forEach(setting -> delivered.put(known(setting), (Delivery) setting.value()));
        var agents =
                new AgentChoice(
                        one(Key.AGENT, AgentName.class),
                        all(Key.AGENTS).map(Setting::value).map(AgentSpec.Acp.class::cast).toList(),
                        all(Key.IMPORT)
                                .map(Setting::value)
                                .map(AgentChoice.Outfit.class::cast)
                                .findFirst()
                                .orElse(AgentChoice.Outfit.ALL));
        return new Settings(
                one(Key.MEMORY, ByteSize.class),
                one(Key.CPUS, Integer.class),
                one(Key.DISK, ByteSize.class),
                one(Key.SHARE, ShareDriver.class),
                one(Key.GIT, GitMode.class),
                one(Key.IDENTITY, IdentityChoice.class),
                one(Key.NET, EgressMode.class),
                one(Key.PORTS, AutoPorts.class),
                shares,
                environment,
                one(Key.IDLE_STOP, Duration.class),
                new ImageRecipe(
                        all(Key.IMAGE_PACKAGES).map(Setting::id).toList(),
                        one(Key.IMAGE_SETUP, String.class),
                        agents.layer(),
                        nix()),
                all(Key.SECRETS).map(setting -> (SecretRef) setting.value()).toList(),
                delivered,
                new MaskRules(patterns(Key.WORKSPACE_MASK), patterns(Key.WORKSPACE_WARN)),
                agents,
                tasks(),
                one(Key.DEVSHELL, DevshellMode.class));
    }

    private List<SecretRef> secrets() {
        return KnownSecrets.with(
                all(Key.SECRETS).map(setting -> (SecretRef) setting.value()).toList());
    }

    /// What was said just now is answered at once, before anything is built; a file may speak of
    /// what another one declares.
    private SecretName known(Setting delivery) {
        var name = new SecretName(delivery.id());
        boolean isKnown = secrets().stream().anyMatch(each -> each.name().equals(name));
        if (!isKnown && delivery.origin().place() == Origin.Place.FLAG) {
            throw UserError.usage(
                    "%s: there is no secret `%s`%s"
                            .formatted(
                                    delivery.origin().where(),
                                    name,
                                    KnownSecrets.likely(name.value(), secrets())
                                            .map("; did you mean `%s`?"::formatted)
                                            .orElse("")),
                    "keystone-agent tokens list --all");
        }
        return name;
    }

    private @Nullable NixRecipe nix() {
        if (one(Key.IMAGE_BACKEND, ImageBackend.class) != ImageBackend.NIX) {
            return null;
        }
        String nixpkgs = one(Key.NIX_NIXPKGS, String.class);
        String microvm = one(Key.NIX_MICROVM, String.class);
        return new NixRecipe(
                nixpkgs == null ? NixRecipe.NIXPKGS : nixpkgs,
                microvm == null ? NixRecipe.MICROVM : microvm,
                all(Key.NIX_MODULES).map(setting -> (Path) setting.value()).toList());
    }

    private TaskDefaults tasks() {
        TaskExtras.Notices notices = one(Key.TASK_NOTICES, TaskExtras.Notices.class);
        return new TaskDefaults(
                one(Key.TASK_STALL, Duration.class),
                notices == null ? TaskExtras.Notices.DESKTOP : notices,
                all(Key.WORKTREE_COPY).map(Setting::id).toList());
    }

    private NamePatterns patterns(Key key) {
        return new NamePatterns(all(key).map(Setting::id).toList());
    }

    private Stream<Setting> all(Key key) {
        return chosen.stream().filter(setting -> setting.key() == key);
    }

    private <T> @Nullable T one(Key key, Class<T> type) {
        return all(key).map(Setting::value).map(type::cast).findFirst().orElse(null);
    }
}
