package dev.millrace.client;

import dev.millrace.wire.message.CreateAclsRequest;
import dev.millrace.wire.message.CreateAclsRequest.AclCreation;
import dev.millrace.wire.message.CreateAclsResponse;
import dev.millrace.wire.message.DeleteAclsRequest;
import dev.millrace.wire.message.DeleteAclsRequest.DeleteAclsFilter;
import dev.millrace.wire.message.DeleteAclsResponse;
import dev.millrace.wire.message.DescribeAclsRequest;
import dev.millrace.wire.message.DescribeAclsResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who may do what (KIP-11, KIP-290). Blocks; throws {@link ClientException}. */
public final class Acls {
  private final Cluster cluster;

  public Acls(Cluster cluster) {
    this.cluster = cluster;
  }

  /** What a rule is about. Each enum's constants stand at their numbers of the protocol. */
  public enum Resource {
    /** A newer node named one that is not known here. */
    UNKNOWN,
    /** In filters only. */
    ANY,
    TOPIC,
    GROUP,
    /** The cluster as a whole; its name is {@code kafka-cluster}. */
    CLUSTER,
    TRANSACTIONAL_ID,
    DELEGATION_TOKEN,
    /** Whose delegation tokens are made or described (KIP-373). */
    USER
  }

  /** How its name is compared. */
  public enum Pattern {
    /** A newer node named one that is not known here. */
    UNKNOWN,
    /** In filters only. */
    ANY,
    /** In filters: rules that hold for a name, whatever their pattern. */
    MATCH,
    /** The name itself, {@code *} for all names. */
    LITERAL,
    /** All names that begin so. */
    PREFIXED
  }

  /** What is done. */
  public enum Operation {
    /** A newer node named one that is not known here. */
    UNKNOWN,
    /** In filters only. */
    ANY,
    /** In rules: whatever can be done with the resource. */
    ALL,
    READ,
    WRITE,
    CREATE,
    DELETE,
    ALTER,
    DESCRIBE,
    /** What nodes do among themselves. */
    CLUSTER_ACTION,
    DESCRIBE_CONFIGS,
    ALTER_CONFIGS,
    /** To write without doubles; who may {@link #WRITE} to a topic may this too (KIP-679). */
    IDEMPOTENT_WRITE,
    CREATE_TOKENS,
    DESCRIBE_TOKENS,
    /** To have transactions without a time limit (KIP-939). */
    TWO_PHASE_COMMIT
  }

  /** Whether it may be done. */
  public enum Permission {
    /** A newer node named one that is not known here. */
    UNKNOWN,
    /** In filters only. */
    ANY,
    /** Goes before every rule that allows. */
    DENY,
    ALLOW
  }

  /**
   * A rule.
   *
   * @param principal such as {@code User:alice}
   * @param host an address, {@code *} for all
   */
  public record Rule(
      Resource resource,
      String name,
      Pattern pattern,
      String principal,
      String host,
      Operation operation,
      Permission permission) {}

  /** Which rules are meant; null and ANY leave open what stands there. */
  public record Filter(
      Resource resource,
      @Nullable String name,
      Pattern pattern,
      @Nullable String principal,
      @Nullable String host,
      Operation operation,
      Permission permission) {
    /** All rules. */
    public static final Filter ALL =
        new Filter(Resource.ANY, null, Pattern.ANY, null, null, Operation.ANY, Permission.ANY);
  }

  /** Rules that fit. */
  public List<Rule> describe(Filter filter) {
    DescribeAclsRequest request =
        DescribeAclsRequest.builder()
            .resourceTypeFilter(code(filter.resource()))
            .resourceNameFilter(filter.name())
            .patternTypeFilter(code(filter.pattern()))
            .principalFilter(filter.principal())
            .hostFilter(filter.host())
            .operation(code(filter.operation()))
            .permissionType(code(filter.permission()))
            .build();
    DescribeAclsResponse answer = cluster.call(request, DescribeAclsResponse::read);
    Topics.check(answer.errorCode(), "describe acls", answer.errorMessage());
    List<Rule> rules = new ArrayList<>();
    for (var resource : answer.resources()) {
      for (var acl : resource.acls()) {
        rules.add(
            new Rule(
                at(Resource.values(), resource.resourceType()),
                resource.resourceName(),
                at(Pattern.values(), resource.patternType()),
                acl.principal(),
                acl.host(),
                at(Operation.values(), acl.operation()),
                at(Permission.values(), acl.permissionType())));
      }
    }
    return rules;
  }

  /** Adds rules; those that are there already stay. */
  public void create(Collection<Rule> rules) {
    List<AclCreation> creations = new ArrayList<>();
    for (Rule rule : rules) {
      creations.add(
          new AclCreation(
              code(rule.resource()),
              rule.name(),
              code(rule.pattern()),
              rule.principal(),
              rule.host(),
              code(rule.operation()),
              code(rule.permission())));
    }
    CreateAclsResponse answer =
        cluster.call(new CreateAclsRequest(creations), CreateAclsResponse::read);
    answer
        .results()
        .forEach(each -> Topics.check(each.errorCode(), "create acls", each.errorMessage()));
  }

  /** Deletes rules that fit; returns them. */
  public List<Rule> delete(Filter filter) {
    DeleteAclsRequest request =
        new DeleteAclsRequest(
            List.of(
                new DeleteAclsFilter(
                    code(filter.resource()),
                    filter.name(),
                    code(filter.pattern()),
                    filter.principal(),
                    filter.host(),
                    code(filter.operation()),
                    code(filter.permission()))));
    DeleteAclsResponse answer = cluster.call(request, DeleteAclsResponse::read);
    List<Rule> gone = new ArrayList<>();
    for (var result : answer.filterResults()) {
      Topics.check(result.errorCode(), "delete acls", result.errorMessage());
      for (var acl : result.matchingAcls()) {
        Topics.check(acl.errorCode(), "delete acls", acl.errorMessage());
        gone.add(
            new Rule(
                at(Resource.values(), acl.resourceType()),
                acl.resourceName(),
                at(Pattern.values(), acl.patternType()),
                acl.principal(),
                acl.host(),
                at(Operation.values(), acl.operation()),
                at(Permission.values(), acl.permissionType())));
      }
    }
    return gone;
  }

  @SuppressWarnings("EnumOrdinal") // the constants stand at their numbers of the protocol
  private static byte code(Enum<?> word) {
    return (byte) word.ordinal();
  }

  private static <E> E at(E[] words, byte code) {
    return code >= 0 && code < words.length ? words[code] : words[0];
  }
}
