package keystone.agent.supervisor;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.SmallDisk;
import keystone.agent.supervisor.Phase.Verb;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Something breaks in the middle of every command, at every phase of it. After each break `list`
/// tells the truth, nothing is left running, the next `start` works and the user's project is
/// intact; [FaultScene] has the details. The project is shared by virtiofsd: more processes can
/// break then than with 9p. The table of what came of it is printed at the end.
@ExtendWith(Installations.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class FaultMatrixIT {
    private static final Path REPORT = Path.of("target/fault-matrix.txt");

    /// Those in which the most is in the air.
    private static final List<Cell> DANGEROUS =
            List.of(
                    new Cell(new Phase(Verb.START, Phase.QEMU_BEGINS), Victim.SUPERVISOR),
                    new Cell(new Phase(Verb.START, "start:kernel"), Victim.COMMAND),
                    new Cell(new Phase(Verb.START, "start:machine"), Victim.SHARE),
                    new Cell(new Phase(Verb.START, "start:verify"), Victim.SHARE),
                    new Cell(new Phase(Verb.START, Phase.OWN_GIT), Victim.MACHINE),
                    new Cell(new Phase(Verb.FRESH, "start:discarding"), Victim.SUPERVISOR),
                    new Cell(new Phase(Verb.FRESH, "start:discarded"), Victim.DISK),
                    new Cell(new Phase(Verb.EXEC, Phase.COMMAND_RUNS), Victim.COMMAND),
                    new Cell(new Phase(Verb.EXEC, Phase.COMMAND_RUNS), Victim.DISK),
                    new Cell(new Phase(Verb.EXEC, Phase.COMMAND_RUNS), Victim.SHARE),
                    new Cell(new Phase(Verb.STOP, "stop:asked"), Victim.SUPERVISOR));

    /// For work on one phase: `-Dit.test=FaultMatrixIT#others -Dfault.phase=start:clone`.
    private static final String ONLY = System.getProperty("fault.phase", "");

    private record Cell(Phase phase, Victim victim) {
        Arguments asArguments() {
            return Arguments.of(phase, victim);
        }
    }

    private final FaultTable table = new FaultTable();
    private SmallDisk disk;
    private Installation home;
    private FaultScene scene;

    @BeforeAll
    void use() throws Exception {
        disk = SmallDisk.ofMib(FaultScene.ROOM_MIB);
        home = Installation.withOwnCacheOn(disk.directory()).withVirtiofsd();
        scene = new FaultScene(home, disk, home.project("shop"));
    }

    @AfterAll
    void report() throws IOException {
        System.out.println(table);
        home.close();
        disk.close();
    }

    static Stream<Arguments> dangerous() {
        return DANGEROUS.stream().map(Cell::asArguments);
    }

    static Stream<Arguments> others() {
        return Phase.ALL.stream()
                .flatMap(phase -> Stream.of(Victim.values()).map(each -> new Cell(phase, each)))
                .filter(cell -> cell.phase().moment().contains(ONLY))
                .filter(cell -> cell.phase().has(cell.victim()) && !DANGEROUS.contains(cell))
                .map(Cell::asArguments);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource
    void dangerous(Phase phase, Victim victim) throws Exception {
        play(phase, victim);
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource
    @Tag("full")
    @Tag("full-faults")
    void others(Phase phase, Victim victim) throws Exception {
        play(phase, victim);
    }

    private void play(Phase phase, Victim victim) throws Exception {
        record(phase, victim, "FAILED");
        try {
            record(phase, victim, scene.play(phase, victim));
        } catch (AssertionError failed) {
            // Now: the installation serves the next cell, which must not suffer from this one.
            failed.addSuppressed(new AssertionError(home.diagnosis()));
            home.destroyAll();
            throw failed;
        }
    }

    /// After each cell, so that a run that is cut short leaves what it found.
    private void record(Phase phase, Victim victim, String outcome) throws IOException {
        table.put(phase, victim, outcome);
        Files.writeString(REPORT, table.toString());
    }
}
