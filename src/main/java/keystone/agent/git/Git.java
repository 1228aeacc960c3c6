package keystone.agent.git;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import keystone.agent.model.Printable;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.Confinement;
import keystone.agent.process.Enclosure;
import keystone.agent.process.Enclosure.Place;
import keystone.agent.process.SystemFiles;

/// The host's git in the project's repository, so that it runs nothing but itself.
///
/// Only the repository's own configuration is read. The user's and the system's are not: nothing
/// here needs them, and each can name filters, rewrite addresses or start programs. What the
/// repository's own names is switched off one by one, by [GitSettings]. As the directories are
/// given, git does not look at who owns them (`safe.directory`); [RepositorySearch] has.
final class Git {
    /// The data limit of git in bytes (prlimit --data): a hostile pack can claim any object size.
    private static final long MOST_MEMORY = 4L << 30;

    static final Duration LIMIT = Duration.ofMinutes(2);

    /// Just under what [Command#run] keeps: output of this length may have been cut, and is
    /// refused.
    private static final int MOST_OUTPUT = (4 << 20) - 8;

    /// Where an enclosed git sees the project, and the index that it works on.
    private static final String INSIDE = "/project";

    /// Where it sees the directory that all work trees share.
    static final String COMMON = "/git";

    /// Where it sees the repository's objects, when something else lies over a part of them there.
    static final String OBJECTS = "/objects";

    private static final String SCRATCH = "/scratch";

    private static final List<String> OF_A_FILTER = List.of("clean", "smudge", "process");

    private final Layout layout;
    private final AsOwner asOwner;

    Git(Layout layout, AsOwner asOwner) {
        this.layout = layout;
        this.asOwner = asOwner;
    }

    /// A git command with its own prefix, such as an enclosure.
    ///
    /// @param before what git is started through; usually nothing
    Command command(
            AsOwner.Life life,
            List<String> before,
            Map<String, String> environment,
            List<String> arguments) {
        return command(life, before, environment, GitSettings.CONFIGURATION, arguments);
    }

    private Command command(
            AsOwner.Life life,
            List<String> before,
            Map<String, String> environment,
            Map<String, String> configuration,
            List<String> arguments) {
        var program = new ArrayList<>(before);
        program.addAll(List.of(AsOwner.located("git"), "--no-pager", "--literal-pathspecs"));
        // Apart, a directory of git's own stands for the work tree, also where one is configured.
        Path where = configuration.equals(GitSettings.APART) ? layout.own() : layout.project();
        program.add("--git-dir=" + layout.own());
        program.add("--work-tree=" + where);
        program.addAll(arguments);
        return asOwner.command(life, GitSettings.variables(environment, configuration), program)
                .in(where);
    }

    /// What git is started through when it reads what a guest has made.
    ///
    /// @param more options of prlimit(1)
    static List<String> limited(String... more) {
        var limited = new ArrayList<>(List.of("prlimit", "--data=" + MOST_MEMORY, "--core=0"));
        limited.addAll(List.of(more));
        limited.add("--");
        return limited;
    }

    /// For what is only about objects: without a work tree, git does not look for `.gitattributes`,
    /// `.gitmodules` and `.mailmap` in it, each of which may be a pipe that never ends.
    Command apart(String... arguments) {
        return command(
                AsOwner.Life.OURS, limited(), Map.of(), GitSettings.APART, List.of(arguments));
    }

    /// Runs it; also a failure is an answer.
    Command.Finished run(String... arguments) throws InterruptedException {
        return finish(
                command(AsOwner.Life.OURS, limited(), Map.of(), List.of(arguments)), new byte[0]);
    }

    static Command.Finished finish(Command command, byte[] input) throws InterruptedException {
        return finish(command, Command.Input.of(input));
    }

    private static Command.Finished finish(Command command, Command.Input input)
            throws InterruptedException {
        return finish(command, LIMIT, input);
    }

    static Command.Finished finish(Command command, Duration limit, Command.Input input)
            throws InterruptedException {
        try {
            return command.run(limit, input);
        } catch (Command.TookTooLong slow) {
            throw tooSlow(limit, slow);
        }
    }

    static UserError tooSlow(Duration limit, Throwable cause) {
        return new UserError(
                UserError.Kind.TIMED_OUT,
                "git did not end within " + limit.toSeconds() + " s and was killed",
                "try again when the host has less to do",
                cause);
    }

    /// What it prints; a failure is a person's problem.
    String read(String... arguments) throws InterruptedException {
        return complete(run(arguments));
    }

