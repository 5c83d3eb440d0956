package org.planloop.environments.helicopter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.planloop.data.RandomStream;

class ManoeuvresTest {
  /** What the true helicopter would be if it were learned without an error. */
  private static LearnedHelicopter exact() {
    double[] weights = new double[LearnedHelicopter.FEATURES * LearnedHelicopter.ACCELERATIONS];
    double[][] rows = {
      {0, -0.57, 1.21, -0.086, 0.015, -0.139},
      {-0.048, 0, 0, 0, 0, 0},
      {0, -0.12, 0, 0, 0, 0},
      {0, 0, -0.0005, 0, 0, 0},
      {0, 0, 0, -3.47, 0, 0},
      {0, 0, 0, 0, -3.06, 0},
      {0, 0, 0, 0, 0, -2.58},
      {0, 0, 0, 13.20, 0, 0},
      {0, 0, 0, 0, -9.21, 0},
      {0, 0, 0, 0, 0, 14.84},
      {0, 0, -27.5, 0, 0, 0}
    };
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, weights, i * rows[i].length, rows[i].length);
    }
    return new LearnedHelicopter(weights);
  }

  @Test
  void aHelicopterLearnedWithoutErrorIsTheTrueOneInEveryAttitude() {
    RandomStream random = new RandomStream(2);
    double[] truth = new double[HoverDynamics.QUEUE];
    HoverDynamics dynamics = new HoverDynamics(0, 0);
    dynamics.start(truth, random);
    double[] learned = truth.clone();
    double[] features = new double[LearnedHelicopter.FEATURES];
    double[] accelerations = new double[LearnedHelicopter.ACCELERATIONS];
    for (int t = 0; t < 60; t++) {
      double[] action = new double[4];
      for (int i = 0; i < 4; i++) {
        action[i] = 0.1 * random.nextGaussian();
      }
      double[] before = truth.clone();
      dynamics.step(truth, action, random);
      exact().step(learned, action, random);
      assertThat(learned).containsExactly(truth, within(1e-9));
      LearnedHelicopter.row(before, truth, features, accelerations);
      for (int j = 0; j < LearnedHelicopter.ACCELERATIONS; j++) {
        double sum = 0;
        for (int i = 0; i < LearnedHelicopter.FEATURES; i++) {
          sum += features[i] * exact().weights()[i * LearnedHelicopter.ACCELERATIONS + j];
        }
        assertThat(accelerations[j]).isCloseTo(sum, within(1e-9));
      }
    }
  }

  @Test
  void aFlipAndARollAreWholeTurnsOnTheSpot() {
    for (String name : List.of("flip", "roll")) {
      List<HelicopterPose> wish = Manoeuvres.wish(name);
      HelicopterPose half = wish.get(wish.size() / 2);
      HelicopterPose last = wish.get(wish.size() - 1);
      assertThat(last.angle(wish.get(0))).isCloseTo(0, within(1e-6));
      assertThat(last.w()).isCloseTo(-1, within(1e-12));
      assertThat(half.angle(wish.get(0))).isCloseTo(Math.PI, within(1e-6));
      assertThat(half.distance(wish.get(0))).isZero();
    }
    assertThatThrownBy(() -> Manoeuvres.wish("loop")).hasMessageContaining("tic-toc");
  }

  @Test
  void theTargetsRatesTurnItFromPoseToPose() {
    TargetTrajectory target = Manoeuvres.target(Manoeuvres.wish("flip"));
    for (int t = 1; t < target.last(); t++) {
      double[] turned = target.points()[t - 1].clone();
      double rate = target.points()[t][TargetTrajectory.RATES + 1];
      Attitude.turn(turned, TargetTrajectory.ATTITUDE, 0, 2 * HoverDynamics.STEP * rate, 0);
      double[] left = new double[3];
      Attitude.difference(
          turned,
          TargetTrajectory.ATTITUDE,
          target.points()[t + 1],
          TargetTrajectory.ATTITUDE,
          left,
          0);
      assertThat(left).containsExactly(new double[3], within(1e-9));
    }
  }

  @Test
  void posesTurnAndKeepTheirSign() {
    HelicopterPose pose = new HelicopterPose(1, 2, 3, 0, 0, 0, 1).turned(0, 0, Math.PI / 2);
    assertThat(pose.world(1, 0, 0)).containsExactly(new double[] {1, 3, 3}, within(1e-12));
    double[] opposite = {0, 0, 0, 0, 0, -1, -1};
    assertThat(pose.continuing(opposite)[6]).isNegative();
    HelicopterPose same = HelicopterPose.ofCoordinates(pose.continuing(opposite));
    assertThat(same.angle(pose)).isCloseTo(0, within(1e-6));
  }
}
