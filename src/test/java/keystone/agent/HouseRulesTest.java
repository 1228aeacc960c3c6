package keystone.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The house rules that a compiler does not keep. `House` has the table of rooms.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HouseRulesTest {
    private static final String BASE = "keystone.agent";
    private static final String FIXTURE = BASE + ".fixture";
    private static final Path CLASSES = Path.of("target/classes");
    private static final int LONGEST_FILE = 400;

    private static final Set<String> GROUND = Set.of("model", "process", "json", "jsonrpc");

    private static final Set<String> JUNK =
            Set.of("util", "utils", "common", "helper", "helpers", "manager", "impl");
    private static final Pattern JUNK_CLASS =
            Pattern.compile("Default.+|.*(Util|Utils|Common|Helper|Helpers|Manager|Impl)");

    private final JavaClasses main = new ClassFileImporter().importPath(CLASSES);
    private final JavaClasses tests =
            new ClassFileImporter().importPath(Path.of("target/test-classes"));

    @Test
    void every_class_file_is_read() throws IOException {
        try (Stream<Path> files = Files.walk(CLASSES)) {
            long compiled = files.filter(file -> file.toString().endsWith(".class")).count();

            assertThat(main).hasSize(Math.toIntExact(compiled));
        }
    }

    @Test
    void arrows_point_down() {
        assertThat(new House(BASE).wrongArrows(main)).isEmpty();
    }

    @Test
    void a_wrong_arrow_is_caught() {
        JavaClasses fixture = new ClassFileImporter().importPackages(FIXTURE);

        assertThat(new House(FIXTURE).wrongArrows(fixture))
                .containsExactly(
                        "`keystone.agent.fixture.cellar.Stray` is in no room of the house",
                        "keystone.agent.fixture.cli.Screen -> com.google.gson.stream.JsonReader",
                        "keystone.agent.fixture.model.Word -> keystone.agent.fixture.process.Child");
    }

    @Test
    void nobody_sleeps() {
        List<String> sleepers = callers(call -> call.endsWith(".sleep"), main, tests);

        assertThat(sleepers).isEmpty();
    }

    /// What the kernel tells nobody about is looked at again and again, in one place.
    @Test
    void only_patience_polls() {
        List<String> polling =
                callers(
                        call -> call.startsWith(LockSupport.class.getName() + ".park"),
                        main,
                        tests);

        assertThat(polling).allMatch(caller -> caller.startsWith(BASE + ".process.Patience."));
    }

    @Test
    void only_the_process_room_starts_processes() {
        List<String> starters =
                callers(
                        call ->
                                call.equals(ProcessBuilder.class.getName() + ".<init>")
                                        || call.equals(Runtime.class.getName() + ".exec"),
                        main);

        assertThat(starters).allMatch(caller -> caller.startsWith(BASE + ".process."));
    }

    @Test
    void no_static_state_changes() {
        assertThat(
                        main.stream()
                                .flatMap(type -> type.getFields().stream())
                                .filter(field -> field.getModifiers().contains(JavaModifier.STATIC))
                                .filter(field -> !field.getModifiers().contains(JavaModifier.FINAL))
                                .map(field -> field.getFullName()))
                .isEmpty();
    }

    @Test
    void a_class_is_final_or_made_to_be_extended() {
        assertThat(
                        main.stream()
                                .filter(type -> !type.isInterface() && !type.isAnonymousClass())
                                .filter(type -> !type.getModifiers().contains(JavaModifier.FINAL))
                                .filter(
                                        type ->
                                                !type.getModifiers()
                                                        .contains(JavaModifier.ABSTRACT))
                                // An enum whose constants have bodies is sealed by the compiler.
                                .filter(type -> !type.isEnum())
                                .filter(type -> !type.getSimpleName().equals("package-info"))
                                .map(JavaClass::getName))
                .isEmpty();
    }

    @Test
    void no_door_speaks_of_futures() {
        assertThat(
                        main.stream()
                                .filter(HouseRulesTest::isDoor)
                                .flatMap(type -> type.getMethods().stream())
                                .filter(
                                        method ->
                                                method.getModifiers().contains(JavaModifier.PUBLIC))
                                .filter(
                                        method ->
                                                method.getRawReturnType()
                                                        .isEquivalentTo(CompletableFuture.class))
                                .map(method -> method.getFullName()))
                .isEmpty();
    }

    /// What another room can name: public, and so is whatever it is nested in.
    private static boolean isDoor(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(HouseRulesTest::isDoor).orElse(true);
    }

    @Test
    void no_name_says_nothing() {
        assertThat(
                        main.stream()
                                .filter(
                                        type ->
                                                JUNK_CLASS.matcher(type.getSimpleName()).matches()
                                                        || Stream.of(
                                                                        type.getPackageName()
                                                                                .split("\\."))
                                                                .anyMatch(JUNK::contains))
                                .map(JavaClass::getName))
                .isEmpty();
    }

    @Test
    void every_room_is_null_marked() {
        assertThat(
                        main.stream()
                                .map(JavaClass::getPackage)
                                .distinct()
                                .filter(room -> !room.isAnnotatedWith(NullMarked.class))
                                .map(room -> room.getName()))
                .isEmpty();
    }

    @Test
    void every_room_says_what_it_is_for() throws IOException {
        for (Path info : sources("src/main/java", file -> file.endsWith("package-info.java"))) {
            assertThat(info).content().startsWith("/// ");
        }
    }

    @Test
    void files_stay_short() throws IOException {
        for (Path file : sources("src", file -> file.endsWith(".java"))) {
            assertThat(Files.readAllLines(file))
                    .as("lines of %s", file)
                    .hasSizeLessThanOrEqualTo(LONGEST_FILE);
        }
    }

    @Test
    void nothing_is_left_for_later() throws IOException {
        for (Path file : sources("src/main", _ -> true)) {
            assertThat(file).content().doesNotContainPattern("\\b(TODO|FIXME|XXX)\\b");
        }
    }

    /// `import module` hides what a file leans on, and the formatter breaks a markdown comment of
    /// more than 100 columns when it reaches it unwrapped.
    @Test
    void imports_are_explicit_and_comments_unbroken() throws IOException {
        for (Path file : sources("src", file -> file.endsWith(".java"))) {
            assertThat(file)
                    .content()
                    .doesNotContainPattern("(?m)^import module ")
                    .doesNotContainPattern("(?m)^ */// .*\\R */?/ ?[^/ ]");
        }
    }

    @Test
    void every_room_with_integration_tests_is_a_shard() throws IOException {
        List<String> shards =
                Files.readAllLines(Path.of("src/it/shards")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split(" ", 2)[0])
                        .toList();

        Path root = Path.of("src/it/java/keystone/agent");
        for (Path test : sources("src/it", file -> file.endsWith("IT.java"))) {
            Path room = root.relativize(test).getName(0);
            assertThat(shards)
                    .as("src/it/shards lists the room of %s", test)
                    .contains(room.toString());
        }
    }

    /// A change of the ground is a change of all; of any other room, of the shards that name it.
    @Test
    void every_room_above_the_ground_is_tested_by_a_shard() throws IOException {
        List<String> tested =
                Files.readAllLines(Path.of("src/it/shards")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .flatMap(line -> Stream.of(line.split(" ")))
                        .toList();

        try (Stream<Path> rooms = Files.list(Path.of("src/main/java/keystone/agent"))) {
            List<String> names =
                    rooms.filter(Files::isDirectory)
                            .map(room -> room.getFileName().toString())
                            .filter(room -> !GROUND.contains(room))
                            .toList();
            assertThat(tested).containsAll(names);
        }
    }

    /// Continuous integration decides by these numbers what it has time for.
    @Test
    void every_shard_says_how_long_it_takes() throws IOException {
        List<String> shards =
                Files.readAllLines(Path.of("src/it/shards")).stream()
                        .filter(line -> !line.startsWith("#"))
                        .toList();

        assertThat(shards)
                .isNotEmpty()
                .allMatch(line -> line.matches("[a-z]+ \\d+ \\d+( [a-z]+)*"));
        for (Path test : sources("src/it", file -> file.endsWith("IT.java"))) {
            if (Files.readString(test).contains("@Tag(\"full\")")) {
                String room =
                        Path.of("src/it/java/keystone/agent").relativize(test).getName(0) + "";
                assertThat(shards)
                        .as("%s takes time", test)
                        .noneMatch(line -> line.matches(room + " \\d+ 0( .*)?"));
            }
        }
    }

    private static List<String> callers(Predicate<String> wanted, JavaClasses... where) {
        return Stream.of(where)
                .flatMap(JavaClasses::stream)
                .flatMap(type -> type.getCodeUnitCallsFromSelf().stream())
                .filter(
                        call ->
                                wanted.test(
                                        call.getTargetOwner().getName()
                                                + "."
                                                + call.getTarget().getName()))
                .map(call -> call.getOrigin().getFullName())
                .toList();
    }

    private static List<Path> sources(String root, Predicate<String> wanted) throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(root))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> wanted.test(file.toString()))
                    .toList();
        }
    }
}
