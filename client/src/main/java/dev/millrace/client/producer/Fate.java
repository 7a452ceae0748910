package dev.millrace.client.producer;

import java.util.concurrent.CompletableFuture;

/** What becomes of one record, for a program that waits for it. */
final class Fate extends CompletableFuture<Delivered> {}
