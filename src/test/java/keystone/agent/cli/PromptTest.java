package keystone.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

final class PromptTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

    @Test
    void only_yes_is_yes() throws Exception {
        assertThat(answered("y\n")).isTrue();
        assertThat(answered(" YES \n")).isTrue();
        assertThat(answered("\n")).isFalse();
        assertThat(answered("yesterday\n")).isFalse();
        assertThat(answered("")).isFalse();
    }

    @Test
    void an_interrupt_ends_the_wait_for_an_answer_that_never_comes() throws Exception {
        var terminal = new Silence();
        var interrupted = new AtomicBoolean();
        Thread asking = Thread.ofPlatform().daemon().start(() -> ask(terminal, interrupted));
        assertThat(terminal.read.tryAcquire(SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();

        asking.interrupt();

        assertThat(asking.join(SOON)).isTrue();
        assertThat(interrupted).isTrue();
        assertThat(shown.toString(StandardCharsets.UTF_8)).isEqualTo("Sure? [y/N] \n");
        terminal.typed.release();
    }

    private void ask(InputStream in, AtomicBoolean interrupted) {
        try {
            boolean _ = prompt(in).confirms("Sure?");
        } catch (InterruptedException told) {
            interrupted.set(true);
        }
    }

    private boolean answered(String typed) throws InterruptedException {
        byte[] bytes = typed.getBytes(StandardCharsets.UTF_8);
        return prompt(new ByteArrayInputStream(bytes)).confirms("Sure?");
    }

    private Prompt prompt(InputStream in) {
        var err = new PrintStream(shown, true, StandardCharsets.UTF_8);
        return new Prompt(new Streams(in, err, err, true, true, true, Streams.Reader.ANY));
    }

    /// Like a terminal at which nobody types: reading from it heeds no interrupt.
    private static final class Silence extends InputStream {
        final Semaphore read = new Semaphore(0);
        final Semaphore typed = new Semaphore(0);

        @Override
        public int read() {
            read.release();
            typed.acquireUninterruptibly();
            return -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            return read();
        }
    }

    /// The one that reads for a question that is over cannot be called off: it reads for the next.
    @Test
    void the_question_after_one_that_is_over_gets_what_is_typed_for_it() throws Exception {
        var there = Pipe.open();
        try (OutputStream keys = Channels.newOutputStream(there.sink());
                InputStream terminal = Channels.newInputStream(there.source())) {
            Prompt prompt = prompt(terminal);

            assertThat(prompt.line("Colour? ", news(false))).isEqualTo(new Prompt.Typed.TooLate());
            Thread typing = Thread.ofPlatform().start(() -> type(keys, "3\n"));
            assertThat(prompt.line("Size? ", news(true))).isEqualTo(new Prompt.Typed.Line("3"));
            typing.join();
        }
        assertThat(shown.toString(StandardCharsets.UTF_8))
                .isEqualTo("Colour? \nnews\nSize? \nnews\nSize? ");
    }

    private final Semaphore told = new Semaphore(0);

    private void type(OutputStream keys, String text) {
        try {
            // After both have told.
            assertThat(told.tryAcquire(2, SOON.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
            keys.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException | InterruptedException broken) {
            throw new IllegalStateException(broken);
        }
    }

    private static final class Quiet implements Prompt.Meanwhile {
        @Override
        public boolean hasNews() {
            return false;
        }

        @Override
        public boolean tell() {
            return true;
        }
    }

    private Prompt.Meanwhile news(boolean isOpen) {
        return new Prompt.Meanwhile() {
            private boolean fresh = true;

            @Override
            public boolean hasNews() {
                return fresh;
            }

            @Override
            public boolean tell() {
                fresh = false;
                shown.writeBytes("news\n".getBytes(StandardCharsets.UTF_8));
                told.release();
                return isOpen;
            }
        };
    }

    @Test
    void what_was_typed_ahead_answers_the_next_question() throws Exception {
        var typed = new ByteArrayInputStream("Blue\r\n3".getBytes(StandardCharsets.UTF_8));
        Prompt prompt = prompt(typed);

        Prompt.Meanwhile quiet = new Quiet();
        assertThat(prompt.line("Colour? ", quiet)).isEqualTo(new Prompt.Typed.Line("Blue"));
        assertThat(prompt(typed).line("Size? ", quiet)).isEqualTo(new Prompt.Typed.Line("3"));
        assertThat(prompt.line("More? ", quiet)).isEqualTo(new Prompt.Typed.Nobody());
    }
}
