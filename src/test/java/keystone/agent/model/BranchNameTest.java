package keystone.agent.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class BranchNameTest {
    private static String plain(String branch) {
        return new BranchName(branch).plain();
    }

    @Test
    void a_plain_name_stays() {
        assertThat(plain("fix-login_2")).isEqualTo("fix-login_2");
    }

    @Test
    void different_branches_have_different_names() {
        assertThat(plain("fix/login"))
                .matches("fix-login-[0-9a-f]{8}")
                .isNotEqualTo(plain("fix.login"));
        assertThat(plain("fix/login")).isNotEqualTo(plain("fix-login"));
        String longest = "a".repeat(100);
        assertThat(plain(longest)).hasSizeLessThan(60).isNotEqualTo(plain(longest + "b"));
    }

    @Test
    void nothing_of_a_shell_or_a_path_is_left() {
        for (String branch :
                new String[] {"$(touch x)/'y", "a;b", "é/ü", "%2e", "ab\u202ecd", "#{x}"}) {
            String valid = branch.replace(" ", "_").replace("..", "_");
            assertThat(plain(valid)).matches("[A-Za-z0-9_][A-Za-z0-9_-]*");
        }
        assertThat(plain("é")).doesNotStartWith("-");
    }
}
