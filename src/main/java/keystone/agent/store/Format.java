package keystone.agent.store;

import keystone.agent.json.Json;
import keystone.agent.model.Program;
import keystone.agent.model.UserError;

/// The number in a file of ours that tells in which form it is written.
///
/// It goes up with every member that is added or means something else: an earlier program, which
/// does not know it, would act without it and lose it when it writes the file again. A file without
/// a number is of before there were any.
enum Format {
    SPEC(1),
    TASK(1);

    private static final String MEMBER = "format";

    private final int newest;

    Format(int newest) {
        this.newest = newest;
    }

    Json.Obj mark(Json.Obj json) {
        return json.with(MEMBER, newest);
    }

    /// @param what it is, to be followed by what is wrong with it
    /// @throws UserError when a later program wrote it
    void require(Json.Obj json, String what) {
        Long found = json.numberOrNull(MEMBER);
        if (found != null && found > newest) {
            throw UserError.wrongState(
                    "%s is of a later keystone-agent: it is in format %d, and %s reads no later one than %d"
                            .formatted(what, found, Program.running(), newest),
                    "use that keystone-agent, or install it again: this one leaves it as it is");
        }
    }
}
