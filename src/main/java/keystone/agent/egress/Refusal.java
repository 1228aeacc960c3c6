package keystone.agent.egress;

import keystone.agent.egress.ServerTls.NotTrusted;
import keystone.agent.model.UserError;

/// What a guest is answered in a server's place.
///
/// @param status HTTP's
/// @param problem in ASCII, without a full stop
/// @param fix what to type on the host; empty where nothing helps
record Refusal(int status, String problem, String fix) {
    static Refusal of(Malformed malformed) {
        return new Refusal(malformed.status(), malformed.what(), "");
    }

    static Refusal of(NotTrusted notTrusted) {
        return new Refusal(HttpAnswer.BAD_GATEWAY, notTrusted.sentence(), notTrusted.fix());
    }

    static Refusal oddAnswer(Target target, Malformed odd) {
        return new Refusal(
                HttpAnswer.BAD_GATEWAY,
                "the answer of " + target.host() + " is not proper HTTP: " + odd.what(),
                "");
    }

    static Refusal tooMany(Target target) {
        return new Refusal(
                HttpAnswer.BUSY,
                target.host() + " is asked too much at once on one connection",
                "");
    }

    /// Why a secret cannot be read is nothing for a guest: it may name the host's files.
    static Refusal unreadable(Target target, UserError why) {
        boolean isForNow = why.kind() == UserError.Kind.TIMED_OUT;
        // Agents take what is forbidden for final, and try again what is not there at the moment.
        return new Refusal(
                isForNow ? HttpAnswer.BUSY : HttpAnswer.FORBIDDEN,
                "a secret for %s cannot be read on the host%s"
                        .formatted(target.host(), isForNow ? " at the moment" : ""),
                "keystone-agent tokens list   # says why");
    }

    /// In one line.
    String sentence() {
        return problem + (fix.isEmpty() ? "" : "; on the host: " + fix);
    }
}
