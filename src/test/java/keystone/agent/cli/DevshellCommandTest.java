package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import keystone.agent.model.Devshell;
import keystone.agent.model.DevshellInputs;
import keystone.agent.model.DevshellStanding;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DevshellCommandTest {
    private static final int USAGE = 2;
    private static final int NOT_FOUND = 3;
    private static final DevshellInputs OLD =
            FakeDevshells.inputs(Map.of("flake.nix", "{ a = 1; }\n", "flake.lock", "{\n}\n"));
    private static final DevshellInputs NEW =
            FakeDevshells.inputs(
                    Map.of(
                            "flake.nix",
                            "{ a = 1;\n  b = ./evil\u001b[2K.nix; }\n",
                            "evil.nix",
                            "",
                            "flake.lock",
                            "{\n}\n"));
    private static final Devshell CAPTURED =
            new Devshell(
                    OLD.digest(),
                    Path.of("/nix/store"),
                    Devshell.Extent.CLOSURE,
                    List.of("0123456789abcdfghijklmnpqrsvwxyz-hello"),
                    Map.of("PATH", "/nix/store/x/bin"),
                    "echo hi");

    @TempDir Path top;
    private Desk desk;

    @BeforeEach
    void sitDown() {
        desk = new Desk(top);
    }

    @Test
    void nothing_is_evaluated_unless_somebody_says_so() {
        desk.use.devshells.standing = new DevshellStanding.Unapproved(NEW, null, null);

        var refused = desk.run("devshell", "refresh");

        assertThat(refused.status()).isEqualTo(USAGE);
        assertThat(refused.err()).contains("asks, and nobody is here");
        assertThat(desk.use.devshells.evaluated).isEmpty();
    }

    @Test
    void a_first_approval_shows_all() {
        desk.use.devshells.standing = new DevshellStanding.Unapproved(NEW, null, null);

        assertThat(desk.run("devshell", "refresh", "--yes").err())
                .contains(
                        """
                        The devshell of this project would be evaluated on this host, from:

                        evil.nix
                            (empty)

                        flake.lock
                            {
                            }

                        flake.nix
                            { a = 1;
                              b = ./evil?[2K.nix; }

                        """);
        assertThat(desk.use.devshells.evaluated).containsExactly(NEW.files().toString());
    }

    @Test
    void what_is_called_a_lock_is_shown_as_everything_else() {
        DevshellInputs hiding =
                FakeDevshells.inputs(
                        Map.of("flake.nix", "import ./deps.lock", "deps.lock", "derivation { }\n"));
        desk.use.devshells.standing = new DevshellStanding.Unapproved(hiding, null, null);

        assertThat(desk.run("devshell", "refresh", "--yes").err()).contains("    derivation { }\n");
    }

    /// For Nix, the end of the line is the end of the comment.
    @Test
    void what_follows_a_lone_carriage_return_is_on_a_line_of_its_own() {
        DevshellInputs hiding =
                FakeDevshells.inputs(Map.of("flake.nix", "# a comment \rimport ./evil.nix\n"));
        desk.use.devshells.standing = new DevshellStanding.Unapproved(hiding, null, null);

        assertThat(desk.run("devshell", "refresh", "--yes").err())
                .contains("    # a comment ?\n    import ./evil.nix\n");
    }

    @Test
    void another_end_of_lines_is_a_change_that_is_told() {
        DevshellInputs before = FakeDevshells.inputs(Map.of("flake.nix", "{\n}\n"));
        DevshellInputs after = FakeDevshells.inputs(Map.of("flake.nix", "{\r\n}\r\n"));
        desk.use.devshells.standing = new DevshellStanding.Unapproved(after, before, null);

        assertThat(desk.run("devshell", "refresh", "--yes").err())
                .contains("flake.nix\n    (only how lines end has changed)\n");
    }

    @Test
    void a_change_is_shown_and_nothing_else() {
        desk.use.devshells.standing = new DevshellStanding.Unapproved(NEW, OLD, CAPTURED);

        assertThat(desk.run("devshell", "refresh", "--yes").err())
                .contains(
                        """
                        What the devshell is evaluated from has changed since you approved it:

                        evil.nix
                            + (empty)

                        flake.nix
                            - { a = 1; }
                            + { a = 1;
                            +   b = ./evil?[2K.nix; }

                        """);
    }

    @Test
    void what_is_approved_is_evaluated_again_without_a_question() {
        desk.use.devshells.standing = new DevshellStanding.Approved(OLD, CAPTURED);

        assertThat(desk.run("devshell", "refresh").err())
                .contains("the devshell has 1 variables, and needs 1 entries of /nix/store");
        assertThat(desk.use.devshells.evaluated).hasSize(1);
    }

    @Test
    void what_guests_get_is_shown() {
        desk.use.devshells.standing = new DevshellStanding.Unapproved(NEW, OLD, CAPTURED);

        var shown = desk.run("devshell", "show");

        assertThat(shown.out())
                .isEqualTo(
                        """
                        from       evil.nix flake.lock flake.nix
                        state      changed since it was approved
                        store      1 entries of /nix/store
                        variables  PATH
                        hook       run in the guest
                        """);
        assertThat(shown.err()).contains("fix: keystone-agent devshell refresh");
        assertThat(desk.run("devshell", "show", "--json").out())
                .contains("\"state\": \"changed since it was approved\"")
                .contains("\"PATH\": \"/nix/store/x/bin\"");
        assertThat(desk.use.devshells.evaluated).isEmpty();
    }

    @Test
    void a_project_without_one_says_so() {
        assertThat(desk.run("devshell", "show").status()).isEqualTo(NOT_FOUND);
        assertThat(desk.run("devshell", "refresh").status()).isEqualTo(NOT_FOUND);
    }
}
