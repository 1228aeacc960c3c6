package keystone.agent.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import keystone.agent.process.Command;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelPayloadTest {
    private static final int SETUP_SECTORS = 2;
    private static final int START = (SETUP_SECTORS + 1) * 512;
    private static final String KERNEL = "\u007fELF and the rest of a kernel";

    @TempDir Path temporary;

    @Test
    void a_kernel_packed_with_gzip_is_unpacked() throws Exception {
        var packed = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(packed)) {
            gzip.write(KERNEL.getBytes(UTF_8));
        }

        assertThat(extracted(bootable(packed.toByteArray()))).isEqualTo(KERNEL);
    }

    @ParameterizedTest
    @CsvSource({"xz, -c --check=crc32", "zstd, -c -q"})
    void a_kernel_packed_by_a_program_is_unpacked(String program, String options) throws Exception {
        var packed = new ByteArrayOutputStream();
        Tool.of(Command.of(program).with(options.split(" ", -1)), Duration.ofSeconds(10))
                .from(stream -> stream.write(KERNEL.getBytes(UTF_8)))
                .to(stream -> stream.transferTo(packed))
                .run();
        // The kernel's build appends the unpacked size.
        packed.write(new byte[] {29, 0, 0, 0});

        assertThat(extracted(bootable(packed.toByteArray()))).isEqualTo(KERNEL);
    }

    @Test
    void another_packing_is_refused() {
        byte[] bootable = bootable("BZh9 packed otherwise".getBytes(UTF_8));

        assertThatThrownBy(() -> extracted(bootable))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("packed in a way");
    }

    @Test
    void a_payload_outside_of_the_file_is_refused() {
        byte[] bootable = bootable(new byte[100]);
        ByteBuffer.wrap(bootable).order(ByteOrder.LITTLE_ENDIAN).putInt(0x24c, -1);

        assertThatThrownBy(() -> KernelPayload.payload(bootable))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("outside");
    }

    @Test
    void what_has_no_boot_header_is_refused() {
        assertThatThrownBy(() -> KernelPayload.payload(new byte[4096]))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("header");
        assertThatThrownBy(() -> KernelPayload.payload(new byte[10]))
                .isInstanceOf(IOException.class);
    }

    private String extracted(byte[] bootable) throws IOException, InterruptedException {
        Path file = Files.write(temporary.resolve("vmlinuz"), bootable);
        Path bare = temporary.resolve("vmlinux");
        KernelPayload.extract(file, bare);
        return Files.readString(bare);
    }

    /// As docs.kernel.org/arch/x86/boot.html describes it, with nothing but what we read.
    private static byte[] bootable(byte[] payload) {
        ByteBuffer kernel =
                ByteBuffer.allocate(START + 16 + payload.length + 512)
                        .order(ByteOrder.LITTLE_ENDIAN);
        kernel.put(0x1f1, (byte) SETUP_SECTORS);
        kernel.put(0x202, "HdrS".getBytes(UTF_8));
        kernel.putShort(0x206, (short) 0x20f);
        kernel.putInt(0x248, 16);
        kernel.putInt(0x24c, payload.length);
        kernel.put(START + 16, payload);
        return kernel.array();
    }
}
