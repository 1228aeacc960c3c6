package keystone.agent.machine;

/// Whether the processor runs the guest directly, and why or why not.
///
/// @param reason one sentence without a full stop
public record Acceleration(Kind kind, String reason) {
    public enum Kind {
        /// The kernel's hypervisor.
        KVM("kvm"),
        /// QEMU's translator: works everywhere, about ten times slower.
        TCG("tcg");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
