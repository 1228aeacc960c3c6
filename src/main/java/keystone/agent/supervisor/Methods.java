package keystone.agent.supervisor;

import java.util.Set;

/// The words of the control socket. JSON-RPC 2.0, one message a line; an error's `code` is the exit
/// code a command shall end with, its `data.fix` what a person can type.
///
/// | method | parameters | result |
/// |---|---|---|
/// | `boot` | [BootOrder] | `{alreadyRunning}` once usable; `step` notifications on the way |
/// | `status` | | [Answer] |
/// | `stop` | `{force}` | `{}` once everything is verified to be gone; the supervisor ends then |
/// | `identity` | an identity, see [IdentityFormat] | `{}` once the guest's git knows it |
/// | `net` | | the policy that holds, as in `spec.json` |
/// | `net-rule` | `{host, allow, once}` | the same, once the rule holds |
/// | `net-check` | `{host, port}` | [NetCheck] |
/// | `ports` | | what is published: see [PortsWire] |
/// | `ports-change` | what is wanted otherwise | the same, once it holds |
/// | `ports-news` | `{known}` | what was said of them beyond that: waits a while for it |
/// | `secrets` | | `{problems}` once the guest has what it needs for those there are now |
/// | `secret` | `{name}` | `{value}`, which the user gives to a session |
/// | `task-submit` | a `TaskOrder` | `{id, branch}`; it works, or waits for its turn |
/// | `task-list` | | `{tasks: [{id, state, question}]}` of those that have not ended |
/// | `task-answer` | `{id, answer}` | `{}` |
/// | `task-reply` | `{id, prompt}` | `{}`; the task works again when it had ended |
/// | `task-resume` | `{id}` | `{}`; the task, which had ended, works again |
/// | `task-cancel` | `{id}` | `{}` once nothing of it runs |
/// | `session` | `{token}` | `{}`; the session lasts as long as the connection |
///
/// Notification to it: `session-done {token}`, the session's command ended by itself.
///
/// Notifications from it: `step {name, millis}` when one has passed, `begin {name}` when one
/// begins, `notice {sentence}` for what somebody should know.
final class Methods {
    static final String BOOT = "boot";
    static final String STATUS = "status";
    static final String STOP = "stop";
    static final String IDENTITY = "identity";
    static final String NET = "net";
    static final String NET_RULE = "net-rule";
    static final String NET_CHECK = "net-check";
    static final String PORTS = "ports";
    static final String PORTS_CHANGE = "ports-change";
    static final String PORTS_NEWS = "ports-news";
    static final String SECRETS = "secrets";
    static final String SECRET = "secret";
    static final String TASK_SUBMIT = "task-submit";
    static final String TASK_LIST = "task-list";
    static final String TASK_ANSWER = "task-answer";
    static final String TASK_REPLY = "task-reply";
    static final String TASK_RESUME = "task-resume";
    static final String TASK_CANCEL = "task-cancel";
    static final String SESSION = "session";
    static final String SESSION_DONE = "session-done";
    static final String BEGIN = "begin";
    static final String STEP = "step";
    static final String NOTICE = "notice";

    /// What a command of any version may ask of a supervisor of any other. Members are added to
    /// their answers, and never renamed or taken away; nothing is added to what they are asked.
    static final Set<String> LASTING = Set.of(STATUS, STOP, SESSION, TASK_LIST, TASK_CANCEL);

    private Methods() {}
}
