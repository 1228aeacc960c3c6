package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Sandbox;
import keystone.agent.workspace.ConformanceRow.Length;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every row of [Conformance] with every share driver, from inside the guest and from the host. A
/// gap that is not listed fails, and so does a listed one that is none. What was seen is in
/// `target/conformance.log`, the table that follows from it in `target/conformance.md`.
@ExtendWith(Installations.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ConformanceIT {
    private static final Path PAGE = Path.of("docs/workspace.md");
    private static final Path LOG = Path.of("target/conformance.log");
    private static final Path TABLE = Path.of("target/conformance.md");

    /// Set to `write` it puts what was seen into the documentation.
    private static final String PROPERTY = "conformance";

    private static final String DIRECTORY = "conformance";

    private static Installation home;
    private static Sandbox shop;
    private static ConformanceTable table;
    private static final List<String> SEEN = new ArrayList<>();

    @BeforeAll
    static void start() throws Exception {
        table = ConformanceTable.in(Files.readString(PAGE));
        home = Installation.withOwnImages().withVirtiofsd();
        shop = home.start(home.project("shop"), "--share", "virtiofs");
    }

    @AfterAll
    static void close() {
        home.close();
    }

    @TestFactory
    @Order(1)
    Stream<DynamicTest> virtiofs() throws Exception {
        return rows("virtiofs", row -> row.length() == Length.SECONDS);
    }

    @TestFactory
    @Order(2)
    @Tag("full")
    Stream<DynamicTest> virtiofs_with_much() throws Exception {
        return rows("virtiofs", row -> row.length() == Length.MINUTES);
    }

    @TestFactory
    @Order(3)
    Stream<DynamicTest> nine_p() throws Exception {
        return rows("9p", row -> row.length() == Length.SECONDS);
    }

    @TestFactory
    @Order(4)
    @Tag("full")
    Stream<DynamicTest> nine_p_with_much() throws Exception {
        return rows("9p", row -> row.length() == Length.MINUTES);
    }

    @TestFactory
    @Order(5)
    @Tag("full")
    Stream<DynamicTest> nine_p_mapped() throws Exception {
        return rows("9p-mapped", _ -> true);
    }

    @Test
    @Order(6)
    void the_documentation_has_what_was_seen() throws Exception {
        Files.write(LOG, SEEN);
        Files.writeString(TABLE, table.toString());
        String page = Files.readString(PAGE);
        String seen = table.writtenInto(page);
        if ("write".equals(System.getProperty(PROPERTY))) {
            Files.writeString(PAGE, seen);
            return;
        }

        assertThat(page)
                .as("%s; after a look, run this test with -D%s=write", PAGE, PROPERTY)
                .isEqualTo(seen);
    }

    /// A driver takes its turn when its tests begin: one sandbox is enough for all of them.
    private static Stream<DynamicTest> rows(String driver, Predicate<ConformanceRow> chosen)
            throws Exception {
        var turn = new Turn(driver);
        Stream<DynamicTest> tests =
                Conformance.ROWS.stream()
                        .filter(chosen)
                        .map(row -> DynamicTest.dynamicTest(row.title(), () -> turn.tries(row)));
        return tests.onClose(turn::close);
    }

    /// The sandbox with one of the drivers, and the program in it that takes the steps.
    private static final class Turn implements AutoCloseable {
        private static final Duration SOON = Duration.ofMinutes(2);
        private static final Duration LATE = Duration.ofMinutes(15);

        private final String driver;
        private final Path directory;
        private GuestSteps steps;
        private int number;

        Turn(String driver) throws IOException, InterruptedException {
            this.driver = driver;
            if (!shop.status().string("share").equals(driver)) {
                shop.keystone("stop").run().succeeds();
                shop.starting("--share", driver).run().succeeds();
            }
            assertThat(shop.status().string("share")).isEqualTo(driver);
            Path all = shop.project().path().resolve(DIRECTORY);
            directory = Files.createTempDirectory(Files.createDirectories(all), driver + "-");
            Files.write(directory.resolve("steps.py"), script());
            steps = started();
        }

        private GuestSteps started() {
            return new GuestSteps(shop, inGuest("steps.py"));
        }

        private String inGuest(String name) {
            return String.join("/", "/workspace", DIRECTORY, directory.getFileName() + "", name);
        }

        void tries(ConformanceRow row) throws Exception {
            String name = "row" + number++;
            Path host = Files.createDirectory(directory.resolve(name));
            Duration limit = row.length() == Length.SECONDS ? SOON : LATE;
            if (!steps.isReady()) {
                steps = started();
            }
            long begun = System.nanoTime();
            String seen = "";
            AssertionError failure = null;
            try {
                seen = row.trial().in(new SharedTree(steps, host, inGuest(name), limit));
            } catch (AssertionError | IOException failed) {
                failure =
                        failed instanceof AssertionError error ? error : new AssertionError(failed);
            }
            long millis = (System.nanoTime() - begun) / 1_000_000;
            judge(row, failure, seen, millis);
        }

        private void judge(
                ConformanceRow row, @Nullable AssertionError failure, String seen, long millis) {
            String said = failure == null ? seen : "no: " + oneLine(failure);
            SEEN.add("%s\t%d ms\t%s\t%s".formatted(driver, millis, row.title(), said));
            table.saw(row.title(), driver, failure == null);
            String reason = row.gaps().get(driver);
            if (failure != null && reason == null) {
                throw failure;
            }
            assertThat(failure != null || reason == null)
                    .as("works, but is listed as a gap: %s", reason)
                    .isTrue();
        }

        private static String oneLine(AssertionError failure) {
            return String.valueOf(failure.getMessage()).strip().replaceAll("\\s+", " ");
        }

        @Override
        public void close() {
            steps.close();
        }

        private static byte[] script() throws IOException {
            try (InputStream script =
                    ConformanceIT.class.getResourceAsStream("/conformance/steps.py")) {
                return Objects.requireNonNull(script).readAllBytes();
            }
        }
    }
}
