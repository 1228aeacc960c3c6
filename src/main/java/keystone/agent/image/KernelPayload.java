package keystone.agent.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import keystone.agent.process.Command;

/// Takes the bare kernel out of a bootable one (docs.kernel.org/arch/x86/boot.html). QEMU starts
/// the bare one directly; the bootable one would unpack itself at each boot, which costs seconds
/// under emulation.
final class KernelPayload {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final int SETUP_SECTORS = 0x1f1;
    private static final int MAGIC = 0x202;
    private static final int VERSION = 0x206;
    private static final int PAYLOAD_OFFSET = 0x248;
    private static final int PAYLOAD_LENGTH = 0x24c;

    /// "HdrS", and the version of the boot protocol from which on the payload's place is told.
    private static final int HEADER = 0x53726448;

    private static final int TELLS_PAYLOAD = 0x208;

    private KernelPayload() {}

    static void extract(Path bootable, Path bare) throws IOException, InterruptedException {
        byte[] payload = payload(Files.readAllBytes(bootable));
        if (startsWith(payload, 0x1f, 0x8b)) {
            save(new GZIPInputStream(new ByteArrayInputStream(payload)), bare);
        } else if (startsWith(payload, 0xfd, '7', 'z', 'X', 'Z', 0)) {
            unpack("xz", payload, bare);
        } else if (startsWith(payload, 0x28, 0xb5, 0x2f, 0xfd)) {
            unpack("zstd", payload, bare);
        } else {
            throw new IOException("the kernel is packed in a way that is not known");
        }
    }

    /// The packed kernel, without the four bytes of its size that most packings are followed by.
    static byte[] payload(byte[] bootable) throws IOException {
        if (bootable.length < PAYLOAD_LENGTH + 4) {
            throw new IOException("the kernel is too short for one");
        }
        ByteBuffer header = ByteBuffer.wrap(bootable).order(ByteOrder.LITTLE_ENDIAN);
        if (header.getInt(MAGIC) != HEADER || header.getShort(VERSION) < TELLS_PAYLOAD) {
            throw new IOException("the kernel has no boot header");
        }
        int sectors =
                bootable[SETUP_SECTORS] == 0 ? 4 : Byte.toUnsignedInt(bootable[SETUP_SECTORS]);
        long start = (sectors + 1L) * 512 + Integer.toUnsignedLong(header.getInt(PAYLOAD_OFFSET));
        long end = start + Integer.toUnsignedLong(header.getInt(PAYLOAD_LENGTH));
        if (end - start < 8 || end > bootable.length) {
            throw new IOException("the kernel's payload lies outside of the kernel");
        }
        boolean gzip = bootable[(int) start] == 0x1f;
        return Arrays.copyOfRange(bootable, (int) start, (int) (gzip ? end : end - 4));
    }

    private static boolean startsWith(byte[] content, int... magic) {
        for (int i = 0; i < magic.length; i++) {
            if (content[i] != (byte) magic[i]) {
                return false;
            }
        }
        return true;
    }

    private static void unpack(String program, byte[] payload, Path bare)
            throws InterruptedException {
        Tool.of(Command.of(program, "-dc"), LIMIT)
                .from(stream -> stream.write(payload))
                .to(stream -> save(stream, bare))
                .run();
    }

    private static void save(InputStream content, Path bare) throws IOException {
        Files.copy(content, bare, StandardCopyOption.REPLACE_EXISTING);
    }
}
