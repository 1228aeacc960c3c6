package keystone.agent.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import keystone.agent.config.Origin.Place;
import keystone.agent.model.AgentChoice.Outfit;
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
import keystone.agent.model.NamePatterns;
import keystone.agent.model.NixRecipe;
import keystone.agent.model.Printable;
import keystone.agent.model.Resources;
import keystone.agent.model.SandboxSpec;
import keystone.agent.model.SecretName;
import keystone.agent.model.SecretRef;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.TaskExtras;
import keystone.agent.model.TaskExtras.Notices;
import keystone.agent.model.UserError;

/// Understands what somebody wrote, wherever it was written; an error names the place.
final class Interpreter {
    private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Path home;
    private final Map<Place, Path> bases;

    /// For one project.
    ///
    /// @param bases what a relative path starts from, for the places that allow one
    Interpreter(Path home, Map<Place, Path> bases) {
        this.home = home;
        this.bases = Map.copyOf(bases);
    }

    Setting read(Key key, String text, Origin origin) {
        return at(origin, () -> understood(key, text, origin));
    }

    /// An agent of somebody's own.
    Setting agent(String name, List<String> command, Origin origin) {
        return at(
                origin,
                () -> {
                    var agent = AgentSpec.Acp.custom(new AgentName(name), command);
                    String text = name + " = " + command;
                    return new Setting(Key.AGENTS, name, agent, text, origin);
                });
    }

    private static Setting at(Origin origin, Supplier<Setting> reading) {
        try {
            return reading.get();
        } catch (UserError misunderstood) {
            throw new UserError(
                    misunderstood.kind(),
                    origin.where() + ": " + misunderstood.problem(),
                    misunderstood.fix(),
                    misunderstood);
        }
    }

    private Setting understood(Key key, String text, Origin origin) {
        return switch (key.form()) {
            case SIZE -> one(key, size(key, text), origin);
            case COUNT -> one(key, count(text), origin);
            case DRIVER -> word(key, ShareDriver.parse(text), ShareDriver::word, origin);
            case GIT_MODE -> word(key, GitMode.parse(text), GitMode::word, origin);
            case IDENTITY -> word(key, IdentityChoice.parse(text), IdentityChoice::word, origin);
            case NET_MODE -> word(key, EgressMode.parse(text), EgressMode::word, origin);
            case PORTS_MODE -> word(key, AutoPorts.parse(text), AutoPorts::word, origin);
            case DEVSHELL_MODE -> word(key, DevshellMode.parse(text), DevshellMode::word, origin);
            case AGENT -> one(key, new AgentName(text), origin);
            case OUTFIT -> word(key, Outfit.parse(text), Outfit::word, origin);
            case AGENT_TABLE ->
                    throw UserError.usage(
                            "agents are written in a file", "write a " + key.form().description());
            case DURATION -> duration(key, text, origin);
            case MOUNTS -> mount(key, text, origin);
            case VARIABLES -> variable(key, text, origin);
            case PACKAGES -> item(key, new ImageRecipe(List.of(text), null).packages(), origin);
            case IMAGE_BACKEND -> word(key, ImageBackend.parse(text), ImageBackend::word, origin);
            case FLAKE -> one(key, NixRecipe.checkReference(ofTheUser(text, origin)), origin);
            case NIX_MODULES -> {
                Path module = absolute(ofTheUser(text, origin));
                yield new Setting(key, module.toString(), module, text, origin);
            }
            case FILE_PATTERNS -> item(key, new NamePatterns(List.of(text)).texts(), origin);
            case DELIVERY -> delivery(key, text, origin);
            case SECRET ->
                    throw UserError.usage(
                            "a secret is a table of its own",
                            "write a " + key.form().description());
            case NOTICES -> word(key, Notices.parse(text), Notices::word, origin);
            case PATHS -> new Setting(key, text, TaskExtras.checkCopy(text), text, origin);
            case SCRIPT -> new Setting(key, "", text, text, origin);
        };
    }

