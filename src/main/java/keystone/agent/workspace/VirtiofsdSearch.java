package keystone.agent.workspace;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import keystone.agent.model.Printable;
import keystone.agent.process.Command;
import keystone.agent.process.Programs;
import keystone.agent.process.SystemFiles;
import keystone.agent.workspace.Virtiofsd.Home;

/// Looks for a virtiofsd that can serve without privileges: the one written in Rust. Its elder,
/// written in C, which QEMU up to 7.2 brought along, needs root.
///
/// @param programs where this host may have it; the first usable one is taken
/// @param folder a private one, with its own libraries; looked at last, because the host's packages
///     are kept up to date
record VirtiofsdSearch(List<Path> programs, Path folder) {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /// Distributions keep it out of the PATH.
    private static final List<String> PLACES =
            List.of(
                    "/usr/libexec/virtiofsd",
                    "/usr/lib/virtiofsd",
                    "/usr/lib/qemu/virtiofsd",
                    "/run/current-system/sw/bin/virtiofsd");

    private static final Pattern RUST = Pattern.compile("virtiofsd (\\d{1,4})\\.(\\d{1,4})\\S*");

    /// The old one says `virtiofsd version 7.2.22 (Debian …)`.
    private static final Pattern C = Pattern.compile("virtiofsd version .*");

    VirtiofsdSearch {
        programs = List.copyOf(programs);
    }

    static VirtiofsdSearch onThisHost(Path folder) {
        Stream<Path> inPath = Programs.locate("virtiofsd").stream();
        Stream<Path> elsewhere = PLACES.stream().map(Path::of).filter(Files::isExecutable);
        return new VirtiofsdSearch(Stream.concat(inPath, elsewhere).toList(), folder);
    }

    /// What was found.
    sealed interface Finding {
        record Usable(Virtiofsd program) implements Finding {}

        /// None is, or none that was found.
        ///
        /// @param why a sentence without a full stop
        record Unusable(String why) implements Finding {}
    }

    Finding find() throws InterruptedException {
        var refused = new ArrayList<Finding>();
        for (Virtiofsd candidate : candidates()) {
            Finding finding = judge(candidate, firstLine(candidate));
            if (finding instanceof Finding.Usable) {
                return finding;
            }
            refused.add(finding);
        }
        return refused.isEmpty()
                ? new Finding.Unusable("virtiofsd is not installed")
                : refused.getFirst();
    }

    private List<Virtiofsd> candidates() {
        var all = new ArrayList<Virtiofsd>();
        for (Path program : programs) {
            all.add(new Virtiofsd(SystemFiles.program(program), "", Home.HOST));
        }
        if (Files.isExecutable(folder.resolve("virtiofsd"))) {
            all.add(new Virtiofsd(folder, "", Home.FOLDER));
        }
        return all;
    }

    private static String firstLine(Virtiofsd candidate) throws InterruptedException {
        try {
            Command.Finished finished =
                    Command.of(candidate.command()).with("--version").run(LIMIT);
            return (finished.output() + finished.errors()).lines().findFirst().orElse("");
        } catch (Command.ProgramMissing | Command.TookTooLong silent) {
            return "";
        }
    }

    /// 1.13 is the oldest that we test, and the first that can give files of all the guest's users
    /// to one of ours.
    private static Finding judge(Virtiofsd candidate, String said) {
        String path = Printable.of(candidate.path().toString());
        if (C.matcher(said).matches()) {
            return new Finding.Unusable(path + " is the old one in C, which needs root");
        }
        Matcher rust = RUST.matcher(said);
        if (!rust.matches()) {
            return new Finding.Unusable(path + " tells no version");
        }
        int major = Integer.parseInt(rust.group(1));
        int minor = Integer.parseInt(rust.group(2));
        if (major < 1 || (major == 1 && minor < 13)) {
            return new Finding.Unusable(path + " is " + said + ", older than 1.13");
        }
        return new Finding.Usable(new Virtiofsd(candidate.path(), said, candidate.home()));
    }
}
