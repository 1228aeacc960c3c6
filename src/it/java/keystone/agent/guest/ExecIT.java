package keystone.agent.guest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import keystone.agent.guest.TestGuest.Ran;
import keystone.agent.model.UserError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// `exec` keeps every byte, in both directions, and every exit code.
@ExtendWith(GuestExtension.class)
final class ExecIT {
    private static final int EIGHT_MIB = 8 << 20;
    private static final int AT_ONCE = 40;

    private final TestGuest box;

    ExecIT(TestGuest box) {
        this.box = box;
    }

    @Test
    void outputs_stay_apart() throws InterruptedException {
        Ran ran = box.exec("sh", "-c", "echo out; echo err >&2");

        assertThat(ran.output()).isEqualTo("out\n");
        assertThat(ran.errors()).isEqualTo("err\n");
        assertThat(ran.status()).isZero();
    }

    @Test
    void arguments_arrive_as_they_were() throws InterruptedException {
        String[] odd = {
            "",
            " ",
            "'",
            "\"",
            "\\",
            "$HOME `id` $(id)",
            "a\nb\n",
            "\t\r\u001b[31m",
            "é 日本 🦊",
            "-n",
            "*",
            "~",
            "!!",
            "#",
            "a=b",
            "\u0001\u007f",
            "trailing\n\n"
        };

        Ran ran = box.exec(with("printf", "%s\\0", odd));

        assertThat(ran.output().split("\0", -1)).startsWith(odd).hasSize(odd.length + 1);
        assertThat(ran.errors()).isEmpty();
    }

    private static String[] with(String program, String format, String... rest) {
        var all = new ArrayList<>(List.of(program, format));
        all.addAll(List.of(rest));
        return all.toArray(String[]::new);
    }

