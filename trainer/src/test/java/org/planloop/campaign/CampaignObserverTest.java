package org.planloop.campaign;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CampaignObserverTest {
  private static CampaignObserver recording(String name, List<String> heard) {
    return (CampaignObserver)
        Proxy.newProxyInstance(
            CampaignObserver.class.getClassLoader(),
            new Class<?>[] {CampaignObserver.class},
            (proxy, method, arguments) -> {
              heard.add(name + " " + method.getName() + " " + Arrays.toString(arguments));
              return null;
            });
  }

  private static Object argument(Class<?> type) {
    if (type == int.class) {
      return 3;
    }
    return type == long.class ? (Object) 4L : "a node";
  }

  @Test
  void bothHearEveryCallWithItsArguments() throws ReflectiveOperationException {
    List<String> heard = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    CampaignObserver both =
        new BothObservers(recording("first", heard), recording("second", heard));
    for (Method method : CampaignObserver.class.getMethods()) {
      if (method.getReturnType() != void.class) {
        continue;
      }
      Object[] arguments =
          Arrays.stream(method.getParameterTypes())
              .map(type -> type.isRecord() ? null : argument(type))
              .toArray();
      method.invoke(both, arguments);
      for (String name : List.of("first", "second")) {
        expected.add(name + " " + method.getName() + " " + Arrays.toString(arguments));
      }
    }
    assertEquals(expected, heard);
    assertEquals(12, heard.size(), "two observers, six calls");
  }
}