    /// What it has printed, all of it.
    static String complete(Command.Finished finished) {
        if (!finished.ok()) {
            throw failed(finished.errors());
        }
        if (finished.output().length() >= MOST_OUTPUT
                || finished.output().getBytes(StandardCharsets.UTF_8).length >= MOST_OUTPUT) {
            throw UserError.failed(
                    "the project's repository has more refs than this program can handle",
                    "remove branches and tags that nobody needs: git branch --merged");
        }
        return finished.output();
    }

    static UserError failed(String errors) {
        List<String> words =
                errors.lines().filter(line -> !line.isBlank()).map(Printable::of).toList();
        return UserError.failed("git failed in the project's repository", "git status")
                .quoting(words.subList(Math.max(0, words.size() - 5), words.size()));
    }

    /// Carries out all instructions or none on refs of ours; git is not stopped half-way when we
    /// are killed. One that is symbolic, which none of ours is, is itself changed or removed: what
    /// it would lead to may be the user's.
    ///
    /// @param instructions for `update-ref --stdin -z`
    Command.Finished updateRefs(String message, Command.Input instructions)
            throws InterruptedException {
        return updateRefs(List.of("update-ref", "--no-deref", "-m", message), instructions);
    }

    Command.Finished updateRefs(String message, String instructions) throws InterruptedException {
        return updateRefs(message, input(instructions));
    }

