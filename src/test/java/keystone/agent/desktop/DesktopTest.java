package keystone.agent.desktop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import keystone.agent.model.UserError;
import keystone.agent.process.PipeThread;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// On a real bus, with a real server of notifications.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
final class DesktopTest {
    private RealDesktop screen;
    private Desktop desktop;
    private final BlockingQueue<Integer> pressed = new LinkedBlockingQueue<>();

    @BeforeAll
    void open(@TempDir Path directory) throws Exception {
        screen = new RealDesktop(directory);
        desktop = Desktop.find(screen.environment()).orElseThrow();
    }

    @AfterAll
    void close() {
        screen.close();
    }

    @AfterEach
    void dismiss() {
        screen.dismiss();
    }

    @Test
    void a_button_is_pressed() throws Exception {
        var notice = new Notice("Which colour?", "of the door", List.of("Red", "Blue"));
        try (ShownNotice shown = desktop.show(notice, pressed::add)) {
            screen.awaitShown(1);

            screen.press("Blue");

            assertThat(pressed.poll(30, TimeUnit.SECONDS)).isEqualTo(1);
            shown.awaitEnd();
        }
        assertThat(pressed).isEmpty();
        screen.awaitShown(0);
    }

    @Test
    void what_is_answered_elsewhere_disappears() throws Exception {
        try (ShownNotice _ = desktop.show(new Notice("?", "", List.of("Yes")), pressed::add)) {
            screen.awaitShown(1);
        }
        screen.awaitShown(0);
        assertThat(pressed).isEmpty();
    }

    /// As one whose answer is given is, while its button takes it away.
    @Test
    void an_interrupt_does_not_leave_it_there() throws Exception {
        // It has to come in the middle of it.
        for (int i = 0; i < 20; i++) {
            ShownNotice shown = desktop.show(new Notice("?", "", List.of("Yes")), pressed::add);
            screen.awaitShown(1);
            Thread closing = PipeThread.start("closing", shown::close);
            while (closing.isAlive()) {
                closing.interrupt();
            }

            screen.awaitShown(0);
        }
    }

    @Test
    void what_is_clicked_away_is_over() throws Exception {
        try (ShownNotice shown = desktop.show(new Notice("?", "", List.of("Yes")), pressed::add)) {
            screen.awaitShown(1);
            screen.dismiss();
            shown.awaitEnd();
        }
        assertThat(pressed).isEmpty();
    }

    @Test
    void what_is_only_told_stays_without_us() throws Exception {
        desktop.tell(new Notice("done", "look at it", List.of()));

        assertThat(screen.shown()).isEqualTo(1);
    }

    @Test
    void what_an_agent_says_is_nothing_but_text() throws Exception {
        String evil = "\u001b]0;PWNED\u0007a\u0000\u202eb\n<b>c</b>&<img src='http://x/'>";
        desktop.tell(new Notice(evil, evil, List.of(evil)));
        screen.dismiss();

        // Of dunst's own making: the markup of the body as it was drawn, so with entities.
        assertThat(screen.history())
                .contains("b <b>c</b>&<img src='http://x/'>")
                .contains("&lt;b&gt;c&lt;/b&gt;&amp;&lt;img")
                .doesNotContain("PWNED", "\\u202e", "\u202e", "\u001b");
    }

    @Test
    void without_a_server_or_a_bus_it_is_said() throws Exception {
        assertThat(Desktop.find(Map.of())).isEmpty();
        assertThat(Desktop.find(Map.of("XDG_RUNTIME_DIR", "/nowhere"))).isEmpty();
        Desktop gone =
                Desktop.find(Map.of("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere%2fat,guid=1"))
                        .orElseThrow();

        assertThatThrownBy(() -> gone.tell(new Notice("", "", List.of())))
                .isInstanceOf(UserError.class)
                .hasMessageContaining("the desktop shows no notification");
    }
}
