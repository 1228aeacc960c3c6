package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Sandbox;
import keystone.agent.it.Virtiofsd;
import keystone.agent.json.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every share driver around one and the same sandbox, one after the other, and how one is chosen.
@ExtendWith(Installations.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ShareDriversIT {
    /// What Debian 12's QEMU brings along.
    private static final Path IN_C = Path.of("/usr/lib/qemu/virtiofsd");

    private static Installation home;
    private static Sandbox shop;

    @BeforeAll
    static void start() throws Exception {
        home = Installation.withOwnImages().withVirtiofsd();
        shop = home.start(home.project("shop"));
    }

    @AfterAll
    static void close() {
        home.close();
    }

    @Test
    @Order(1)
    void auto_takes_virtiofs_where_it_works_and_says_why() throws Exception {
        assertDriver("virtiofs");
        assertThat(shop.status().string("shareReason"))
                .matches("virtiofsd 1\\.\\d+\\.\\d+ works here, and is the fastest");
        assertThat(shop.keystone("status").run().succeeds().output())
                .contains("/workspace over virtiofs (virtiofsd 1.");
        assertThat(shop.says("findmnt", "-no", "FSTYPE", "/workspace")).isEqualTo("virtiofs");
        // One for the project, one for what the guest's git borrows.
        assertThat(shop.shareServers()).hasSize(2);
        assertThat(shop.status().object("watch").string("how")).isEqualTo("events");
        assertThat(shop.says("sh", "-c", "env | grep -c POLLING || true")).isEqualTo("0");
    }

    @Test
    @Order(2)
    void doctor_names_the_virtiofsd_that_is_used() throws Exception {
        assertThat(doctor(home)).matches("virtiofsd 1\\.\\d+\\.\\d+ at /.*");
    }

    @Test
    @Order(3)
    void virtiofs_shows_true_modes_and_gives_what_root_makes_to_the_owner() throws Exception {
        assertSharesBothWays();
        assertThat(modeOnHost("run")).isEqualTo("rwxr-xr-x");
        assertThat(Files.readSymbolicLink(onHost("link"))).hasToString("run");
        shop.says("sudo", "sh", "-ec", "install -m 600 -o root run of-root; chown 0:0 of-root");
        assertThat(shop.says("stat", "-c", "%U %a", "of-root")).isEqualTo("sandbox 600");
        assertOwnedAsTheProject("of-root");
        assertLeavesNothing();
    }

    @Test
    @Order(4)
    void nine_p_shows_true_modes_too_but_root_can_give_nothing_away() throws Exception {
        shop.starting("--share", "9p").run().succeeds();

        assertDriver("9p");
        assertThat(shop.status().string("shareReason")).isEqualTo("it was asked for");
        assertPolls();
        assertThat(shop.shareServers()).isEmpty();
        assertSharesBothWays();
        assertThat(modeOnHost("run")).isEqualTo("rwxr-xr-x");
        assertThat(Files.readSymbolicLink(onHost("link"))).hasToString("run");
        assertThat(shop.executing("sudo", "chown", "0", "run").run().status()).isNotZero();
        assertLeavesNothing();
    }

    @Test
    @Tag("full")
    @Order(5)
    void nine_p_mapped_keeps_owners_modes_and_links_to_the_guest() throws Exception {
        // Alone in its shard, it finds what the class started with.
        shop.keystone("stop").run().succeeds();
        shop.starting("--share", "9p-mapped").run().succeeds();

        assertDriver("9p-mapped");
        assertPolls();
        assertSharesBothWays();
        assertThat(modeOnHost("run")).isEqualTo("rw-------");
        assertThat(Files.isSymbolicLink(onHost("link"))).isFalse();
        assertThat(shop.says("readlink", "link")).isEqualTo("run");
        assertThat(shop.says("sh", "-c", "sudo chown 0 run && stat -c %U run")).isEqualTo("root");
        assertOwnedAsTheProject("run");
        assertLeavesNothing();
    }

    @Test
    @Order(6)
    void auto_falls_back_to_9p_when_virtiofsd_does_not_start_and_says_why() throws Exception {
        assumeFalse(Virtiofsd.isOfTheHost(), "this host has a virtiofsd for everybody");
        Path program = home.cache().resolve("virtiofsd/virtiofsd");
        Path loader = home.cache().resolve("virtiofsd/lib/ld-linux-x86-64.so.2");
        Files.delete(loader);
        Files.writeString(
                loader,
                """
                #!/bin/sh
                case $* in *--version) echo virtiofsd 1.13.2; exit ;; esac
                echo 'it burns' >&2
                exit 7
                """);
        Files.setPosixFilePermissions(loader, Files.getPosixFilePermissions(program));

        shop.starting("--share", "auto").run().succeeds();

        assertDriver("9p");
        assertThat(shop.status().string("shareReason"))
                .isEqualTo("virtiofsd 1.13.2 does not start here: it burns");
        assertLeavesNothing();
        Ended refused = shop.starting("--share", "virtiofs").run();
        assertThat(refused.status()).isEqualTo(4);
        assertThat(refused.errors())
                .contains("error: virtiofsd 1.13.2 does not start here: it burns")
                .contains("fix:   keystone-agent start --share 9p --name " + shop.name());
        assertThat(shop.processes()).isEmpty();
        assertThat(shop.state()).isEqualTo("stopped");
    }

    @Test
    @Order(7)
    void the_virtiofsd_of_debian_12_is_recognised_and_refused(Installation other) throws Exception {
        assumeTrue(Files.isExecutable(IN_C), "this host has no virtiofsd in C");
        assumeFalse(Virtiofsd.isOfTheHost(), "this host has a better one");

        Ended refused = other.starting(other.project("old"), "--share", "virtiofs").run();

        assertThat(refused.status()).isEqualTo(4);
        assertThat(refused.errors())
                .contains("error: " + IN_C + " is the old one in C, which needs root")
                // This release has none, but for what the script brings.
                .containsPattern("fix:   /\\S+/fetch-virtiofsd\n");
        assertThat(doctor(other)).startsWith(IN_C + " is the old one in C");
        assertThat(other.processes()).isEmpty();
    }

    private static void assertPolls() throws InterruptedException {
        assertThat(shop.status().object("watch").string("how")).isEqualTo("polling");
        assertThat(shop.keystone("status").run().succeeds().output())
                .containsPattern("watchers +have to poll: 9p");
        assertThat(shop.says("sh", "-c", "echo $CHOKIDAR_USEPOLLING $WATCHPACK_POLLING"))
                .isEqualTo("1 true");
    }

    private static void assertDriver(String driver) throws InterruptedException {
        assertThat(shop.status().string("share")).isEqualTo(driver);
    }

    private static String doctor(Installation of) throws InterruptedException {
        return of.keystone("doctor", "--json").run().objects().stream()
                .filter(check -> check.string("name").equals("virtiofsd"))
                .map((Json.Obj check) -> check.string("message"))
                .findFirst()
                .orElseThrow();
    }

    /// What programs do with files, and that each side sees what the other did.
    private static void assertSharesBothWays() throws IOException, InterruptedException {
        clean();
        String program =
                """
                import fcntl, mmap, os, shutil
                os.makedirs("c/deep")
                with open("c/a", "w") as f: f.write("one")
                with open("c/a", "a") as f: f.write("two")
                with open("c/b", "w") as f: f.write("old")
                os.replace("c/a", "c/b")
                assert open("c/b").read() == "onetwo"
                os.link("c/b", "c/hard")
                assert os.stat("c/b").st_nlink == 2
                with open("c/map", "wb+") as f:
                    f.truncate(8192)
                    with mmap.mmap(f.fileno(), 8192) as m: m[4096:4100] = b"here"
                assert open("c/map", "rb").read()[4096:4100] == b"here"
                with open("c/b") as f: fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
                unlinked = open("c/hard")
                os.unlink("c/hard")
                assert unlinked.read() == "onetwo"
                unlinked.close()
                shutil.rmtree("c")
                with open("run", "w") as f: f.write("#!/bin/sh\\necho ran\\n")
                os.chmod("run", 0o755)
                os.symlink("run", "link")
                """;

        shop.says("python3", "-c", program);
        shop.project().write("of-host", "host\n");

        assertThat(shop.says("./link")).isEqualTo("ran");
        assertThat(shop.says("stat", "-c", "%U %G %a", "run")).isEqualTo("sandbox sandbox 755");
        assertThat(shop.says("cat", "of-host")).isEqualTo("host");
        assertThat(shop.says("git", "status", "--short")).isEqualTo("?? link\n?? of-host\n?? run");
        assertThat(shop.project().read("run")).endsWith("echo ran\n");
        assertOwnedAsTheProject("run");
    }

    private static void clean() throws IOException {
        for (String file : new String[] {"run", "link", "of-root", "of-host"}) {
            Files.deleteIfExists(onHost(file));
        }
    }

    private static Path onHost(String file) {
        return shop.project().path().resolve(file);
    }

    private static String modeOnHost(String file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(onHost(file)));
    }

    private static void assertOwnedAsTheProject(String file) throws IOException {
        assertThat(Files.getAttribute(onHost(file), "unix:uid", LinkOption.NOFOLLOW_LINKS))
                .isEqualTo(Files.getAttribute(shop.project().path(), "unix:uid"));
    }

    private static void assertLeavesNothing() throws InterruptedException {
        shop.keystone("stop").run().succeeds();

        assertThat(shop.processes()).isEmpty();
        assertThat(home.runs()).isEmpty();
    }
}
