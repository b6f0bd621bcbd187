/**
 * Finds out whether the conditions of a task hold: routes, files, time of the day, load. Runs on threads of its own, since a
 * file may be on a server that does not answer. For the conductor, which gets the answer on such a thread.
 */
@NullMarked
package io.socketbroker.daemon.conditions;

import org.jspecify.annotations.NullMarked;
