package keystone.agent.guest;

/// What encrypts the connections to a guest: both protect as much, so the faster one is asked for.
/// They cross no network; one of OpenSSH's ciphers has to be chosen all the same.
public enum SshCipher {
    /// For a guest whose processor has instructions for it.
    OF_HARDWARE("aes128-gcm@openssh.com"),
    /// For a translated guest, where each of those instructions is a call of QEMU's: twice as fast
    /// there, measured with 48 MiB each way.
    OF_PLAIN_ARITHMETIC("chacha20-poly1305@openssh.com");

    private final String word;

    SshCipher(String word) {
        this.word = word;
    }

    /// As in ssh_config(5).
    String word() {
        return word;
    }
}
