package dev.millrace.server.command.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class ListingTest {
  @Test
  void numbersStandRightAndTextLeft() {
    Listing listing = Listing.of("topic", "highWatermark", "replicas");
    listing.add("orders", 7, List.of(1, 2));
    listing.add("a", 12345, List.of());
    listing.add("b", null, null);
    assertThat(listing.table())
        .isEqualTo(
            """
            TOPIC   HIGH WATERMARK  REPLICAS
            orders               7  1,2
            a                12345  -
            b                    -  -
            """);
  }

  @Test
  void jsonHasOneObjectARow() {
    Listing listing = Listing.of("name", "on", "list");
    listing.add("say \"hi\"", true, List.of(1, "x"));
    listing.add("\n", null, List.of());
    assertThat(Json.text(listing))
        .isEqualTo(
            """
            [
              {"name":"say \\"hi\\"","on":true,"list":[1,"x"]},
              {"name":"\\n","on":null,"list":[]}
            ]\
            """);
    assertThat(Json.text(Listing.of("a"))).isEqualTo("[]");
  }

  @Test
  void refusesARowOfAnotherWidth() {
    Listing listing = Listing.of("a", "b");
    assertThatIllegalArgumentException().isThrownBy(() -> listing.add("1"));
  }
}
