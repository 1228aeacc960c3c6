package keystone.agent.config;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;

/// Knows on which line the character stands that was read last.
final class LineReader extends Reader {
    private final StringReader text;
    private int line = 1;
    private boolean atLineEnd;

    LineReader(String text) {
        this.text = new StringReader(text);
    }

    int line() {
        return line;
    }

    @Override
    public int read() throws IOException {
        int c = text.read();
        if (c >= 0) {
            saw((char) c);
        }
        return c;
    }

    @Override
    public int read(char[] buffer, int offset, int length) throws IOException {
        int count = text.read(buffer, offset, length);
        for (int i = 0; i < count; i++) {
            saw(buffer[offset + i]);
        }
        return count;
    }

    private void saw(char c) {
        if (atLineEnd) {
            line++;
        }
        atLineEnd = c == '\n';
    }

    @Override
    public void close() {
        text.close();
    }
}
