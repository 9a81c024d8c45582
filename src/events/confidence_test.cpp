#include "events/confidence.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

SeatSession long_session() {
    SeatSession session;
    session.stay.last = 900;
    session.start_seen = true;
    session.attendance.add(600, true);
    session.attendance.add(300, false);
    return session;
}
constexpr ConfidenceInput kInput{900, 120, 1.5, true};

TEST(SeatConfidence, AClearSessionIsNearlySure) {
    EXPECT_GT(seat_confidence(long_session(), kInput, {}), 0.98);
    EXPECT_FALSE(seat_notes(long_session(), kInput, {}).contains("doubts"));
}

TEST(SeatConfidence, APossibleExchangeInsideLowersItAndIsSaid) {
    SeatSession session = long_session();
    session.worst_gap.begin = 300;
    session.worst_gap.end = 312;
    session.worst_gap.score = -0.3;
    EXPECT_LT(seat_confidence(session, kInput, {}), seat_confidence(long_session(), kInput, {}));
    EXPECT_NE(seat_notes(session, kInput, {})["doubts"].find("possible change of clients 300.0 s"),
              std::string::npos);
}

TEST(SeatConfidence, HardlyAttendedCountsOnlyWhereItIsKnownWhatIsUsual) {
    SeatSession session = long_session();
    session.attendance = {};
    session.attendance.add(600, false);
    ConfidenceInput unknown = kInput;
    unknown.attendance_counts = false;
    EXPECT_LT(seat_confidence(session, kInput, {}), 0.5);
    EXPECT_GT(seat_confidence(session, unknown, {}), 0.9);
}

TEST(SeatConfidence, NearTheThresholdItIsLower) {
    ConfidenceInput near = kInput;
    near.dwell_s = 119;
    EXPECT_LT(seat_confidence(long_session(), near, {}), seat_confidence(long_session(), kInput, {}));
}

TEST(Number, IsTheSameEverywhere) {
    EXPECT_EQ(number(12.345), "12.3");
    EXPECT_EQ(number(-0.5, 0), "-0");
    EXPECT_EQ(number(3, 2), "3.00");
}

}  // namespace
}  // namespace chairside
