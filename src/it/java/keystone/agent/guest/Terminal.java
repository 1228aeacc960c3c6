package keystone.agent.guest;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import keystone.agent.model.ShellWord;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.Signal;

/// A terminal with a program in it, made by script(1).
final class Terminal implements AutoCloseable {
    private final OwnedProcess script;
    private final Transcript screen;
    private final String device;

    private Terminal(OwnedProcess script) throws IOException, InterruptedException {
        this.script = script;
        this.screen = new Transcript(script.output());
        screen.await("terminal /dev/pts/\\d+ is on");
        this.device = screen.text().replaceAll("(?s).*terminal (/dev/pts/\\d+) is on.*", "$1");
    }

    static Terminal open(Command command, String term) throws IOException, InterruptedException {
        var words = new ArrayList<String>();
        for (String argument : command.arguments()) {
            words.add(ShellWord.posix(argument));
        }
        String line =
                "stty cols 80 rows 24; echo \"terminal $(tty) is on\"; exec "
                        + String.join(" ", words);
        return new Terminal(
                Command.of(List.of("script", "-qefc", line, "/dev/null"))
                        .withEnvironment("TERM", term)
                        .withEnvironment("SHELL", "/bin/sh")
                        .start());
    }

    void type(String keys) throws IOException {
        script.input().write(keys.getBytes(StandardCharsets.UTF_8));
        script.input().flush();
    }

    void resize(int columns, int rows) throws InterruptedException {
        Command.of("stty", "-F", device, "cols", "" + columns, "rows", "" + rows)
                .run(TestGuest.LIMIT);
    }

    /// Nobody looks at the terminal any more: its program's output piles up.
    void pause() throws InterruptedException {
        Command.of("kill", "-STOP", Long.toString(script.pid())).run(TestGuest.LIMIT);
    }

    /// Waits until the terminal has shown it.
    void await(String pattern) throws InterruptedException {
        screen.await(pattern);
    }

    int awaitExit() throws InterruptedException {
        return script.awaitExit(TestGuest.LIMIT).orElseThrow();
    }

    /// As when its window is closed.
    @Override
    public void close() {
        script.signalGroup(Signal.KILL);
        script.close();
    }
}
