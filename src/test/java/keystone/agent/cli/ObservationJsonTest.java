package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import keystone.agent.json.Json;
import keystone.agent.model.Access;
import keystone.agent.model.AgentChoice;
import keystone.agent.model.ImageRecipe;
import keystone.agent.model.SandboxState;
import keystone.agent.model.Settings;
import keystone.agent.model.Share;
import keystone.agent.model.TaskDefaults;
import keystone.agent.sandbox.Observation;
import org.junit.jupiter.api.Test;

final class ObservationJsonTest {
    private static final Path PROJECT = Path.of("/home/u/blue");

    @Test
    void a_running_sandbox_has_every_member_of_the_contract() {
        assertThat(json(FakeUseCases.running("blue", PROJECT)))
                .isEqualTo(
                        """
                        {
                          "name": "blue",
                          "state": "running",
                          "project": "/home/u/blue",
                          "share": "9p",
                          "shareReason": "virtiofsd is not installed",
                          "git": "protected",
                          "gitReason": "the project's .git is out of the guest's reach",
                          "identity": "Ada <ada@example.org>",
                          "image": "%s",
                          "buildId": "%s",
                          "ssh": {
                            "alias": "ks-blue",
                            "host": "127.0.0.1",
                            "port": 40022,
                            "user": "sandbox"
                          },
                          "pid": 4711,
                          "memoryMib": 4096,
                          "cpus": 2,
                          "diskMib": 20480,
                          "uptimeSeconds": 7500,
                          "net": "balanced",
                          "netReason": "3 connections now, 1 refused so far",
                          "problem": null,
                          "fix": null,
                          "step": null,
                          "accelerator": "tcg",
                          "acceleratorReason": "there is no /dev/kvm",
                          "confinement": [
                            "user namespace",
                            "seccomp"
                          ],
                          "watch": {
                            "how": "polling",
                            "reason": "9p has no events",
                            "batches": 0,
                            "nudges": 0
                          },
                          "ports": [
                            {
                              "guest": 3000,
                              "host": 13000,
                              "url": "http://127.0.0.1:13000",
                              "program": "node",
                              "by": "auto",
                              "note": "3000 of this host is taken"
                            }
                          ],
                          "secrets": [
                            "ANTHROPIC_API_KEY"
                          ],
                          "secretsInGuest": [],
                          "masking": {
                            "masked": [
                              ".env",
                              "web/.env.local"
                            ],
                            "readable": [
                              {
                                "path": ".env.test",
                                "why": "it was put there after the start"
                              }
                            ],
                            "problem": null
                          },
                          "sessions": 2,
                          "supervisorPid": 4700,
                          "mounts": [],
                          "idleStopSeconds": null,
                          "supervisorVersion": "1.2.3",
                          "supervisorCommit": "abcdef"
                        }"""
                                .formatted(FakeUseCases.IMAGE.hex(), FakeUseCases.BUILD));
    }

    @Test
    void what_a_stopped_sandbox_has_not_is_null() {
        Json.Obj json = object(FakeUseCases.stopped("blue", PROJECT));

        assertThat(json.string("state")).isEqualTo("stopped");
        assertThat(json.string("share")).isEqualTo("auto");
        assertThat(json.members())
                .containsKeys("pid", "uptimeSeconds", "problem", "fix", "confinement");
        assertThat(json.get("pid")).isNull();
        assertThat(json.get("uptimeSeconds")).isNull();
        assertThat(json.object("ssh").get("port")).isNull();
        assertThat(json.object("ssh").string("alias")).isEqualTo("ks-blue");
    }

    @Test
    void a_broken_sandbox_says_why_and_what_to_do() {
        var broken = new SandboxState.Broken("QEMU was killed", "keystone-agent start");
        Observation.Intact seen = FakeUseCases.stopped("blue", PROJECT);

        Json.Obj json = object(new Observation.Intact(seen.spec(), broken, null));

        assertThat(json.string("state")).isEqualTo("broken");
        assertThat(json.string("problem")).isEqualTo("QEMU was killed");
        assertThat(json.string("fix")).isEqualTo("keystone-agent start");
    }

    @Test
    void a_damaged_sandbox_has_the_same_members_and_null_for_what_is_unknown() {
        Json.Obj damaged = object(FakeUseCases.damaged("red"));
        Json.Obj intact = object(FakeUseCases.stopped("red", PROJECT));

        assertThat(damaged.members().keySet()).containsExactlyElementsOf(intact.members().keySet());
        assertThat(damaged.string("name")).isEqualTo("red");
        assertThat(damaged.string("state")).isEqualTo("broken");
        assertThat(damaged.string("fix")).isEqualTo("keystone-agent destroy -f red");
        assertThat(damaged.object("ssh").string("alias")).isEqualTo("ks-red");
        assertThat(damaged.get("project")).isNull();
        assertThat(damaged.get("memoryMib")).isNull();
        assertThat(damaged.get("mounts")).isNull();
    }

    @Test
    void a_starting_sandbox_names_its_step_and_mounts_are_listed() {
        var settings =
                new Settings(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        List.of(new Share(Path.of("/data"), "/d", Access.READ_ONLY)),
                        java.util.Map.of(),
                        Duration.ofHours(2),
                        ImageRecipe.NONE,
                        List.of(),
                        java.util.Map.of(),
                        keystone.agent.model.MaskRules.usual(),
                        AgentChoice.NONE,
                        TaskDefaults.NONE,
                        null);
        var spec = FakeUseCases.spec("blue", PROJECT, settings);

        Json.Obj json =
                object(new Observation.Intact(spec, new SandboxState.Starting("boot"), null));

        assertThat(json.string("state")).isEqualTo("starting");
        assertThat(json.string("step")).isEqualTo("boot");
        assertThat(json.number("idleStopSeconds")).isEqualTo(7200);
        assertThat(json.array("mounts").getFirst().compact())
                .isEqualTo("{\"host\":\"/data\",\"guest\":\"/d\",\"readOnly\":true}");
    }

    private static String json(Observation sandbox) {
        return new ObservationJson(FakeUseCases.NOW).of(sandbox).pretty();
    }

    private static Json.Obj object(Observation sandbox) {
        return new ObservationJson(FakeUseCases.NOW).of(sandbox).asObject();
    }
}
