#include "visits/step_evidence.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

constexpr double kRate = 4.0 / 3600;

Event stay(const std::string& zone, ZoneType type, double start_s, double end_s, std::int64_t person = 1) {
    Event event;
    event.camera = "room";
    event.zone = zone;
    event.type = type;
    event.person = {person};
    event.start = WallTime(from_seconds(start_s));
    event.dwell = from_seconds(end_s - start_s);
    event.end = event.start + event.dwell;
    event.state = EventState::kClosed;
    return event;
}

StepEvidence evidence() {
    return StepEvidence(
        {}, {{"room", "bench", {0.1, 0.5}}, {"room", "chair", {0.7, 0.5}}, {"room", "basin", {0.7, 0.6}}});
}

TEST(StepEvidence, SomebodyWhoGoesStraightFromTheBenchToTheChairIsTheClient) {
    const Event bench = stay("bench", ZoneType::kWait, 0, 300);
    const Event soon = stay("chair", ZoneType::kChair, 305, 900, 2),
                late = stay("chair", ZoneType::kChair, 420, 900, 2);
    EXPECT_GT(evidence().log_odds(bench, soon, kRate), 2);
    EXPECT_GT(evidence().log_odds(bench, soon, kRate), evidence().log_odds(bench, late, kRate) + 2);
}

TEST(StepEvidence, NobodyIsInTwoPlacesAtOnce) {
    const Event bench = stay("bench", ZoneType::kWait, 0, 300);
    EXPECT_EQ(evidence().log_odds(bench, stay("chair", ZoneType::kChair, 280, 900), kRate),
              StepEvidence::kImpossible);
    EXPECT_EQ(evidence().log_odds(bench, stay("chair", ZoneType::kChair, 700, 900), kRate),
              StepEvidence::kImpossible);
}

TEST(StepEvidence, TheNextInTheSameSeatIsTheNextClient) {
    const Event first = stay("chair", ZoneType::kChair, 0, 600);
    EXPECT_LT(evidence().log_odds(first, stay("chair", ZoneType::kChair, 603, 900, 2), kRate), 0);
}

TEST(StepEvidence, WaitingAfterTheHaircutNeedsOneIdentity) {
    const Event cut = stay("chair", ZoneType::kChair, 0, 600, 7);
    EXPECT_LT(evidence().log_odds(cut, stay("bench", ZoneType::kWait, 605, 700, 8), kRate), 0);
    EXPECT_GT(evidence().log_odds(cut, stay("bench", ZoneType::kWait, 605, 700, 7), kRate), 0);
}

TEST(StepEvidence, TheWayBetweenTwoZonesIsLearned) {
    StepEvidence learning = evidence();
    const Event bench = stay("bench", ZoneType::kWait, 0, 300);
    EXPECT_NEAR(learning.walking_s(bench, stay("chair", ZoneType::kChair, 320, 900)), 0.6 / 0.12, 1e-9);
    for (const double s : {330.0, 331.0, 332.0})
        learning.learn(bench, stay("chair", ZoneType::kChair, s, 900));
    EXPECT_NEAR(learning.walking_s(bench, stay("chair", ZoneType::kChair, 320, 900)), 31, 1e-9);
}

TEST(StepEvidence, AcrossCamerasNumbersOfPeopleMeanNothing) {
    Event bench = stay("bench", ZoneType::kWait, 0, 300, 1);
    bench.camera = "entrance";
    EXPECT_EQ(evidence().log_odds(bench, stay("chair", ZoneType::kChair, 315, 900, 1), kRate),
              evidence().log_odds(bench, stay("chair", ZoneType::kChair, 315, 900, 2), kRate));
    EXPECT_GT(evidence().log_odds(bench, stay("chair", ZoneType::kChair, 315, 900, 2), kRate), 0);
}

}  // namespace
}  // namespace chairside
