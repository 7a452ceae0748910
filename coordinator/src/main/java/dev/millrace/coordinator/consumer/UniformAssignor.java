package dev.millrace.coordinator.consumer;

import java.util.Map;
import java.util.SortedSet;

/**
 * Gives all members the same number of partitions, one more or less, and moves as few as it can.
 * Where members read different topics, nobody has two more than a member that could take one.
 */
public final class UniformAssignor implements Assignor {
  @Override
  public String name() {
    return "uniform";
  }

  @Override
  public Map<String, Partitions> assign(Question question) {
    UniformSpread spread = new UniformSpread(question);
    if (sameTopics(question)) {
      spread.keepUpToQuota();
    } else {
      spread.keepAll();
    }
    spread.giveFreeOnes();
    spread.balance();
    return spread.result();
  }

  private static boolean sameTopics(Question question) {
    SortedSet<?> first = null;
    for (Candidate candidate : question.candidates()) {
      if (first == null) {
        first = candidate.topics();
      } else if (candidate.topics() != first && !candidate.topics().equals(first)) {
        return false;
      }
    }
    return true;
  }
}
