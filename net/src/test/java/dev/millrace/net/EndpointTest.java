package dev.millrace.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:9092, 127.0.0.1, 9092",
    "' localhost:0', localhost, 0",
    "[::1]:65535, ::1, 65535",
    ":9092, '', 9092"
  })
  void readsAddresses(String text, String host, int port) {
    assertThat(Endpoint.parse(text)).isEqualTo(new Endpoint(host, port));
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "localhost:", "h:65536", "h:-1", "::1:9092", "h:x", ""})
  void refusesWhatIsNoAddress(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Endpoint.parse(text))
        .withMessageContaining("address=" + text);
  }

  @Test
  void readsLists() {
    assertThat(Endpoint.parseList("a:1, b:2,"))
        .containsExactly(new Endpoint("a", 1), new Endpoint("b", 2));
    assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.parseList(" , "));
  }

  @Test
  void writesWhatItReads() {
    assertThat(Endpoint.parse("[fe80::1]:1")).hasToString("[fe80::1]:1");
    assertThat(Endpoint.parse("a.b:1")).hasToString("a.b:1");
  }
}
