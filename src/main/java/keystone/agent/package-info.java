/// The roof: the entry point, and where the lists of drivers are built.
@NullMarked
package keystone.agent;

import org.jspecify.annotations.NullMarked;
