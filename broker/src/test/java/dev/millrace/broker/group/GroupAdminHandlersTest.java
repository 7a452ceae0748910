package dev.millrace.broker.group;

import static dev.millrace.broker.group.GroupNode.GROUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.millrace.base.bytes.Bytes;
import dev.millrace.base.bytes.Uuid;
import dev.millrace.broker.AuthorizedOperations;
import dev.millrace.wire.ErrorCode;
import dev.millrace.wire.message.DeleteGroupsRequest;
import dev.millrace.wire.message.DeleteGroupsResponse;
import dev.millrace.wire.message.DeleteGroupsResponse.DeletableGroupResult;
import dev.millrace.wire.message.DescribeGroupsRequest;
import dev.millrace.wire.message.DescribeGroupsResponse;
import dev.millrace.wire.message.DescribeGroupsResponse.DescribedGroup;
import dev.millrace.wire.message.ListGroupsRequest;
import dev.millrace.wire.message.ListGroupsResponse;
import dev.millrace.wire.message.ListGroupsResponse.ListedGroup;
import java.util.List;
import org.junit.jupiter.api.Test;

class GroupAdminHandlersTest {
  private final GroupNode groups = GroupNode.withOffsetsTopic();

  private List<ListedGroup> list(ListGroupsRequest request, int version) {
    ListGroupsResponse response = groups.node.call(ListGroupsResponse.class, request, version);
    assertThat(response.errorCode()).isZero();
    return response.groups();
  }

  private List<DescribedGroup> describe(int version, boolean operations, String... ids) {
    DescribeGroupsRequest request =
        DescribeGroupsRequest.builder()
            .groups(List.of(ids))
            .includeAuthorizedOperations(operations)
            .build();
    return groups.node.call(DescribeGroupsResponse.class, request, version).groups();
  }

  private List<DeletableGroupResult> delete(int version, String... ids) {
    DeleteGroupsRequest request = DeleteGroupsRequest.builder().groupsNames(List.of(ids)).build();
    return groups.node.call(DeleteGroupsResponse.class, request, version).results();
  }

  @Test
  void everyVersionListsGroups() {
    groups.member();
    for (int version = 0; version <= 5; version++) {
      ListedGroup group = list(ListGroupsRequest.DEFAULT, version).getFirst();
      assertThat(group.groupId()).isEqualTo(GROUP);
      assertThat(group.protocolType()).isEqualTo("consumer");
      assertThat(group.groupState()).isEqualTo(version >= 4 ? "Stable" : "");
      assertThat(group.groupType()).isEqualTo(version >= 5 ? "classic" : "");
    }
    assertThat(list(ListGroupsRequest.builder().statesFilter(List.of("Empty")).build(), 4))
        .isEmpty();
    assertThat(list(ListGroupsRequest.builder().typesFilter(List.of("share")).build(), 5))
        .isEmpty();
  }

  @Test
  void everyVersionDescribesGroupsInOrder() {
    String id = groups.member();
    for (int version = 0; version <= 6; version++) {
      List<DescribedGroup> described = describe(version, false, "unknown", GROUP, "");
      assertThat(described)
          .extracting(DescribedGroup::groupId)
          .containsExactly("unknown", GROUP, "");
      short missing = version >= 6 ? ErrorCode.GROUP_ID_NOT_FOUND.code() : 0;
      assertThat(described.getFirst().errorCode()).isEqualTo(missing);
      assertThat(described.getFirst().groupState()).isEqualTo("Dead");
      DescribedGroup group = described.get(1);
      assertThat(group.groupState()).isEqualTo("Stable");
      assertThat(group.protocolData()).isEqualTo("range");
      assertThat(group.members().getFirst().memberId()).isEqualTo(id);
      assertThat(group.members().getFirst().clientId()).isEqualTo("tester");
      assertThat(group.members().getFirst().memberMetadata()).isEqualTo(Bytes.utf8("metadata"));
      assertThat(group.members().getFirst().memberAssignment()).isEqualTo(Bytes.utf8("everything"));
      assertThat(group.authorizedOperations()).isEqualTo(AuthorizedOperations.NOT_REQUESTED);
    }
  }

  @Test
  void operationsAreToldWhenSomebodyAsks() {
    groups.member();
    List<DescribedGroup> described = describe(6, true, GROUP, "unknown");
    assertThat(described.get(0).authorizedOperations()).isEqualTo(AuthorizedOperations.GROUP);
    assertThat(described.get(1).authorizedOperations())
        .isEqualTo(AuthorizedOperations.NOT_REQUESTED);
  }

  @Test
  void emptyGroupsAreDeleted() {
    groups.member();
    groups.topic("orders", 1);
    groups.commit(GroupNode.committing("orders", Uuid.ZERO, 0).groupId("simple"), 8);
    for (int version = 0; version <= 2; version++) {
      groups.commit(GroupNode.committing("orders", Uuid.ZERO, 0).groupId("simple"), 8);
      assertThat(delete(version, GROUP, "simple", "unknown", "simple"))
          .extracting(DeletableGroupResult::groupId, DeletableGroupResult::errorCode)
          .containsExactly(
              tuple(GROUP, ErrorCode.NON_EMPTY_GROUP.code()),
              tuple("simple", ErrorCode.NONE.code()),
              tuple("unknown", ErrorCode.GROUP_ID_NOT_FOUND.code()));
    }
    assertThat(list(ListGroupsRequest.DEFAULT, 4)).hasSize(1);
  }
}
