/**
 * What is compared between clusters of three nodes, a scenario a file: every node is a broker and a
 * voter, every partition has three copies, acks=all needs two of them.
 */
@NullMarked
package dev.millrace.bench.scenario.three;

import org.jspecify.annotations.NullMarked;
