package keystone.agent.nixos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import keystone.agent.devshell.NixWorld;
import keystone.agent.image.Images;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Invocation;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.model.Image;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Guests that nix builds: the real nix, what stands for nixpkgs and microvm.nix, and the real QEMU
/// with a Debian guest behind the runner.
@Tag("full")
@ExtendWith(Installations.class)
final class NixosIT {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @TempDir Path directory;
    private NixWorld world;
    private NixInputs inputs;

    @BeforeEach
    void make(Installation home) throws Exception {
        world = NixWorld.in(directory);
        inputs = NixInputs.in(world.root().resolve("inputs"));
        Path config = Files.createDirectories(home.root().resolve("config/keystone"));
        Files.writeString(
                config.resolve("agent.toml"),
                """
                [image]
                backend = "nix"

                [nix]
                nixpkgs = "%s"
                microvm = "%s"
                """
                        .formatted(inputs.reference("nixpkgs"), inputs.reference("microvm")));
    }

    private Invocation with(Invocation invocation) {
        Invocation all = invocation.within(LIMIT);
        for (Map.Entry<String, String> each : world.environment().entrySet()) {
            all = each.getKey().startsWith("NIX_") ? all.with(each.getKey(), each.getValue()) : all;
        }
        return all;
    }

    private void bootDebian(Installation home) throws Exception {
        var images =
                new Images(
                        home.images(), home.state().resolve("image.lock"), InstantSource.system());
        Image image = images.find().orElseThrow();
        inputs.boot(image);
    }

    /// What the kernel was told, which is part of the build, is of the id that the disk has.
    private static String buildId(Sandbox sandbox) throws Exception {
        String id = sandbox.dir().spec().buildId().value();
        assertThat(sandbox.says("cat", "/proc/cmdline")).contains("keystone.build=" + id);
        assertThat(sandbox.says("cat", "/etc/sandbox-build-id")).isEqualTo(id);
        return id;
    }

    @Test
    void a_fresh_guest_is_always_the_new_one(Installation home) throws Exception {
        bootDebian(home);
        Project project = home.project("shop");
        Ended started = with(home.starting(project)).run().succeeds();
        assertThat(started.errors()).contains("image");
        Sandbox shop = home.sandbox("shop", project);
        String first = buildId(shop);
        long machine = shop.machinePid();
        assertThat(shop.machine().orElseThrow().toString()).contains("microvm@stub");
        shop.says("sh", "-c", "echo written inside >/workspace/inside");
        assertThat(project.path().resolve("inside")).hasContent("written inside");

        shop.keystone("stop").within(LIMIT).run().succeeds();
        assertThat(ProcessHandle.of(machine)).isEmpty();
        with(shop.starting()).run().succeeds();
        assertThat(buildId(shop)).isEqualTo(first);

        Path old = Files.readSymbolicLink(shop.dir().nix().resolve("runner"));
        // While it runs, with the same text, a warm cache, and an input that has moved on under its
        // name.
        inputs.revise(2);
        with(shop.starting("--fresh")).run().succeeds();

        assertThat(buildId(shop)).isNotEqualTo(first);
        assertThat(Files.readString(shop.dir().nix().resolve("runner/bin/microvm-run")))
                .contains("-name stub2 ");

        // As if, in spite of all, the old one were taken for the new one.
        shop.keystone("stop").within(LIMIT).run().succeeds();
        Path link = shop.dir().nix().resolve("runner");
        Path right = Files.readSymbolicLink(link);
        Files.delete(link);
        Files.createSymbolicLink(link, old);
        Ended mistaken = with(shop.starting()).run();
        assertThat(mistaken.status()).isEqualTo(1);
        assertThat(mistaken.errors()).contains("the guest of `shop` was not built for its disk");
        Files.delete(link);
        Files.createSymbolicLink(link, right);
        with(shop.starting()).run().succeeds();

        ProcessHandle supervisor = ProcessHandle.of(shop.supervisorPid()).orElseThrow();
        supervisor.destroyForcibly();
        supervisor.onExit().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        with(shop.starting()).run().succeeds();
        buildId(shop);
        shop.keystone("destroy", "-f").within(LIMIT).run().succeeds();
        assertThat(shop.processes()).isEmpty();
        assertThat(shop.dir().path()).doesNotExist();
    }

    @Test
    void what_nix_refuses_is_said_in_a_few_lines(Installation home) throws Exception {
        Project project = home.project("shop");
        Files.writeString(
                inputs.directory().resolve("nixpkgs/flake.nix"),
                "{ outputs = { self }: { lib.nixosSystem = _: throw \"no \\u001b[31msuch system\"; }; }");

        Ended refused = with(home.starting(project)).run();

        assertThat(refused.status()).isEqualTo(1);
        assertThat(refused.errors())
                .contains("nix cannot build the guest; all that it said is in ")
                .contains("shop/nix/build.log", "fix: ")
                .doesNotContain("\u001b[31m");
        assertThat(home.sandbox("shop", project).state()).isNotEqualTo("running");
    }

    @Test
    void a_module_that_a_guest_can_write_is_not_evaluated(Installation home) throws Exception {
        Project project = home.project("shop");
        project.write("guest.nix", "{ greeting = \"from inside\"; }");
        Path config = home.root().resolve("config/keystone/agent.toml");
        String modules = "modules = [\"%s\"]%n".formatted(project.path().resolve("guest.nix"));
        Files.writeString(config, modules, StandardOpenOption.APPEND);

        Ended refused = with(home.starting(project)).run();

        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.errors()).contains("a guest can change the NixOS module");
        assertThat(world.store()).doesNotExist();
    }
}