    @Test
    void arguments_may_be_any_bytes() throws InterruptedException {
        var everyByte = new byte[255];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) (i + 1);
        }
        byte[] commandLine = join("printf", "%s", everyByte);
        String lossy = new String(everyByte, StandardCharsets.UTF_8);
        ExactArguments exact = ExactArguments.lastOf(commandLine, List.of("printf", "%s", lossy));

        Ran ran = box.exec(new byte[0], TestGuest.request(exact));

        assertThat(ran.bytes()).isEqualTo(everyByte);
    }

    private static byte[] join(String program, String format, byte[] last) {
        byte[] head =
                ("java\0" + program + "\0" + format + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + last.length + 1);
        System.arraycopy(last, 0, all, head.length, last.length);
        return all;
    }

    @Test
    void exit_codes_arrive() throws InterruptedException {
        for (int code : new int[] {0, 1, 42, 126, 127, 254, 255}) {
            assertThat(box.exec("sh", "-c", "exit " + code).status()).isEqualTo(code);
        }
    }

    @Test
    void a_signal_that_ends_the_command_shows_as_128_and_its_number() throws InterruptedException {
        Ran ran = box.exec("sh", "-c", "kill -KILL $$");

        assertThat(ran.status()).isEqualTo(137);
        assertThat(ran.errors()).isEmpty();
    }

    @Test
    void a_program_that_is_not_there_is_127() throws InterruptedException {
        Ran ran = box.exec("no-such-program");

        assertThat(ran.status()).isEqualTo(127);
        assertThat(ran.errors()).contains("no-such-program: not found");
    }

    @Test
    void a_builtin_of_the_shell_does_not_stand_in_for_the_program() throws InterruptedException {
        assertThat(box.exec("printf", "--version").output()).contains("GNU coreutils");
    }

    @Test
    void a_directory_that_is_not_there_is_126() throws InterruptedException {
        var request =
                new ExecRequest(
                        ExactArguments.of(List.of("pwd")),
                        "/no such",
                        Map.of(),
                        SessionToken.create());

        Ran ran = box.exec(new byte[0], request);

        assertThat(ran.status()).isEqualTo(126);
        assertThat(ran.errors()).contains("/no such");
    }

    @Test
    void it_runs_in_the_directory_asked_for() throws InterruptedException {
        box.exec("mkdir", "-p", "/tmp/it's a \"dir\"/é");
        var request =
                new ExecRequest(
                        ExactArguments.of(List.of("pwd")),
                        "/tmp/it's a \"dir\"/é",
                        Map.of(),
                        SessionToken.create());

        assertThat(box.exec(new byte[0], request).output()).isEqualTo("/tmp/it's a \"dir\"/é\n");
        assertThat(box.exec("pwd").output()).isEqualTo("/workspace\n");
    }

    @Test
    void the_sandboxes_environment_is_there_and_e_wins_over_it() throws InterruptedException {
        var request =
                new ExecRequest(
                        ExactArguments.of(List.of("env", "-0")),
                        "/workspace",
                        Map.of("ODD", "a\nb'\"\\ é", "GREETING", "mine", "LD_DEBUG_X", ""),
                        SessionToken.create());

        String changed = "\0" + box.exec(new byte[0], request).output();

        assertThat("\0" + box.exec("env", "-0").output())
                .contains("\0GREETING=" + TestGuest.GREETING + "\0")
                .contains("\0KEYSTONE_SANDBOX=blue\0")
                .contains("\0LANG=C.UTF-8\0");
        assertThat(changed)
                .contains("\0GREETING=mine\0")
                .contains("\0ODD=a\nb'\"\\ é\0")
                .contains("\0LD_DEBUG_X=\0")
                .doesNotContain("KEYSTONE_ENV");
    }

    @Test
    void eight_mebibytes_go_through_both_ways() throws InterruptedException {
        var bytes = new byte[EIGHT_MIB];
        new Random(1).nextBytes(bytes);
        long began = System.nanoTime();

        Ran ran = box.exec(bytes, TestGuest.request(ExactArguments.of(List.of("cat"))));

        assertThat(Arrays.equals(ran.bytes(), bytes)).isTrue();
        System.out.printf(
                "8 MiB through cat and back: %.2f s%n", (System.nanoTime() - began) / 1e9);
    }

    @Test
    void input_ends_where_ours_ends() throws InterruptedException {
        assertThat(
                        box.exec(
                                        "abc".getBytes(StandardCharsets.US_ASCII),
                                        TestGuest.request(ExactArguments.of(List.of("wc", "-c"))))
                                .output())
                .isEqualTo("3\n");
        assertThat(box.exec("cat").output()).isEmpty();
    }

    @Test
    void a_command_that_does_not_read_its_input_ends() throws InterruptedException {
        Ran ran =
                box.exec(
                        new byte[EIGHT_MIB], TestGuest.request(ExactArguments.of(List.of("true"))));

        assertThat(ran.status()).isZero();
    }

    @Test
    void forty_at_once_share_one_connection() throws Exception {
        long began = System.nanoTime();
        try (var pool = Executors.newFixedThreadPool(AT_ONCE)) {
            var tasks = new ArrayList<Callable<Ran>>();
            for (int i = 0; i < AT_ONCE; i++) {
                String number = Integer.toString(i);
                tasks.add(
                        () ->
                                box.exec(
                                        number.getBytes(StandardCharsets.US_ASCII),
                                        TestGuest.request(
                                                ExactArguments.of(
                                                        List.of(
                                                                "sh",
                                                                "-c",
                                                                "cat; sleep 3; exit " + number)))));
            }
            List<Future<Ran>> all = pool.invokeAll(tasks);
            for (int i = 0; i < AT_ONCE; i++) {
                assertThat(all.get(i).get().output()).isEqualTo(Integer.toString(i));
                assertThat(all.get(i).get().status()).isEqualTo(i);
            }
        }
        System.out.printf("40 at once: %.2f s%n", (System.nanoTime() - began) / 1e9);
    }

    @Test
    void a_command_that_is_too_long_is_refused_with_a_fix() {
        assertThatThrownBy(() -> box.exec("echo", "x".repeat(121 << 10)))
                .isInstanceOfSatisfying(
                        UserError.class,
                        error -> {
                            assertThat(error.problem()).contains("120 KiB");
                            assertThat(error.fix()).contains("standard input");
                        });
    }

    @Test
    void a_command_as_long_as_allowed_runs() throws InterruptedException {
        String longest = "x".repeat((120 << 10) - 300);

        assertThat(box.exec("printf", "%s", longest).output()).isEqualTo(longest);
    }
}
