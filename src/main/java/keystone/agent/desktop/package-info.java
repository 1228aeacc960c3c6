/// The desktop of whoever uses this host: notifications, over their session's message bus.
///
/// Speaks just enough of D-Bus by itself: a library would cost a supervisor, which lives for days
/// in a small heap, more than all else that it does for a task; a program such as notify-send would
/// show an agent's words to every user of the host, as its arguments.
///
/// May use `model` and `process`. Start reading at [keystone.agent.desktop.Desktop].
@NullMarked
package keystone.agent.desktop;

import org.jspecify.annotations.NullMarked;
