/// A model that says what a test has written down: the three programming interfaces that coding
/// agents speak to models by, streaming, so that unmodified agents work against it.
///
/// Start reading at [keystone.agent.models.ModelServer].
@NullMarked
package keystone.agent.models;

import org.jspecify.annotations.NullMarked;