    /// Nix evaluates it on this host, and builds what it says: a guest, which can write the
    /// project's file, must not so much as propose it.
    private static String ofTheUser(String text, Origin origin) {
        if (origin.place() == Place.PROJECT) {
            throw UserError.usage(
                    "nix would evaluate this on the host, so no project's file can say it",
                    "say it in your own agent.toml");
        }
        return text;
    }

    private Path absolute(String text) {
        Path path = text.startsWith("~/") ? home.resolve(text.substring(2)) : Path.of(text);
        if (!path.isAbsolute()) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` is not an absolute path",
                    "begin it with / or ~/");
        }
        return path.normalize();
    }

    private static Setting one(Key key, Object value, Origin origin) {
        return new Setting(key, "", value, value.toString(), origin);
    }

    /// @param word as it is written in a file
    private static <T> Setting word(Key key, T value, Function<T, String> word, Origin origin) {
        return new Setting(key, "", value, word.apply(value), origin);
    }

    /// One of many.
    ///
    /// @param checked a list of it alone
    private static Setting item(Key key, List<String> checked, Origin origin) {
        String text = checked.getFirst();
        return new Setting(key, text, text, text, origin);
    }

    private Setting mount(Key key, String text, Origin origin) {
        MountText mount = MountText.parse(text, bases.get(origin.place()), home);
        return new Setting(key, mount.guest(), mount, mount.toString(), origin);
    }

    /// Resources knows the limits; the other two of its values are sure to be within them.
    private static ByteSize size(Key key, String text) {
        ByteSize size = ByteSize.parse(text);
        Resources usual = Resources.DEFAULT;
        var checked =
                key == Key.DISK
                        ? new Resources(usual.memory(), usual.cpus(), size)
                        : new Resources(size, usual.cpus(), usual.disk());
        return key == Key.DISK ? checked.disk() : checked.memory();
    }

    private static Integer count(String text) {
        try {
            int count = Integer.parseInt(text.trim());
            return new Resources(Resources.DEFAULT.memory(), count, Resources.DEFAULT.disk())
                    .cpus();
        } catch (NumberFormatException notANumber) {
            throw UserError.usage(
                    "`" + Printable.of(text) + "` is not a whole number",
                    "write a number such as 2");
        }
    }

    private static Setting duration(Key key, String text, Origin origin) {
        Duration time = DurationText.parse(text);
        if (time.compareTo(SandboxSpec.SHORTEST_IDLE) < 0) {
            throw UserError.usage("that is under ten seconds", "use 10s or more");
        }
        return new Setting(key, "", time, DurationText.format(time), origin);
    }

    private static Setting delivery(Key key, String text, Origin origin) {
        int equals = text.lastIndexOf('=');
        if (equals < 0) {
            var named = new SecretName(text);
            throw UserError.usage(
                    "`" + named + "` needs =session or =file",
                    "write %s=session, or %s=file".formatted(named, named));
        }
        var name = new SecretName(text.substring(0, equals));
        Delivery delivery = Delivery.parse(text.substring(equals + 1));
        return new Setting(key, name.value(), delivery, text, origin);
    }

    /// What a table `[secrets.NAME]` says.
    ///
    /// @param members as the file has them
    Setting secret(String name, Map<String, Object> members, Origin origin) {
        try {
            SecretRef ref = new SecretTable(origin.place(), home).read(name, members);
            return new Setting(Key.SECRETS, name, ref, name, origin);
        } catch (UserError misunderstood) {
            throw new UserError(
                    misunderstood.kind(),
                    origin.where() + ": " + misunderstood.problem(),
                    misunderstood.fix(),
                    misunderstood);
        }
    }

    private static Setting variable(Key key, String text, Origin origin) {
        int equals = text.indexOf('=');
        String name = text.substring(0, Math.max(equals, 0));
        if (!VARIABLE.matcher(name).matches() || text.indexOf('\0') >= 0) {
            // Not the whole text: a value may be a secret.
            throw UserError.usage(
                    "`" + Printable.of(equals < 0 ? text : name) + "` cannot be set as a variable",
                    "write it as NAME=VALUE, with NAME of letters, digits and _");
        }
        return new Setting(key, name, text.substring(equals + 1), text, origin);
    }
}
