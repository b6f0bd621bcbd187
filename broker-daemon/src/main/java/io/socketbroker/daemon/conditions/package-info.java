@org.jspecify.annotations.NullMarked
package io.socketbroker.daemon.conditions;
