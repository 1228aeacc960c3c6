package keystone.agent.supervisor;

import keystone.agent.json.Json;
import keystone.agent.model.Program;
import keystone.agent.model.SandboxName;
import keystone.agent.model.UserError;

/// Who speaks over a control socket: after an upgrade, commands of one program talk to supervisors
/// of another.
///
/// @param protocol what it speaks, see [#PROTOCOL]
record Speaker(Program program, int protocol) {
    /// Goes up when a message means something else than before, or says more than may be ignored.
    /// [Methods#LASTING] never change, so that whatever runs can be seen, entered and stopped.
    private static final int PROTOCOL = 1;

    /// The protocol of programs from before the protocol was sent; it is tried.
    private static final int NOT_SAID = 0;

    static final Speaker EARLIER = new Speaker(new Program("of an earlier version", ""), NOT_SAID);

    /// This process.
    static Speaker self() {
        return new Speaker(Program.running(), PROTOCOL);
    }

    /// Whether there is any sense in asking it for what is not among [Methods#LASTING].
    boolean mayUnderstand() {
        return protocol == NOT_SAID || protocol == PROTOCOL;
    }

    boolean isThisProgram() {
        return equals(self());
    }

    /// Why it was not asked, or did not understand.
    UserError misunderstood(SandboxName sandbox, String method) {
        return UserError.wrongState(
                "the supervisor of `%s` is %s and this is %s, which ask for `%s` in different ways"
                        .formatted(sandbox, program, Program.running(), method),
                "keystone-agent restart " + sandbox);
    }

    Json.Obj toJson() {
        return Json.object()
                .with("version", program.version())
                .with("commit", program.commit())
                .with("protocol", protocol);
    }

    static Speaker fromJson(Json.Obj json) {
        return new Speaker(
                new Program(json.string("version"), json.string("commit")),
                Math.toIntExact(json.number("protocol")));
    }
}
