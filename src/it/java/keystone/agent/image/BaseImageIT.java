package keystone.agent.image;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import keystone.agent.it.Ended;
import keystone.agent.it.Installation;
import keystone.agent.it.Installations;
import keystone.agent.it.Project;
import keystone.agent.it.Sandbox;
import keystone.agent.it.SharedSandbox;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a guest can do without a project's layer: the programs that an agent's shell expects, and
/// the kernel modules that a developer's tools load, each one used and not only found.
@ExtendWith(Installations.class)
final class BaseImageIT {
    private final Sandbox sandbox;

    BaseImageIT(SharedSandbox shared) {
        sandbox = shared.sandbox();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "git    ; git init -q r && git -C r -c user.name=a -c user.email=b commit -q"
                        + " --allow-empty -m first && git -C r log --format=%s; first",
                "curl   ; echo there >f && curl -s file://$PWD/f                      ; there",
                "python3; python3 -c 'print(6 * 7)'                                   ; 42",
                "venv   ; python3 -m venv --without-pip v && v/bin/python -c 'print(1)'; 1",
                "make   ; printf 'all:\\n\\t@echo made\\n' >Makefile && make          ; made",
                "rg     ; echo needle >hay && rg --no-filename need .                 ; needle",
                "jq     ; printf '[1, 2]' | jq -c .[1]                                ; 2",
                "less   ; echo shown | less                                           ; shown",
                "ps     ; ps -o comm= -p $$                                           ; sh",
                "rsync  ; mkdir a && echo x >a/f && rsync -a a/ b && cat b/f          ; x",
                "tmux   ; tmux -L it new-session -d 'sleep 60' && tmux -L it ls | wc -l"
                        + " && tmux -L it kill-server; 1",
                "nft    ; sudo nft add table ip mine && sudo nft list tables ip          ; table ip mine",
                "sudo   ; sudo id -u                                                  ; 0",
            })
    void a_program_works(String program, String script, String printed) throws Exception {
        assertThat(inNewDirectory(script)).as(program).isEqualTo(printed);
    }

    @Test
    void c_is_compiled_and_runs() throws Exception {
        String source = "#include <stdio.h>\nint main(void) { return puts(\"compiled\") < 0; }\n";

        Ended built =
                sandbox.executing(
                                "sh",
                                "-c",
                                "cd $(mktemp -d) && cat >p.c && cc -Wall -o p p.c && ./p")
                        .reading(source)
                        .run()
                        .succeeds();

        assertThat(built.text()).isEqualTo("compiled");
    }

    @Test
    void nftables_redirects_a_connection() throws Exception {
        String rules =
                """
                table ip it {
                    chain out {
                        type nat hook output priority -100;
                        tcp dport 81 redirect to :8081
                    }
                }
                """;

        String answer =
                inNewDirectory(
                        """
                        printf '%s' '"""
                                + rules
                                + """
                                ' | sudo nft -f - || exit
                                echo redirected >page
                                python3 -m http.server --bind 127.0.0.1 8081 >log 2>&1 &
                                curl -s --retry 20 --retry-connrefused --retry-delay 1 http://127.0.0.1:81/page
                                kill $!
                                sudo nft delete table ip it
                                """);

        assertThat(answer).isEqualTo("redirected");
    }

    @Test
    void packets_pass_a_bridge_of_veth_devices() throws Exception {
        String answer =
                asRoot(
                        """
                        ip netns add it
                        ip link add it-br type bridge
                        ip link add it-v0 type veth peer name it-v1 netns it
                        ip link set it-v0 master it-br up
                        ip address add 10.9.0.1/24 dev it-br
                        ip link set it-br up
                        ip -n it address add 10.9.0.2/24 dev it-v1
                        ip -n it link set it-v1 up
                        busybox ping -c 1 -w 20 10.9.0.2 | grep -o '1 packets received'
                        ip netns delete it
                        ip link delete it-br
                        """);

        assertThat(answer).isEqualTo("1 packets received");
    }

    @Test
    void a_tun_device_can_be_made() throws Exception {
        String answer =
                asRoot(
                        """
                        ip tuntap add dev it-tun mode tun
                        ip -o link show it-tun | grep -o POINTOPOINT
                        ip link delete it-tun
                        """);

        assertThat(answer).isEqualTo("POINTOPOINT");
    }

    @Test
    void an_overlay_can_be_mounted_on_the_disk_itself() throws Exception {
        String answer =
                asRoot(
                        """
                        d=$(mktemp -d -p /run/ks-disk)
                        cd "$d" && mkdir lower upper work all
                        echo below >lower/f
                        mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work it all
                        cat all/f && echo above >all/f && cat upper/f lower/f
                        umount all && cd / && rm -r "$d"
                        """);

        assertThat(answer.lines()).containsExactly("below", "above", "below");
    }

    @Test
    void a_file_can_be_mounted_as_a_disk() throws Exception {
        String answer =
                asRoot(
                        """
                        d=$(mktemp -d) && cd "$d" && mkdir at
                        truncate --size 8M image && mkfs.ext4 -q image
                        device=$(losetup --find --show image)
                        mount "$device" at && echo kept >at/f && umount at
                        mount "$device" at && cat at/f && umount at
                        losetup --detach "$device"
                        cd / && rm -r "$d"
                        """);

        assertThat(answer).isEqualTo("kept");
    }

    /// A real mount: the kernel takes an open `/dev/fuse` as the file system's other end (fuse(4)).
    @Test
    void a_file_system_can_be_mounted_over_fuse() throws Exception {
        String answer =
                asRoot(
                        """
                        mkdir -p /tmp/it-fuse
                        python3 -c '
                        import ctypes, os
                        libc = ctypes.CDLL(None, use_errno=True)
                        fd = os.open("/dev/fuse", os.O_RDWR)
                        options = f"fd={fd},rootmode=40000,user_id=0,group_id=0".encode()
                        if libc.mount(b"it", b"/tmp/it-fuse", b"fuse", 0, options):
                            raise OSError(ctypes.get_errno(), "mount")
                        print([m.split()[2] for m in open("/proc/mounts") if "/tmp/it-fuse" in m])
                        libc.umount2(b"/tmp/it-fuse", 2)
                        '
                        rmdir /tmp/it-fuse
                        """);

        assertThat(answer).isEqualTo("['fuse']");
    }

    @Test
    void a_project_without_its_toolchain_gets_one_line_at_its_first_start(Installation home)
            throws Exception {
        Project project = home.project("page");
        project.write("package.json", "{}\n");

        Ended first = home.starting(project).run().succeeds();
        Ended second = home.starting(project).run().succeeds();

        assertThat(suggestions(first))
                .singleElement()
                .asString()
                .contains("Node.js", "packages = [\"nodejs\", \"npm\"]", ".keystone/agent.toml");
        assertThat(suggestions(second)).isEmpty();
    }

    private static List<String> suggestions(Ended started) {
        return started.errors().lines().filter(line -> line.contains("not found in")).toList();
    }

    private String inNewDirectory(String script) throws InterruptedException {
        return sandbox.says("sh", "-c", "cd $(mktemp -d) && " + script);
    }

    /// The last command's output counts, and every command must succeed.
    private String asRoot(String script) throws InterruptedException {
        return sandbox.says("sudo", "sh", "-e", "-c", script);
    }
}
