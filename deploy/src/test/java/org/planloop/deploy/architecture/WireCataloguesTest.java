package org.planloop.deploy.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.planloop.protocol.WireMessage;
import org.planloop.wire.WireRegistry;

/** The modules' wire catalogues, all together. */
class WireCataloguesTest {
  @Test
  void everyMessageOfEveryModuleIsListedAndNoIdIsUsedTwice() throws ClassNotFoundException {
    WireRegistry registry = WireRegistry.load();
    List<JavaClass> messages =
        new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("org.planloop")
                .stream()
                .filter(type -> type.isRecord() && type.isAssignableTo(WireMessage.class))
                .toList();
    assertThat(messages).isNotEmpty();
    for (JavaClass message : messages) {
      assertThat(registry.lists(Class.forName(message.getName())))
          .as(message.getName() + " needs an entry in its module's wire catalogue")
          .isTrue();
    }
  }
}
