package keystone.agent.image;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import keystone.agent.model.Digest;
import keystone.agent.process.Command;

/// The host's apt, working in a directory of ours: it never reads or changes what the host has
/// installed, needs no root, and takes from the host's settings only how to reach a server.
final class Apt {
    /// Downloads may be slow; nobody waits longer for a stalled server.
    private static final Duration LIMIT = Duration.ofMinutes(30);

    /// What `apt-get --print-uris` prints for each file: 'URI' NAME_VERSION_ARCH.deb SIZE HASH.
    private static final Pattern FILE =
            Pattern.compile("'([^']+)' ([^_]+)_([^_]+)_([^_]+)\\.deb (\\d+) SHA256:([0-9a-f]{64})");

    private static final String DOWNLOADS = "downloads";
    private static final String TEMPORARY = "tmp";

    private static final DateTimeFormatter RELEASE_DATE =
            DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss zzz", Locale.ROOT);

    private final AptPlace place;

    private Apt(AptPlace place) {
        this.place = place;
    }

    /// Sets up apt's files in a new directory.
    ///
    /// @param installed the dpkg status of what is there already; empty for nothing
    static Apt in(Path directory, List<PackageSource> sources, String installed)
            throws IOException, InterruptedException {
        AptPlace place = AptPlace.in(directory);
        Files.createDirectories(directory.resolve("lists/partial"));
        Files.createDirectories(directory.resolve("cache/archives/partial"));
        Files.createDirectories(directory.resolve("sources"));
        Files.writeString(directory.resolve("status"), installed);
        Files.writeString(
                directory.resolve("sources/host.sources"),
                sources.stream().map(PackageSource::stanza).collect(Collectors.joining()));
        Files.writeString(directory.resolve("apt.conf"), configuration(place));
        place.openToDownloads(TEMPORARY);
        return new Apt(place);
    }

    private static String configuration(AptPlace place) throws InterruptedException {
        return """
               Dir::State "%1$s";
               Dir::State::lists "%1$s/lists";
               Dir::State::status "%1$s/status";
               Dir::Cache "%1$s/cache";
               Dir::Etc::parts "/dev/null";
               Dir::Etc::main "/dev/null";
               Dir::Etc::sourcelist "/dev/null";
               Dir::Etc::sourceparts "%1$s/sources";
               Dir::Etc::preferences "/dev/null";
               Dir::Etc::preferencesparts "/dev/null";
               APT::Architecture "amd64";
               APT::Architectures { "amd64"; };
               APT::Install-Recommends "false";
               APT::Sandbox::User "%2$s";
               Acquire::Languages "none";
               Acquire::ForceHash "sha256";
               """
                        .formatted(place.seen(), place.user())
                + hostsWayToServers();
    }

    /// The host's proxies, certificates and time-outs.
    private static String hostsWayToServers() throws InterruptedException {
        return Command.of("apt-config", "dump", "Acquire")
                .run(Duration.ofSeconds(10))
                .output()
                .lines()
                .filter(line -> line.matches("Acquire::(http|https|ftp|Retries|Proxy).*"))
                .collect(Collectors.joining("\n", "", "\n"));
    }

    private Command command(String program, String... arguments) {
        List<String> all = Stream.concat(Stream.of(program, "-q"), Stream.of(arguments)).toList();
        return place.command(all)
                .withEnvironment("APT_CONFIG", place.seen().resolve("apt.conf").toString())
                .withEnvironment("TMPDIR", place.seen().resolve(TEMPORARY).toString())
                .withEnvironment("LC_ALL", "C");
    }

    /// Fetches the indexes of all sources.
    void update() throws InterruptedException {
        Tool.of(command("apt-get", "--error-on=any", "update"), LIMIT).run();
    }

    /// The packages, and all that they need beyond what is installed, in the order of installation.
    List<LockedPackage> resolve(List<String> names) throws InterruptedException {
        var found = new ArrayList<LockedPackage>();
        Command ask =
                command("apt-get", "-y", "--print-uris", "install", "--")
                        .with(names.toArray(String[]::new));
        Tool.of(ask, LIMIT).onLine(line -> packageIn(line).ifPresent(found::add)).run();
        return found;
    }

    /// The package that a line of apt's answer tells of, if it is such a line.
    static Optional<LockedPackage> packageIn(String line) {
        Matcher file = FILE.matcher(line);
        if (!file.matches()) {
            return Optional.empty();
        }
        // The file's name has the colon of an epoch as %3a; everything else stands for itself.
        String version = file.group(3).replace("+", "%2b");
        return Optional.of(
                new LockedPackage(
                        file.group(2),
                        URLDecoder.decode(version, StandardCharsets.UTF_8),
                        file.group(4),
                        new Digest(file.group(6)),
                        Long.parseLong(file.group(5)),
                        file.group(1)));
    }

    /// When the newest of the indexes was made.
    Instant newestRelease() throws IOException {
        Instant newest = Instant.EPOCH;
        try (DirectoryStream<Path> releases =
                Files.newDirectoryStream(place.outside().resolve("lists"), "*Release")) {
            for (Path release : releases) {
                Instant date = releaseDate(Files.readString(release));
                newest = date.isAfter(newest) ? date : newest;
            }
        }
        return newest;
    }

    /// Tells one state of the package sources from another: each signs anew whatever it changes.
    Digest indexes() throws IOException {
        var releases = new TreeMap<String, Digest>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(place.outside().resolve("lists"), "*Release")) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                releases.put(name, Digest.of(Files.readAllBytes(file)));
            }
        }
        return Digest.of(releases.toString());
    }

    static Instant releaseDate(String release) {
        return release.lines()
                .filter(line -> line.startsWith("Date: "))
                .findFirst()
                .map(line -> ZonedDateTime.parse(line.substring(6).strip(), RELEASE_DATE))
                .map(ZonedDateTime::toInstant)
                .orElse(Instant.EPOCH);
    }

    /// Fetches files, each to `NAME-BY-DIGEST.deb`, with the expected content or not at all.
    ///
    /// @param onFile runs once for each file that is begun
    /// @return the directory where they are
    Path download(List<LockedPackage> packages, Runnable onFile)
            throws IOException, InterruptedException {
        Path into = place.openToDownloads(DOWNLOADS);
        Path seen = place.seen().resolve(DOWNLOADS);
        var triples = new ArrayList<String>();
        for (LockedPackage each : packages) {
            triples.add(each.uri());
            triples.add(seen.resolve(each.sha256() + ".deb").toString());
            triples.add("SHA256:" + each.sha256());
        }
        Command fetch =
                command("/usr/lib/apt/apt-helper", "download-file")
                        .with(triples.toArray(String[]::new));
        Tool.of(fetch, LIMIT)
                .onLine(
                        line -> {
                            if (line.startsWith("Get:")) {
                                onFile.run();
                            }
                        })
                .run();
        return into;
    }
}
