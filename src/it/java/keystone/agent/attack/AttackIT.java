package keystone.agent.attack;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import keystone.agent.it.Installations;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/// Every attack of [Attacks], by root in the guest, against every layout and every driver. A result
/// that is not the expected one fails, whether worse or better. What was seen is in
/// `target/attacks.log`; the documentation's tables say what is expected.
@ExtendWith(Installations.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AttackIT {
    private static final Path PAGE = Path.of("docs/security.md");
    private static final Path LOG = Path.of("target/attacks.log");

    /// Set to `write` it puts what is expected into the documentation.
    private static final String PROPERTY = "attacks";

    /// Only attacks of which this pattern is found in `LAYOUT, DRIVER: TITLE`, for whoever works on
    /// them.
    private static final Predicate<String> ONLY =
            Pattern.compile(System.getProperty("attack", "")).asPredicate();

    private static final List<String> SEEN = new ArrayList<>();

    @TestFactory
    @Order(1)
    Stream<DynamicTest> what_is_most_dangerous_to_a_protected_repository_over_virtiofs() {
        return attacks(new Turn(Layout.PROTECTED, "virtiofs"), Attacks.DANGEROUS::contains);
    }

    @TestFactory
    @Order(2)
    @Tag("full")
    @Tag("full-attacks")
    Stream<DynamicTest> everything_else_to_it() {
        return attacks(
                new Turn(Layout.PROTECTED, "virtiofs"), each -> !Attacks.DANGEROUS.contains(each));
    }

    @TestFactory
    @Order(3)
    @Tag("full")
    @Tag("full-attacks")
    Stream<DynamicContainer> every_other_layout_and_driver() {
        return Stream.of(Layout.values())
                .flatMap(layout -> layout.drivers().stream().map(each -> new Turn(layout, each)))
                .filter(turn -> !turn.isFirst())
                .map(
                        turn ->
                                DynamicContainer.dynamicContainer(
                                        turn.toString(), attacks(turn, _ -> true)));
    }

    @Test
    @Order(4)
    void the_documentation_has_what_each_attack_is_held_to() throws IOException {
        String page = Files.readString(PAGE);
        String expected = AttackTable.writtenInto(page);
        if ("write".equals(System.getProperty(PROPERTY))) {
            Files.writeString(PAGE, expected);
            return;
        }

        assertThat(page)
                .as("%s; after a look, run this test with -D%s=write", PAGE, PROPERTY)
                .isEqualTo(expected);
    }

    private static Stream<DynamicTest> attacks(Turn turn, Predicate<Attack> chosen) {
        return Attacks.against(turn.layout, turn.driver).stream()
                .filter(chosen)
                .filter(each -> ONLY.test(turn + ": " + each.title()))
                .map(each -> DynamicTest.dynamicTest(each.title(), () -> turn.takes(each)))
                .onClose(turn::close);
    }

    /// One scene, which is there from its first attack on.
    private static final class Turn implements AutoCloseable {
        private final Layout layout;
        private final String driver;
        private @Nullable Scene scene;
        private boolean tried;

        Turn(Layout layout, String driver) {
            this.layout = layout;
            this.driver = driver;
        }

        /// Whether it is the one that is always taken.
        boolean isFirst() {
            return layout == Layout.PROTECTED && driver.equals("virtiofs");
        }

        void takes(Attack attack) throws Exception {
            Scene here = scene();
            var log = new ArrayList<String>();
            long begun = System.nanoTime();
            try {
                judge(attack, here.suffer(attack, log), log);
            } finally {
                long millis = (System.nanoTime() - begun) / 1_000_000;
                SEEN.add("    %d ms; guest: %s".formatted(millis, log).replace('\n', ' '));
                Files.write(LOG, SEEN);
            }
        }

        /// Tried once: what cannot be set for one attack cannot be for the next.
        private Scene scene() throws Exception {
            Scene here = scene;
            if (here == null) {
                assertThat(tried).as("there is a scene").isFalse();
                tried = true;
                here = Scene.of(layout, driver);
                scene = here;
                assertThat(here.canTellReading()).as("reading a file changes its time").isTrue();
            }
            return here;
        }

        private void judge(Attack attack, Harm harm, List<String> log) {
            Result expected = attack.expected(layout, driver);
            SEEN.add(
                    String.format(
                                    Locale.ROOT,
                                    "%s, %s: %s: %s",
                                    this,
                                    attack.title(),
                                    harm.result().word(),
                                    harm)
                            .replace('\n', ' '));
            assertThat(harm.result()).as("%s%nguest: %s", harm, log).isEqualTo(expected);
            if (expected == Result.DETECTED) {
                assertThat(harm.told()).anyMatch(each -> each.contains(attack.telling()));
            }
        }

        @Override
        public void close() {
            if (scene != null) {
                scene.close();
            }
        }

        @Override
        public String toString() {
            return layout.word() + ", " + driver;
        }
    }
}
