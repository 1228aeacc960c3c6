package keystone.agent.egress;

import java.util.List;
import java.util.Optional;

/// The protocols that we can look into, by their names in TLS (RFC 7301).
enum Spoken {
    HTTP_1("http/1.1"),
    HTTP_2("h2");

    private final String word;

    Spoken(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }

    /// Nearly all programs speak the first, which is the simpler one; the second is for those that
    /// do not, as clients of gRPC.
    ///
    /// @param offered by a guest
    /// @return empty when it speaks neither
    static Optional<Spoken> of(List<String> offered) {
        return List.of(values()).stream().filter(each -> offered.contains(each.word)).findFirst();
    }
}
