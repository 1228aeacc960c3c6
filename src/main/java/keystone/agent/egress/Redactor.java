package keystone.agent.egress;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/// Takes secrets out of what we print and write: in all the forms that [Needles] knows, also when
/// one comes in pieces. What it once was told of stays covered, also after it was replaced.
/// Thread-safe.
public final class Redactor {
    /// Values of a run; when there are more, the oldest has long been replaced.
    private static final int MOST = 64;

    /// Both are ASCII.
    private record Needle(String form, String replacement) {
        @Override
        public String toString() {
            return replacement;
        }
    }

    private final SequencedSet<Secret> covered = new LinkedHashSet<>();
    private volatile List<Needle> needles = List.of();

    /// From now on it is taken out.
    synchronized void cover(Secret secret) {
        if (!covered.add(secret)) {
            return;
        }
        if (covered.size() > MOST) {
            covered.removeFirst();
        }
        var all = new ArrayList<Needle>();
        for (Secret each : covered) {
            String replacement = "[" + each.name() + "]";
            for (String form : Needles.of(each).forms()) {
                all.add(new Needle(form, replacement));
            }
        }
        all.sort(Comparator.comparingInt(each -> -each.form().length()));
        needles = List.copyOf(all);
    }

    /// The same text without them.
    public String redact(String text) {
        if (needles.isEmpty()) {
            return text;
        }
        Pieces whole = pieces();
        return whole.pass(text) + whole.rest();
    }

    /// For a text that comes in pieces.
    public Pieces pieces() {
        return new Pieces();
    }

    /// As [#over], for text. Not thread-safe.
    public final class Pieces {
        private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
        private final OutputStream through = over(passed);

        private Pieces() {}

        /// What can be shown after this piece: what may be the beginning of a secret waits.
        public String pass(String piece) {
            try {
                through.write(piece.getBytes(StandardCharsets.UTF_8));
                return taken();
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        /// What still waited, as no more will come.
        public String rest() {
            try {
                through.close();
                return taken();
            } catch (IOException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        private String taken() {
            String text = passed.toString(StandardCharsets.UTF_8);
            passed.reset();
            return text;
        }
    }

    /// Whatever is written passes without them. What may be the beginning of one waits until more
    /// is written, or it is closed; the rest passes at once.
    public OutputStream over(OutputStream out) {
        return new Through(out);
    }

    private final class Through extends FilterOutputStream {
        private byte[] held = new byte[0];

        Through(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            byte[] all = new byte[held.length + length];
            System.arraycopy(held, 0, all, 0, held.length);
            System.arraycopy(bytes, from, all, held.length, length);
            int passed = pass(all, needles, false);
            held = Arrays.copyOfRange(all, passed, all.length);
        }

        @Override
        public synchronized void close() throws IOException {
            int _ = pass(held, needles, true);
            held = new byte[0];
            super.close();
        }

        /// How far it came: what follows may be the beginning of a secret.
        private int pass(byte[] all, List<Needle> wanted, boolean isEnd) throws IOException {
            int plain = 0;
            int at = 0;
            while (at < all.length) {
                Needle found = null;
                for (Needle each : wanted) {
                    int same = commonLength(all, at, each.form());
                    if (same == each.form().length()) {
                        found = found == null ? each : found;
                    } else if (!isEnd && same == all.length - at) {
                        out.write(all, plain, at - plain);
                        return at;
                    }
                }
                if (found == null) {
                    at++;
                } else {
                    out.write(all, plain, at - plain);
                    out.write(found.replacement().getBytes(StandardCharsets.US_ASCII));
                    at += found.form().length();
                    plain = at;
                }
            }
            out.write(all, plain, at - plain);
            return at;
        }
    }

    private static int commonLength(byte[] all, int at, String form) {
        int most = Math.min(form.length(), all.length - at);
        int same = 0;
        while (same < most && all[at + same] == form.charAt(same)) {
            same++;
        }
        return same;
    }
}
