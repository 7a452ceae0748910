package dev.millrace.broker;

/**
 * What a client may do with a resource: bit n stands for the ACL operation with code n (KIP-430).
 * Without an authorizer everybody may do everything that a resource has.
 */
public final class AuthorizedOperations {
  /** Nobody asked. */
  public static final int NOT_REQUESTED = Integer.MIN_VALUE;

  private static final int READ = 1 << 3;
  private static final int WRITE = 1 << 4;
  private static final int CREATE = 1 << 5;
  private static final int DELETE = 1 << 6;
  private static final int ALTER = 1 << 7;
  private static final int DESCRIBE = 1 << 8;
  private static final int CLUSTER_ACTION = 1 << 9;
  private static final int DESCRIBE_CONFIGS = 1 << 10;
  private static final int ALTER_CONFIGS = 1 << 11;
  private static final int IDEMPOTENT_WRITE = 1 << 12;

  /** All that a topic has. */
  public static final int TOPIC =
      READ | WRITE | CREATE | DELETE | ALTER | DESCRIBE | DESCRIBE_CONFIGS | ALTER_CONFIGS;

  /** All that a group has. */
  public static final int GROUP = READ | DELETE | DESCRIBE | DESCRIBE_CONFIGS | ALTER_CONFIGS;

  /** All that the cluster has. */
  public static final int CLUSTER =
      CREATE
          | ALTER
          | DESCRIBE
          | CLUSTER_ACTION
          | DESCRIBE_CONFIGS
          | ALTER_CONFIGS
          | IDEMPOTENT_WRITE;

  private AuthorizedOperations() {}
}
