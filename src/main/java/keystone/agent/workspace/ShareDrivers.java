package keystone.agent.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import keystone.agent.model.Check;
import keystone.agent.model.Owner;
import keystone.agent.model.ShareDriver;
import keystone.agent.model.ShellWord;
import keystone.agent.model.UserError;
import keystone.agent.process.ConfinementSearch;
import keystone.agent.process.Packages;
import keystone.agent.workspace.VirtiofsdSearch.Finding;

/// The share drivers of this host. Thread-safe.
public final class ShareDrivers {
    private static final String ASKED_FOR = "it was asked for";
    private static final String NAME = "virtiofsd";

    private static final Path RELEASE = Path.of("/etc/os-release");

    private final ConfinementSearch confinements;
    private final VirtiofsdSearch search;
    private final Path script;

    /// For this host.
    ///
    /// @param confinements as whom, and how, a virtiofsd can work
    /// @param folder where the script puts one
    /// @param script brings one where the host's own release has none
    public ShareDrivers(ConfinementSearch confinements, Path folder, Path script) {
        this(confinements, VirtiofsdSearch.onThisHost(folder), script);
    }

    ShareDrivers(ConfinementSearch confinements, VirtiofsdSearch search, Path script) {
        this.confinements = confinements;
        this.search = search;
        this.script = script;
    }

    /// Why nothing that is shared can be covered on this host ([Share.Cover]); empty when it can.
    public Optional<String> obstacleToCovers(Owner owner) throws InterruptedException {
        return confinements.tightest(owner).hasPlaces()
                ? Optional.empty()
                : Optional.of("this host permits no user namespaces");
    }

    /// Starts whatever the shares need with the driver that was asked for, or with the best one
    /// that works.
    ///
    /// @throws UserError when the driver that was asked for does not work here, or a directory was
    ///     exchanged while it was being shared
    public ShareService open(
            Shares shares, ShareDriver asked, ServicePlace place, ShareService.Listener listener)
            throws InterruptedException {
        return switch (asked) {
            case NINE_P, NINE_P_MAPPED -> new NothingRuns(asked, ASKED_FOR);
            case VIRTIOFS -> virtiofs(program(), shares, place, listener).because(ASKED_FOR);
            case AUTO -> best(shares, place, listener);
            case CLONE ->
                    shares.byTag().isEmpty()
                            ? new NothingRuns(ShareDriver.NINE_P, "nothing is shared")
                            : best(shares, place, listener);
        };
    }

    private ShareService best(Shares shares, ServicePlace place, ShareService.Listener listener)
            throws InterruptedException {
        try {
            Virtiofsd program = program();
            requireOpenFiles(shares, place);
            VirtiofsService service = virtiofs(program, shares, place, listener);
            return service.because(service.program() + " works here, and is the fastest");
        } catch (UserError failure) {
            if (failure.kind() != UserError.Kind.HOST_LACKS) {
                throw failure;
            }
            return new NothingRuns(ShareDriver.NINE_P, failure.problem());
        }
    }

    private static void requireOpenFiles(Shares shares, ServicePlace place) {
        OpenFiles.ofThisHost()
                .tooFewFor(shares)
                .ifPresent(
                        tooFew -> {
                            throw UserError.hostLacks(tooFew, place.withoutVirtiofsd());
                        });
    }

    private VirtiofsService virtiofs(
            Virtiofsd program, Shares shares, ServicePlace place, ShareService.Listener listener)
            throws InterruptedException {
        return new VirtiofsStart(program, confinements, place, listener).run(shares);
    }

    private Virtiofsd program() throws InterruptedException {
        return switch (search.find()) {
            case Finding.Usable(Virtiofsd program) -> program;
            case Finding.Unusable(String why) -> throw UserError.hostLacks(why, fix());
        };
    }

    private String fix() {
        String release;
        try {
            release = Files.readString(RELEASE);
        } catch (IOException untold) {
            // Then it is taken for one with a package.
            release = "";
        }
        return install(release, Packages.ofThisHost(), script);
    }

    /// @param release os-release(5)
    /// @param script brings virtiofsd to Debian 12, the one release without a package of it
    static String install(String release, Packages packages, Path script) {
        List<String> lines = release.lines().map(line -> line.replace("\"", "")).toList();
        boolean isDebian12 = lines.containsAll(List.of("ID=debian", "VERSION_ID=12"));
        return isDebian12 ? ShellWord.quote(script.toString()) : packages.install("virtiofsd");
    }

    /// What `doctor` asks: for information, because 9p works without it.
    public List<Check> checks() throws InterruptedException {
        return List.of(
                switch (search.find()) {
                    case Finding.Usable(Virtiofsd program) ->
                            Check.passed(NAME, program.version() + " at " + program.path());
                    case Finding.Unusable(String why) ->
                            Check.passed(NAME, why + "; projects are shared over 9p");
                });
    }
}
