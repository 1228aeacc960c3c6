package keystone.agent.git;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import keystone.agent.model.UserError;
import keystone.agent.process.Command;
import keystone.agent.process.OwnedProcess;
import keystone.agent.process.PipeThread;

/// What git prints as fields that end with NUL, passed on one by one: there may be any number.
final class Fields {
    /// Longer than any path that a file system of this host can have.
    private static final int LONGEST = 64 << 10;

    private Fields() {}

    /// @param input all of which the command reads before it prints anything
    static void each(Command command, byte[] input, Consumer<String> reader)
            throws InterruptedException {
        each(command, input, StandardCharsets.UTF_8, reader);
    }

    /// Does the same with what may be paths of no text: each byte as the character of the same
    /// number, as [keystone.agent.process.RawPath] has them.
    static void eachRaw(Command command, Consumer<String> reader) throws InterruptedException {
        each(command, new byte[0], StandardCharsets.ISO_8859_1, reader);
    }

    private static void each(
            Command command, byte[] input, Charset charset, Consumer<String> reader)
            throws InterruptedException {
        try (OwnedProcess process = command.start()) {
            var failure = new ArrayList<RuntimeException>();
            Thread reading =
                    PipeThread.start(
                            "fields", () -> split(process.output(), charset, reader, failure));
            Thread complaining = PipeThread.start("errors", () -> skip(process.errors()));
            PipeThread.start("input", () -> give(process.input(), input));
            boolean ended = reading.join(Git.LIMIT) && complaining.join(Git.LIMIT);
            if (!ended || process.awaitExit(Git.LIMIT).isEmpty()) {
                throw Git.tooSlow(Git.LIMIT, new IllegalStateException(command.program()));
            }
            if (!failure.isEmpty()) {
                throw failure.getFirst();
            }
            if (process.awaitExit(Git.LIMIT).getAsInt() != 0) {
                throw Git.failed("git did not list all of it");
            }
        }
    }

    private static void give(OutputStream to, byte[] input) {
        try (to) {
            to.write(input);
        } catch (IOException gone) {
            // Its exit status tells.
        }
    }

    private static void split(
            InputStream from,
            Charset charset,
            Consumer<String> reader,
            List<RuntimeException> failure) {
        var field = new ByteArrayOutputStream();
        byte[] buffer = new byte[16 << 10];
        try (from) {
            for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                for (int i = 0; i < n; i++) {
                    if (buffer[i] != 0 && field.size() < LONGEST) {
                        field.write(buffer[i]);
                    } else if (buffer[i] != 0) {
                        throw UserError.failed("a commit has a path without end", "git fsck");
                    } else {
                        reader.accept(field.toString(charset));
                        field.reset();
                    }
                }
            }
        } catch (IOException gone) {
            failure.add(new UncheckedIOException(gone));
        } catch (RuntimeException refused) {
            failure.add(refused);
        }
    }

    private static void skip(InputStream from) {
        try (from) {
            from.transferTo(OutputStream.nullOutputStream());
        } catch (IOException gone) {
            // Its exit status tells.
        }
    }
}