    private static Command.Input input(String text) {
        return Command.Input.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The same, for a branch of the user's.
    Command.Finished updateBranch(String message, String instruction) throws InterruptedException {
        return updateRefs(List.of("update-ref", "-m", message), input(instruction));
    }

    /// It reads each object that it names, and no enclosure would be right: killed half-way in one
    /// it would leave locks, and what it writes are all of the user's refs.
    private Command.Finished updateRefs(List<String> command, Command.Input instructions)
            throws InterruptedException {
        var arguments = new ArrayList<>(command);
        arguments.addAll(List.of("--stdin", "-z"));
        return finish(
                command(AsOwner.Life.ITS_OWN, limited(), Map.of(), arguments),
                to -> {
                    input("start\0").writeTo(to);
                    instructions.writeTo(to);
                    // Without it, an input that ends early changes nothing.
                    input("commit\0").writeTo(to);
                });
    }

    /// Runs it on another index, with every filter that the repository has switched off: writing an
    /// index may run them on files that look just changed, and the guest chooses which.
    Command.Finished onIndex(Path index, String... arguments) throws InterruptedException {
        return onIndex(index, new byte[0], arguments);
    }

    Command.Finished onIndex(Path index, byte[] input, String... arguments)
            throws InterruptedException {
        return finish(indexCommand(index, arguments), input);
    }

    /// Does what [#onIndex] does, and passes the output on as [Fields#eachRaw] does.
    void eachRawFieldOnIndex(Path index, Consumer<String> reader, String... arguments)
            throws InterruptedException {
        Fields.eachRaw(indexCommand(index, arguments), reader);
    }

    private Command indexCommand(Path index, String... arguments) throws InterruptedException {
        return command(
                AsOwner.Life.OURS,
                limited(),
                Map.of("GIT_INDEX_FILE", index.toString()),
                withoutFilters(),
                List.of(arguments));
    }

    /// Runs it on an index that is apart, where nothing can be written but the project's files, its
    /// `.git` not among them, and no link leads out of the project: a guest may exchange a
    /// directory for a link while git writes.
    ///
    /// @param scratch the index's directory
    Command.Finished enclosed(
            Confinement confinement, Path scratch, String index, String... arguments)
            throws InterruptedException {
        var project =
                List.of(
                        Place.readWrite(layout.project(), INSIDE),
                        Place.readOnly(layout.project().resolve(".git"), INSIDE + "/.git"));
        return enclosed(confinement, project, scratch, index, arguments);
    }

    /// Does the same for what only looks at the project's files: nothing can be written but the
    /// index.
    Command.Finished enclosedLooking(
            Confinement confinement, Path scratch, String index, String... arguments)
            throws InterruptedException {
        var project = List.of(Place.readOnly(layout.project(), INSIDE));
        return enclosed(confinement, project, scratch, index, arguments);
    }

    private Command.Finished enclosed(
            Confinement confinement,
            List<Place> project,
            Path scratch,
            String index,
            String... arguments)
            throws InterruptedException {
        var places = new ArrayList<>(project);
        places.add(Place.readOnly(layout.common(), COMMON));
        places.add(Place.readWrite(scratch, SCRATCH));
        var configuration = new LinkedHashMap<>(withoutFilters());
        // There the owner has another number, and the index was written out here.
        configuration.put("core.checkStat", "minimal");
        configuration.put("core.trustctime", "false");
        Map<String, String> environment =
                GitSettings.variables(
                        Map.of("GIT_INDEX_FILE", SCRATCH + "/" + index), configuration);
        // What works on the index alone does not go to the work tree by itself, and yet looks there
        // at what may have changed in the moment in which the index was written.
        var all = new ArrayList<>(List.of("-C", INSIDE, "--work-tree=" + INSIDE));
        all.addAll(List.of(arguments));
        return finish(enclosed(confinement, places, environment, limited(), all), new byte[0]);
    }

    /// A command that works on objects, in a mount namespace without network.
    ///
    /// @param before what git is started through
    /// @param places with the repository's at [#COMMON]
    /// @param environment beside what every git has
    Command enclosed(
            Confinement confinement,
            List<String> before,
            List<Place> places,
            Map<String, String> environment,
            List<String> arguments) {
        var configuration = new LinkedHashMap<>(GitSettings.APART);
        // They cannot be written there.
        configuration.put("core.logAllRefUpdates", "false");
        var all = new ArrayList<>(List.of("--work-tree=" + COMMON));
        all.addAll(arguments);
        return enclosed(
                confinement,
                places,
                GitSettings.variables(environment, configuration),
                before,
                all);
    }

    private Command enclosed(
            Confinement confinement,
            List<Place> own,
            Map<String, String> variables,
            List<String> before,
            List<String> arguments) {
        Path program = program();
        var places = new ArrayList<>(SystemFiles.placesFor(program));
        places.addAll(own);
        var alternates = new ArrayList<String>();
        if (own.stream().anyMatch(place -> place.inside().equals(OBJECTS))) {
            alternates.add(OBJECTS);
        }
        for (Path each : borrowed()) {
            alternates.add("/borrowed" + alternates.size());
            places.add(Place.readOnly(each, alternates.getLast()));
        }
        var environment = new LinkedHashMap<>(variables);
        environment.put("GIT_COMMON_DIR", COMMON);
        environment.put("GIT_ALTERNATE_OBJECT_DIRECTORIES", String.join(":", alternates));
        environment.put("LC_ALL", "C");
        environment.put("PATH", "/usr/bin:/bin");
        var all = new ArrayList<>(before);
        all.addAll(List.of(program.toString(), "--no-pager"));
        all.add("--git-dir=" + inside(layout.common().relativize(layout.own())));
        all.addAll(arguments);
        var enclosure = new Enclosure(places, environment).withoutNetwork();
        return Command.of(confinement.enclose(enclosure, all));
    }

    /// Where git is, with all of its helpers when that is where distributions put it.
    static Path program() {
        return SystemFiles.program(Path.of(AsOwner.located("git")));
    }

    private static String inside(Path below) {
        return below.toString().isEmpty() ? COMMON : COMMON + "/" + below;
    }

    /// Where git reads objects beside those of the repository itself; its own file names them by
    /// their paths on this host.
    private List<Path> borrowed() {
        try {
            return new Alternates(layout.project(), asOwner.owner())
                    .of(layout.common().resolve("objects"));
        } catch (Alternates.Unfit unfit) {
            throw UserError.wrongState(unfit.why().reason(), "git status");
        }
    }

    private Map<String, String> withoutFilters() throws InterruptedException {
        var configuration = new LinkedHashMap<>(GitSettings.CONFIGURATION);
        for (String filter : filters()) {
            OF_A_FILTER.forEach(each -> configuration.put("filter." + filter + "." + each, ""));
            configuration.put("filter." + filter + ".required", "false");
        }
        return configuration;
    }

    private Set<String> filters() throws InterruptedException {
        Command.Finished found =
                run("config", "--includes", "-z", "--name-only", "--get-regexp", "^filter\\..*\\.");
        var names = new LinkedHashSet<String>();
        for (String key : fields(found.output())) {
            names.add(key.substring(key.indexOf('.') + 1, key.lastIndexOf('.')));
        }
        return names;
    }

    /// What lies between the NULs, without the empty rest.
    static List<String> fields(String output) {
        return Arrays.stream(output.split("\0", -1)).filter(field -> !field.isEmpty()).toList();
    }

    /// Passes on every NUL-ended field of an output of any length, without a work tree.
    void eachField(Consumer<String> reader, String... arguments) throws InterruptedException {
        Fields.each(apart(arguments), new byte[0], reader);
    }
}
