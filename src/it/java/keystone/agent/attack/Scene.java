package keystone.agent.attack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import keystone.agent.attack.Attack.Work;
import keystone.agent.it.Installation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.json.Json;
import keystone.agent.process.Command;

/// One sandbox with a layout and a driver, beside it what must not be touched, and in it the
/// attacker. After each attack, all is put back.
final class Scene implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final List<String> COPIED = List.of("out/key", "README");
    private static final List<String> FLIPPED = List.of("flip");

    private final Installation home;
    private final Layout layout;
    private final String driver;
    private final Sandbox sandbox;
    private final List<String> flags;
    private final Path mark;
    private final Kept project;
    private final Kept repository;
    private final Kept data;
    private final Kept away;
    private final Outside outside;
    private final Outside lent;
    private final Path scripts;
    private Attacker attacker;
    private final UsersGit git;
    private boolean ended;

    static Scene of(Layout layout, String driver) throws IOException, InterruptedException {
        Installation home = Installation.withOwnImages().withVirtiofsd();
        try {
            return new Scene(home, layout, driver);
        } catch (IOException | InterruptedException | RuntimeException | AssertionError failed) {
            home.close();
            throw failed;
        }
    }

    private Scene(Installation home, Layout layout, String driver)
            throws IOException, InterruptedException {
        this.home = home;
        this.layout = layout;
        this.driver = driver;
        Project made = layout.make(home);
        Path place = home.projects();
        write(place.resolve("outside/secrets/key"), Outside.SECRET + "\n");
        write(place.resolve("outside/keystone/agent.toml"), "# " + Outside.SECRET + "\n");
        write(place.resolve("data/set"), "shared\n");
        write(place.resolve("fixed/set"), "shared, to be read\n");
        Files.createDirectories(Layout.lent(home));
        this.mark = home.root().resolve("mark");
        this.git = new UsersGit(home.userHome(), made.path(), layout.attacked());
        git.configure(mark);
        this.flags = flags(layout, driver, place);
        this.sandbox = home.start(made, flags.toArray(String[]::new));
        sandbox.keystone("review").run();
        this.project = Kept.of(made.path());
        Path repositoryPath = layout.repository(made.path());
        this.repository = Files.exists(repositoryPath) ? Kept.of(repositoryPath) : project;
        this.data = Kept.of(place.resolve("data"));
        this.away = Kept.of(place.resolve("outside"));
        this.outside =
                Outside.of(place, List.of(made.path(), repositoryPath, place.resolve("data")));
        this.lent = Outside.of(Layout.lent(home), List.of());
        this.scripts = Files.createDirectory(home.root().resolve("attacks"));
        this.attacker = Attacker.in(sandbox, scripts, facts());
    }

    private static List<String> flags(Layout layout, String driver, Path place) {
        var flags = new ArrayList<>(layout.flags());
        flags.addAll(List.of("--share", driver));
        if (layout.guestGit() == Layout.GuestGit.APART) {
            // There is no share at all.
            return List.copyOf(flags);
        }
        flags.addAll(List.of("--mount", place.resolve("data") + ":/data"));
        flags.addAll(List.of("--mount", place.resolve("fixed") + ":/fixed:ro"));
        return List.copyOf(flags);
    }

    private static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private Json.Obj facts() {
        return Json.object()
                .with("layout", layout.word())
                .with("git", layout.guestGit().name().toLowerCase(Locale.ROOT))
                .with("attacked", layout.attacked())
                .with("driver", driver)
                .with("project", sandbox.project().path().toString())
                .with("outside", home.projects().resolve("outside").toString())
                .with("mark", mark.toString());
    }

    boolean canTellReading() {
        return outside.isAbleToTellReading();
    }

    /// An attack, and what this host makes of it.
    ///
    /// @param log gets what the guest saw
    Harm suffer(Attack attack, List<String> log) throws IOException, InterruptedException {
        var notes = new Harm.Notes();
        var ours = new Ours(sandbox, notes);
        try {
            outside.begin();
            lent.begin();
            attacker.take("forget");
            Json.Obj guest = attacker.take(attack.step());
            log.add(guest.string("seen") + " " + guest.string("done"));
            if (guest.string("seen").contains(Outside.SECRET)) {
                notes.ours("the guest read what is not shared");
            }
            guest.string("seen")
                    .lines()
                    .filter(line -> line.startsWith("reached"))
                    .forEach(notes::ours);
            withinGit().forEach(notes::ours);
            work(attack, ours);
            ranBy("keystone-agent").forEach(notes::ours);
            outside.harm().forEach(notes::ours);
            lent.changes().forEach(notes::ours);
            special("-type", "b", "-o", "-type", "c").forEach(notes::ours);
            special("-perm", "/6000", "!", "-type", "d").forEach(notes::users);
            if (!attack.work().contains(Work.NO_GIT)) {
                git.work().forEach(notes::users);
                if (attack.work().contains(Work.VISIT)) {
                    git.visit().forEach(notes::users);
                }
                ranBy("git").forEach(notes::users);
                // The user's own git may read what it likes.
                outside.changes().forEach(notes::users);
            }
            return notes.harm();
        } finally {
            putBack();
        }
    }

    /// What the guest itself has changed in what git on this host obeys. What is below `keystone`
    /// is written by the supervisor, at any time.
    private List<String> withinGit() throws IOException {
        if (layout.guestGit() == Layout.GuestGit.DIRECT) {
            return List.of();
        }
        Path path = sandbox.project().path();
        var changes = new ArrayList<>(repository.changesBelow(layout.repository(path)));
        changes.addAll(project.changesBelow(path.resolve(layout.attacked()).resolve(".git")));
        changes.removeIf(each -> each.contains("keystone") || each.endsWith(".lock"));
        return changes;
    }

    private void work(Attack attack, Ours ours) throws InterruptedException {
        int times = attack.work().contains(Work.REPEAT) ? 4 : 1;
        for (int i = 0; i < times; i++) {
            if (!isOfNoNews(attack)) {
                ours.review();
            }
            if (attack.work().contains(Work.REPORT)) {
                ours.report();
            }
            if (attack.work().contains(Work.RETURN)) {
                takeCommits(ours);
            }
            if (attack.work().contains(Work.COPY)) {
                ours.copy(times > 1 ? FLIPPED : COPIED);
            }
        }
        if (attack.work().contains(Work.END)) {
            ended = true;
            ours.end(flags);
            attacker.close();
        }
    }

    /// Where files come with them, the user looks again.
    private void takeCommits(Ours ours) throws InterruptedException {
        switch (layout.guestGit()) {
            case OWN -> ours.takeCommits();
            case APART -> {
                ours.takeCommits();
                ours.review();
            }
            case DIRECT, NONE -> {
                // There is nothing to take.
            }
        }
    }

    /// What `review` makes of an attack, one layout has shown; it matters where it must tell of it.
    private boolean isOfNoNews(Attack attack) {
        return layout != Layout.PROTECTED
                && attack.work().isEmpty()
                && attack.expected(layout, driver) == Result.BLOCKED;
    }

    private List<String> ranBy(String whom) throws IOException {
        if (!Files.exists(mark)) {
            return List.of();
        }
        List<String> ran = Files.readAllLines(mark);
        Files.delete(mark);
        // What follows are arguments that git adds.
        return ran.stream().map(each -> whom + " ran " + each.split(" ", 2)[0]).distinct().toList();
    }

    /// What find(1) finds in what the guest can write, however deep.
    private List<String> special(String... test) throws InterruptedException {
        var find = new ArrayList<String>();
        find.addAll(List.of("find", sandbox.project().path().toString()));
        find.addAll(List.of(home.projects().resolve("data").toString(), "-xdev", "("));
        find.addAll(List.of(test));
        find.addAll(List.of(")", "-printf", "on this host: %y %M %f\\n"));
        return Command.of(find).run(LIMIT).output().lines().limit(10).toList();
    }

    private void putBack() throws IOException, InterruptedException {
        boolean goesOn = ended || goesOnWithItsPart();
        data.putBack();
        away.putBack();
        project.putBack();
        if (repository != project) {
            repository.putBack();
        }
        if (Files.exists(mark, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(mark);
        }
        if (!goesOn) {
            attacker.close();
            sandbox.starting(flags.toArray(String[]::new)).run().succeeds();
            attacker = Attacker.in(sandbox, scripts, facts());
            attacker.take("put_back");
        }
    }

    /// Once the user's own git has taken a repository that the guest has made for a submodule, the
    /// supervisor ends the guest, within a second or two: now, or while it puts its part back.
    ///
    /// @return whether the guest has put its part back
    private boolean goesOnWithItsPart() throws InterruptedException {
        try {
            attacker.take("put_back");
            return true;
        } catch (AssertionError | UncheckedIOException noAnswer) {
            String problem = sandbox.status().stringOrNull("problem");
            if (problem == null || !problem.contains("has a new submodule")) {
                throw noAnswer;
            }
            return false;
        }
    }

    @Override
    public void close() {
        attacker.close();
        home.close();
    }
}
