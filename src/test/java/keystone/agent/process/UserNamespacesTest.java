package keystone.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class UserNamespacesTest {
    private static final String APPARMOR = "kernel/apparmor_restrict_unprivileged_userns";
    private static final String DEBIAN = "kernel/unprivileged_userns_clone";

    @Test
    void each_switch_that_forbids_user_namespaces_has_its_own_fix() {
        assertThat(fix(Map.of(APPARMOR, "1"))).contains("/etc/apparmor.d/bwrap");
        assertThat(fix(Map.of(DEBIAN, "0"))).contains("kernel.unprivileged_userns_clone=1");
        assertThat(fix(Map.of("user/max_user_namespaces", "0")))
                .contains("user.max_user_namespaces=15000");
        assertThat(fix(Map.of())).contains("container");
    }

    @Test
    void apparmor_is_told_of_the_programs_that_make_namespaces_and_stays_on_for_all_others() {
        assertThat(fix(Map.of(APPARMOR, "1")))
                .contains("profile bwrap /usr/bin/bwrap ")
                .contains("profile unshare /usr/bin/unshare ")
                .doesNotContain("sysctl");
    }

    @Test
    void a_switch_that_is_there_and_off_is_not_the_cause() {
        assertThat(fix(Map.of(APPARMOR, "0", DEBIAN, "0")))
                .doesNotContain("apparmor")
                .contains("kernel.unprivileged_userns_clone=1");
    }

    @Test
    void what_is_changed_outlives_a_reboot() {
        assertThat(fix(Map.of(APPARMOR, "1"))).contains("tee /etc/apparmor.d/");
        assertThat(fix(Map.of(DEBIAN, "0"))).contains("tee /etc/sysctl.d/");
    }

    private static String fix(Map<String, String> sysctls) {
        return UserNamespaces.fix(name -> sysctls.getOrDefault(name, ""));
    }
}
