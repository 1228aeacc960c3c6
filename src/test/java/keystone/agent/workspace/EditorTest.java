package keystone.agent.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import keystone.agent.workspace.EditorPlace.InGuest;
import keystone.agent.workspace.EditorPlace.Kind;
import keystone.agent.workspace.EditorPlace.OnHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The exact words that each editor understands.
final class EditorTest {
    private static final InGuest PROJECT =
            new InGuest("ks-blue", "sandbox", "/workspace", Kind.DIRECTORY, 0);
    private static final InGuest FILE =
            new InGuest("ks-blue", "sandbox", "/workspace/a b.c", Kind.FILE, 0);
    private static final InGuest LINE =
            new InGuest("ks-blue", "sandbox", "/workspace/a b.c", Kind.FILE, 12);
    private static final OnHost HERE = new OnHost(Path.of("/src/blue"), Kind.DIRECTORY, 0);
    private static final OnHost LINE_HERE = new OnHost(Path.of("/src/blue/x.c"), Kind.FILE, 3);

    @ParameterizedTest
    @CsvSource({
        "VS_CODE, code, vscode",
        "INSIDERS, code-insiders, vscode-insiders",
        "VSCODIUM, codium, codium",
        "CURSOR, cursor, cursor",
        "WINDSURF, windsurf, windsurf"
    })
    void those_of_the_family_of_code_differ_in_their_names(
            Editor editor, String program, String scheme) {
        assertThat(editor.program(PROJECT, _ -> false)).isEqualTo(program);
        assertThat(editor.command(program, PROJECT))
                .containsExactly(
                        program,
                        "--new-window",
                        "--folder-uri=vscode-remote://ssh-remote+ks-blue/workspace");
        assertThat(editor.address(PROJECT))
                .hasValue(scheme + "://vscode-remote/ssh-remote+ks-blue/workspace?windowId=_blank");
    }

    @Test
    void code_goes_to_a_line() {
        assertThat(Editor.VS_CODE.command("code", LINE))
                .containsExactly(
                        "code", "--remote", "ssh-remote+ks-blue", "--goto", "/workspace/a b.c:12");
        assertThat(Editor.VS_CODE.command("code", FILE))
                .containsExactly("code", "--remote", "ssh-remote+ks-blue", "/workspace/a b.c");
        assertThat(Editor.VS_CODE.address(LINE).orElseThrow())
                .contains("ssh-remote+ks-blue/workspace/a%20b.c:12?");
        assertThat(Editor.VS_CODE.command("code", HERE))
                .containsExactly("code", "--new-window", "/src/blue");
        assertThat(Editor.VS_CODE.command("code", LINE_HERE))
                .containsExactly("code", "--goto", "/src/blue/x.c:3");
    }

    @Test
    void zed_takes_an_address() {
        assertThat(Editor.ZED.command("zed", LINE))
                .containsExactly("zed", "ssh://sandbox@ks-blue/workspace/a%20b.c:12");
        assertThat(Editor.ZED.address(PROJECT)).hasValue("zed://ssh/ks-blue/workspace");
        assertThat(Editor.ZED.command("zed", HERE)).containsExactly("zed", "/src/blue");
    }

    @Test
    void jetbrains_is_opened_by_the_desktop() {
        String link =
                "jetbrains-gateway://connect#projectPath=/workspace&host=ks-blue&port=22&user=sandbox"
                        + "&type=ssh&deploy=false";

        assertThat(Editor.JETBRAINS.program(PROJECT, _ -> false)).isEqualTo("xdg-open");
        assertThat(Editor.JETBRAINS.command("xdg-open", PROJECT)).containsExactly("xdg-open", link);
        assertThat(Editor.JETBRAINS.program(HERE, _ -> true)).isEqualTo("idea");
        assertThat(Editor.JETBRAINS.command("idea", LINE_HERE))
                .containsExactly("idea", "--line", "3", "/src/blue/x.c");
    }

    @Test
    void neovim_is_of_the_terminal_and_reads_files_by_scp() {
        assertThat(Editor.NEOVIM.isOfTheTerminal()).isTrue();
        assertThat(Editor.NEOVIM.command("nvim", LINE))
                .containsExactly("nvim", "+12", "scp://ks-blue//workspace/a b.c");
        assertThat(Editor.NEOVIM.command("nvim", PROJECT))
                .containsExactly("nvim", "scp://ks-blue//workspace/");
        assertThat(Editor.NEOVIM.command("nvim", LINE_HERE))
                .containsExactly("nvim", "+3", "/src/blue/x.c");
        assertThat(Editor.NEOVIM.address(PROJECT)).isEmpty();
    }

    @Test
    void emacs_is_asked_through_its_server_or_started() {
        assertThat(Editor.EMACS.program(PROJECT, "emacs"::equals)).isEqualTo("emacs");
        assertThat(Editor.EMACS.command("emacs", LINE))
                .containsExactly("emacs", "+12", "/ssh:ks-blue:/workspace/a b.c");
        assertThat(Editor.EMACS.command("emacsclient", PROJECT))
                .containsExactly("emacsclient", "-n", "-a", "emacs", "/ssh:ks-blue:/workspace");
    }

    @Test
    void each_has_a_word_and_is_known_by_its_program() {
        assertThat(Editor.words())
                .isEqualTo(
                        "code, code-insiders, codium, cursor, windsurf, zed, nvim, emacs, jetbrains");
        assertThat(Editor.named("/opt/Code/bin/code")).hasValue(Editor.VS_CODE);
        assertThat(Editor.named("neovim")).hasValue(Editor.NEOVIM);
        assertThat(List.of("", "vi", "xdg-open", "/", "code --wait"))
                .allMatch(name -> Editor.named(name).isEmpty());
    }
}
