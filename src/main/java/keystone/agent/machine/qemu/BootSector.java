package keystone.agent.machine.qemu;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import keystone.agent.model.Owner;
import keystone.agent.process.Enclosure.Place;

/// The smallest guest there is: a boot sector that turns paging and long mode on and then, as
/// 64-bit code, writes a line to the serial port. It shows an accelerator that runs nothing; one
/// that runs it may still fail a real kernel (seen), so it decides only where there is no image.
///
/// @param disk the raw disk it boots from, removed on close
record BootSector(Path disk) implements ProbeGuest, AutoCloseable {
    static final String LINE = "keystone-agent: guest ran\n";

    private static final String INSIDE = "/probe.img";

    /// SeaBIOS does not boot from smaller disks.
    private static final int DISK_BYTES = 1 << 20;

    private static final int LOADED_AT = 0x7c00;
    private static final int LINE_AT = 0x7c72 - LOADED_AT;
    private static final int GDT_AT = 0x7c90 - LOADED_AT;
    private static final int SIGNATURE_AT = 510;

    /// Page tables at 0x1000 (PML4), 0x2000 (PDPT), 0x3000 (PD) map the first 2 MiB onto itself.
    private static final String CODE =
            """
            31c0          | 16 bit: xor  ax, ax
            8ed8 8ec0 8ed0|         mov  ds, ax; mov es, ax; mov ss, ax
            bc007c        |         mov  sp, 0x7c00
            fc fa         |         cld; cli
            bf0010 b90018 |         mov  di, 0x1000; mov cx, 0x1800
            6631c0 f3ab   |         xor  eax, eax; rep stosw
            c70600100320  |         mov  word [0x1000], 0x2003
            c70600200330  |         mov  word [0x2000], 0x3003
            c70600308300  |         mov  word [0x3000], 0x0083
            66b800100000  |         mov  eax, 0x1000
            0f22d8        |         mov  cr3, eax
            0f20e0 0c20   |         mov  eax, cr4; or al, 0x20         ; PAE
            0f22e0        |         mov  cr4, eax
            66b9800000c0  |         mov  ecx, 0xc0000080               ; EFER
            0f32 0d0001   |         rdmsr; or ax, 0x100                ; LME
            0f30          |         wrmsr
            0f0116a07c    |         lgdt [0x7ca0]
            0f20c0        |         mov  eax, cr0
            660d01000080  |         or   eax, 0x80000001               ; PG, PE
            0f22c0        |         mov  cr0, eax
            ea5e7c0800    |         jmp  8:0x7c5e
            be727c0000    | 64 bit: mov  esi, 0x7c72                   ; LINE
            66baf803      |         mov  dx, 0x3f8                     ; COM1
            ac 84c0       | next:   lodsb; test al, al
            7403          |         jz   halt
            ee ebf8       |         out  dx, al; jmp next
            f4 ebfd       | halt:   hlt; jmp halt
            """;

    /// Writes its disk.
    ///
    /// @param scratch a directory of ours
    /// @param reader who must be able to read it
    static BootSector in(Path scratch, Owner reader) {
        try {
            Path disk = Files.createTempFile(scratch, "probe-", ".img");
            Files.write(disk, bytes());
            Files.setAttribute(disk, "unix:uid", reader.uid());
            return new BootSector(disk);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write into " + scratch, e);
        }
    }

    static byte[] bytes() {
        var disk = ByteBuffer.allocate(DISK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (String line : CODE.lines().toList()) {
            String bytes = line.substring(0, line.indexOf('|')).replace(" ", "");
            disk.put(HexFormat.of().parseHex(bytes));
        }
        if (disk.position() != LINE_AT) {
            throw new IllegalStateException("the code is not as long as its addresses say");
        }
        disk.put(LINE.getBytes(StandardCharsets.US_ASCII));
        disk.position(GDT_AT);
        disk.putLong(0).putLong(0x0020_9a00_0000_0000L); // null; 64-bit code
        disk.putShort((short) 15).putInt(LOADED_AT + GDT_AT); // what lgdt reads
        disk.putShort(SIGNATURE_AT, (short) 0xaa55);
        return disk.array();
    }

    @Override
    public String name() {
        return "boot sector";
    }

    @Override
    public String line() {
        return LINE;
    }

    /// It says its line in a tenth of a second, translated or not.
    @Override
    public Duration limit() {
        return Duration.ofSeconds(5);
    }

    @Override
    public List<Place> places() {
        return List.of(Place.readOnly(disk, INSIDE));
    }

    @Override
    public List<String> arguments(Paths paths) {
        String file =
                switch (paths) {
                    case ENCLOSED -> INSIDE;
                    case ON_HOST -> disk.toString().replace(",", ",,");
                };
        return List.of(
                "-drive",
                "if=none,id=probe,format=raw,readonly=on,file=" + file,
                "-device",
                "virtio-blk-pci,drive=probe");
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(disk);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot remove " + disk, e);
        }
    }
}
