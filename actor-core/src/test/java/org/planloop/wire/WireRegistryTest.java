package org.planloop.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.planloop.data.JobKey;
import org.planloop.protocol.WireMessage;
import org.planloop.wire.WireCatalogue.Entry;

class WireRegistryTest {
  record One(int a) implements WireMessage {}

  record Two(int a) implements WireMessage {}

  private record Catalogue(String module, int firstId, int lastId, List<Entry> entries)
      implements WireCatalogue {}

  private static WireCatalogue catalogue(String module, Entry... entries) {
    return new Catalogue(module, 200, 299, List.of(entries));
  }

  private static Entry one(int id) {
    return WireCatalogue.message(id, "One", 1, 100, One.class);
  }

  @Test
  void anIdUsedTwiceFails() {
    Entry two = WireCatalogue.message(200, "Two", 1, 100, Two.class);
    assertThatThrownBy(
            () -> new WireRegistry(List.of(catalogue("a", one(200)), catalogue("b", two))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("wire catalogues of a and b both name 200");
  }

  @Test
  void aNameOrTypeUsedTwiceFails() {
    Entry two = WireCatalogue.message(201, "One", 1, 100, Two.class);
    assertThatThrownBy(() -> new WireRegistry(List.of(catalogue("a", one(200), two))))
        .hasMessageContaining("planloop.One:1");
    assertThatThrownBy(() -> new WireRegistry(List.of(catalogue("a", one(200), one(201)))))
        .hasMessageContaining("WireRegistryTest$One");
  }

  @Test
  void anIdOutsideItsModulesRangeFails() {
    assertThatThrownBy(() -> new WireRegistry(List.of(catalogue("a", one(300)))))
        .hasMessageContaining("outside the module's range");
  }

  @Test
  void aBoundAboveTheFrameFails() {
    Entry big = WireCatalogue.message(200, "One", 1, WireCatalogue.MAX_BYTES + 1, One.class);
    assertThatThrownBy(() -> new WireRegistry(List.of(catalogue("a", big))))
        .hasMessageContaining("245760");
  }

  @Test
  void aMessageListedAsAPartFails() {
    assertThatThrownBy(
            () -> new WireRegistry(List.of(catalogue("a", WireCatalogue.part(200, One.class)))))
        .hasMessageContaining("if and only if");
  }

  @Test
  void aTypeThatCannotCrossTheWireIsNamed() {
    record Closed(Thread thread) implements WireMessage {}
    WireRegistry registry =
        new WireRegistry(
            List.of(catalogue("a", WireCatalogue.message(200, "Closed", 1, 9, Closed.class))));
    assertThatThrownBy(
            () ->
                new WireFormat(
                    registry,
                    () -> {
                      throw new AssertionError();
                    }))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Closed.thread");
  }

  @Test
  void partsMustBeListedToo() {
    record Holder(JobKey key) implements WireMessage {}
    WireRegistry registry =
        new WireRegistry(
            List.of(catalogue("a", WireCatalogue.message(200, "Holder", 1, 9, Holder.class))));
    assertThatThrownBy(
            () ->
                new WireFormat(
                    registry,
                    () -> {
                      throw new AssertionError();
                    }))
        .hasMessageContaining("Holder.key");
  }

  @Test
  void everyMessageOfThisModuleIsListed() throws ClassNotFoundException {
    WireRegistry registry = WireRegistry.load();
    int seen = 0;
    for (var type :
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("org.planloop")) {
      if (type.isRecord() && type.isAssignableTo(WireMessage.class)) {
        seen++;
        assertThat(registry.lists(Class.forName(type.getName())))
            .as(type.getName() + " needs an entry in a wire catalogue")
            .isTrue();
      }
    }
    assertThat(seen).isGreaterThan(20);
  }
}
