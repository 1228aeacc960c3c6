package keystone.agent.guest;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import keystone.agent.model.Image;
import keystone.agent.process.Command;
import keystone.agent.process.Owned;
import keystone.agent.process.OwnedProcess;

/// QEMU as `facts` of a plain boot need it, with nothing of the machine room: this room's tests do
/// not depend on that one's.
final class Qemu implements Owned.Ending {
    private static final Duration BOOT = Duration.ofMinutes(2);
    private static final String ARGUMENTS =
            """
            qemu-system-x86_64 -nodefaults -no-user-config -no-reboot -display none -serial stdio
            -accel tcg -M q35 -cpu max -m 1024 -smp 2 -kernel KERNEL -initrd INITRD
            -append console=ttyS0~quiet~loglevel=4~panic=-1~reboot=t
            -fw_cfg name=opt/keystone/config.tar,file=VM/config.tar
            -drive id=base,if=none,file=BASE,format=raw,readonly=on
            -device virtio-blk-pci,drive=base,serial=ks-base
            -drive id=rw,if=none,file=VM/disk.raw,format=raw
            -device virtio-blk-pci,drive=rw,serial=ks-rw
            -fsdev local,id=ws,path=VM/project,security_model=none,multidevs=remap
            -device virtio-9p-pci,fsdev=ws,mount_tag=workspace
            -netdev user,id=n0,restrict=on,hostfwd=tcp:127.0.0.1:PORT-:22
            -device virtio-net-pci,netdev=n0,romfile= -device virtio-rng-pci
            -qmp unix:VM/qmp.sock,server=on,wait=off
            """;

    private final OwnedProcess process;
    private final Path socket;
    private final StringBuilder console = new StringBuilder();
    private volatile boolean saidReady;
    private final CountDownLatch ready = new CountDownLatch(1);

    private Qemu(OwnedProcess process, Path socket) {
        this.process = process;
        this.socket = socket;
    }

    /// Boots and waits until the guest says that it is ready.
    ///
    /// @param vm holds `config.tar` and `project/`; belongs to uid 1000, as which QEMU runs
    static Qemu boot(Image image, Path vm, int port) throws IOException, InterruptedException {
        Path disk = vm.resolve("disk.raw");
        must("truncate", "-s", "4G", disk.toString());
        must("mkfs.ext4", "-q", "-F", "-m", "0", disk.toString());
        var arguments = new ArrayList<String>();
        if (Files.getAttribute(vm, "unix:uid").equals(0)) {
            // Root's images are root's alone, and QEMU works as somebody else.
            image = copied(image, vm);
            must("chown", "-R", "1000:1000", vm.toString());
            arguments.addAll(
                    List.of("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "--"));
        }
        for (String word : ARGUMENTS.strip().split("\\s+", -1)) {
            arguments.add(
                    word.replace('~', ' ')
                            .replace("KERNEL", image.kernel().toString())
                            .replace("INITRD", image.initrd().toString())
                            .replace("BASE", image.layers().getFirst().toString())
                            .replace("VM", vm.toString())
                            .replace("PORT", Integer.toString(port)));
        }
        var qemu = new Qemu(Command.of(arguments).start(), vm.resolve("qmp.sock"));
        Thread.ofPlatform().daemon().name("console").start(qemu::readConsole);
        if (!qemu.ready.await(BOOT.toSeconds(), TimeUnit.SECONDS) || !qemu.saidReady) {
            qemu.close();
            throw new IllegalStateException("the guest was not ready:\n" + qemu.console);
        }
        return qemu;
    }

    private static Image copied(Image image, Path vm) throws InterruptedException {
        Path base = image.layers().getFirst();
        must(
                "cp",
                image.kernel().toString(),
                image.initrd().toString(),
                base.toString(),
                vm.toString());
        return new Image(
                image.digest(),
                vm.resolve(image.kernel().getFileName()),
                vm.resolve(image.initrd().getFileName()),
                List.of(vm.resolve(base.getFileName())));
    }

    private static void must(String... command) throws InterruptedException {
        Command.Finished done = Command.of(command).run(BOOT);
        if (!done.ok()) {
            throw new IllegalStateException(done.toString());
        }
    }

    private void readConsole() {
        try (var lines =
                new BufferedReader(
                        new InputStreamReader(process.output(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                console.append(line).append('\n');
                if (line.startsWith("keystone: ready")) {
                    saidReady = true;
                    ready.countDown();
                }
            }
        } catch (IOException closed) {
            // The end of its output says enough.
        } finally {
            ready.countDown();
        }
    }

    /// Stops the virtual processors, as the host's sleep does.
    void pause() throws IOException {
        tell("stop");
    }

    void resume() throws IOException {
        tell("cont");
    }

    boolean awaitEnd(Duration limit) throws InterruptedException {
        return process.awaitExit(limit).isPresent();
    }

    private void tell(String command) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket));
            var answers = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
            for (String each : List.of("qmp_capabilities", command)) {
                answers.readLine();
                channel.write(
                        ByteBuffer.wrap(
                                ("{\"execute\":\"" + each + "\"}\n")
                                        .getBytes(StandardCharsets.UTF_8)));
            }
            answers.readLine();
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
