package org.planloop.deploy.cli;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * SIGINT and SIGTERM: the first one asks whoever listens to stop, the second one exits at once.
 * Without a listener the first one exits too. A service manager signals all processes of a service,
 * and a launcher passes on what it gets: what comes within a second is the same wish.
 */
public final class Signals {
  /** What a process ended by a signal exits with, less the signal's number. */
  static final int EXIT_BASE = 128;

  /** The number of SIGINT. */
  static final int INT = 2;

  /** The number of SIGTERM. */
  static final int TERM = 15;

  private static final long ECHO_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final AtomicReference<IntConsumer> listener = new AtomicReference<>(number -> {});
  private final AtomicBoolean listened = new AtomicBoolean();
  private final AtomicReference<@Nullable Long> first = new AtomicReference<>();
  private final IntConsumer exit;
  private final LongSupplier nanoTime;

  /**
   * @param exit ends the process at once with a code
   * @param nanoTime a monotonic clock
   */
  public Signals(IntConsumer exit, LongSupplier nanoTime) {
    this.exit = exit;
    this.nanoTime = nanoTime;
  }

  /** Takes the process's signals over. */
  static Signals ofProcess() {
    Signals signals = new Signals(code -> Runtime.getRuntime().halt(code), System::nanoTime);
    signals.install("INT", INT);
    signals.install("TERM", TERM);
    return signals;
  }

  /** Calls {@code handler} with the number of the first signal, on a thread of its own. */
  public void listen(IntConsumer handler) {
    listener.set(handler);
    listened.set(true);
  }

  /** A signal has come. */
  public void raise(int number) {
    long now = nanoTime.getAsLong();
    if (!listened.get()) {
      exit.accept(EXIT_BASE + number);
    } else if (first.compareAndSet(null, now)) {
      listener.get().accept(number);
    } else if (now - Objects.requireNonNull(first.get()) >= ECHO_NANOS) {
      exit.accept(EXIT_BASE + number);
    }
  }

  /**
   * The only way to hear a second signal is the class that every JDK has and none documents; by
   * reflection, because a compiler for Java 17 warns of it.
   */
  private void install(String name, int number) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      InvocationHandler raise =
          (proxy, method, arguments) ->
              switch (method.getName()) {
                case "handle" -> {
                  raise(number);
                  yield null;
                }
                case "equals" -> arguments != null && proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> name;
              };
      Object proxy =
          Proxy.newProxyInstance(Signals.class.getClassLoader(), new Class<?>[] {handler}, raise);
      signal
          .getMethod("handle", signal, handler)
          .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("cannot listen for SIG" + name, e);
    }
  }
}
