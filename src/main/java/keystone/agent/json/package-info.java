/// JSON values: strict when read, bounded in depth and size, because a guest may have written them.
///
/// Start reading at [keystone.agent.json.Json]. May use nothing of ours; hides the parser.
@NullMarked
package keystone.agent.json;

import org.jspecify.annotations.NullMarked;
