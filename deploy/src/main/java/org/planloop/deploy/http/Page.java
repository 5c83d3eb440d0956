package org.planloop.deploy.http;

import java.util.function.Supplier;

/**
 * A page of the endpoint.
 *
 * @param path below the root
 * @param open whether it is shown without a token
 * @param quick whether it is to be answered whatever else is asked; of the others only a few at a
 *     time
 * @param answer makes the answer; may block for seconds
 */
record Page(String path, boolean open, boolean quick, Supplier<Answer> answer) {
  private static final String TEXT = "text/plain; charset=utf-8";

  /**
   * An answer.
   *
   * @param status of HTTP
   * @param type of the body
   */
  record Answer(int status, String type, String body) {
    static Answer ok(String type, String body) {
      return new Answer(200, type, body);
    }

    /** In words. */
    static Answer text(int status, String body) {
      return new Answer(status, TEXT, body.endsWith("\n") ? body : body + "\n");
    }
  }
}
