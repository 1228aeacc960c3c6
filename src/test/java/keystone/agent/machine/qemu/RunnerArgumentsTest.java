package keystone.agent.machine.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.machine.Acceleration.Kind;
import keystone.agent.machine.MachineSpec;
import keystone.agent.model.Runner;
import keystone.agent.model.UserError;
import keystone.agent.process.Enclosure.Place;
import org.junit.jupiter.api.Test;

final class RunnerArgumentsTest {
    private static final Path MONITOR = Path.of("/run/vm/qmp.sock");
    private static final Path STORE = Path.of("/elsewhere/store");
    private static final MachineSpec SPEC = of(Machines.with(Path.of("/home/a/my project")));

    private static MachineSpec of(MachineSpec spec) {
        return new MachineSpec(
                spec.id(),
                new Runner(STORE.resolve("abc-microvm/bin/microvm-run"), STORE),
                spec.disk(),
                spec.bootConfig(),
                spec.directory(),
                spec.resources(),
                spec.shares(),
                spec.sharing(),
                spec.owner(),
                spec.environment());
    }

    private static String added(MachineFiles files) {
        return new QemuCommandLine(Path.of("/usr/bin/qemu"), SPEC, files, Kind.TCG).addedToRunner();
    }

    @Test
    void a_runner_is_told_what_it_cannot_know_and_nothing_of_its_own() {
        List<String> words = List.of(added(MachineFiles.enclosed(SPEC)).split(" "));

        assertThat(words)
                .contains("-S")
                .containsSequence("-sandbox", QemuCommandLine.SECCOMP)
                .containsSequence("-machine", "accel=tcg")
                .containsSequence("-fw_cfg", "name=opt/keystone/config.tar,file=/config.tar")
                .containsSequence(
                        "-netdev", "user,id=net0,restrict=on,ipv6=off,hostfwd=tcp:127.0.0.1:0-:22")
                .containsSequence("-mon", "chardev=monitor,mode=control")
                .contains("virtio-9p-pci,fsdev=share1,mount_tag=workspace")
                .doesNotContain("-kernel", "-initrd", "-append", "-m", "-smp", "-cpu", "-serial");
    }

    @Test
    void a_word_that_a_shell_would_take_apart_is_refused() {
        assertThatThrownBy(() -> added(MachineFiles.onHost(SPEC, MONITOR)))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("user namespaces");
    }

    @Test
    void the_store_is_there_and_cannot_be_written() {
        assertThat(MachineFiles.enclosed(SPEC).places(SPEC, MONITOR))
                .contains(Place.readOnly(STORE, STORE.toString()))
                .noneMatch(place -> place.inside().startsWith("/image"));
    }
}
