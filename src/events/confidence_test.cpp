#include "events/confidence.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace chairside {
namespace {

SeatSession long_session() {
    SeatSession session;
    session.stay.last = 900;
    session.start_seen = true;
    session.attendance.add(0, 600, true);
    session.attendance.add(600, 300, false);
    return session;
}
constexpr ConfidenceInput kInput{900, 120, 1.5, 0.12, false, 600.0 / 900};

TEST(SeatConfidence, AClearSessionIsNearlySure) {
    EXPECT_GT(seat_confidence(long_session(), kInput), 0.9);
    EXPECT_FALSE(seat_notes(long_session(), kInput).contains("reasons"));
}

TEST(SeatConfidence, APossibleExchangeInsideIsSaidAndNeverRaisesIt) {
    SeatSession session = long_session();
    session.worst_gap.begin = 300;
    session.worst_gap.end = 312;
    session.worst_gap.score = -0.3;
    EXPECT_LE(seat_confidence(session, kInput), seat_confidence(long_session(), kInput));
    EXPECT_NE(seat_notes(session, kInput)["reasons"].find("possible change of clients 300 s after the start"),
              std::string::npos);
}

TEST(SeatConfidence, HardlyAttendedCountsOnlyWhereItIsKnownWhatIsUsual) {
    SeatSession session = long_session();
    session.attendance = {};
    session.attendance.add(900, 600, false);
    ConfidenceInput known = kInput;
    known.attended = 0;
    ConfidenceInput unknown = known;
    unknown.attendance_limit = 0;
    EXPECT_LT(seat_confidence(session, known), 0.3);
    EXPECT_GT(seat_confidence(session, unknown), 0.9);
    EXPECT_EQ(seat_notes(session, known)["reasons"], "hardly attended");
}

TEST(SeatConfidence, NearTheThresholdItIsLowerUnlessItGoesOn) {
    ConfidenceInput near = kInput, open = kInput;
    near.dwell_s = open.dwell_s = 119;
    open.open = true;
    EXPECT_LT(seat_confidence(long_session(), near), seat_confidence(long_session(), open));
    EXPECT_LT(seat_confidence(long_session(), open), seat_confidence(long_session(), kInput));
    EXPECT_EQ(seat_notes(long_session(), near)["reasons"], "near the threshold");
}

TEST(SeatConfidence, WhatIsKnownLaterLowersWhatWasGivenBefore) {
    Stay stay;
    stay.confidence = 0.93;
    stay.notes["evidence"] = "seat attended 0.30 edge 1.00";
    turn_down_unattended(stay, 0.02, 0.12);
    EXPECT_LT(stay.confidence, 0.2);
    EXPECT_GT(stay.confidence, 0);
    EXPECT_EQ(stay.verdict, Verdict::kRejected);
    EXPECT_EQ(stay.notes["rejected"], "unattended");
    EXPECT_EQ(stay.notes["evidence"], "seat edge 1.00 attended 4.00 rule 1.00");
}

TEST(SeatNotes, SayHowLongSomebodyWasHiddenAndTheCameraBlind) {
    SeatSession session = long_session();
    session.longest_gap_s = 40.2;
    session.hidden_s = 90;
    session.outage_s = 12;
    session.start_seen = false;
    EXPECT_EQ(seat_notes(session, kInput)["reasons"], "occluded 40 s; camera blind 12 s; arrival not seen");
    EXPECT_EQ(seat_notes(session, kInput)["evidence"], "seat attended 0.01 hidden 0.10 edge 1.00");
}

TEST(AreaConfidence, MergedIdentitiesAndPredictedTimesLowerIt) {
    const AreaEvidence clear{300, 30, 1, 0, true, false};
    AreaEvidence merged = clear, unseen = clear;
    merged.merges = 2;
    unseen.seen_share = 0.5;
    EXPECT_GT(area_confidence(clear), 0.8);
    EXPECT_LT(area_confidence(merged), area_confidence(clear));
    EXPECT_LT(area_confidence(unseen), area_confidence(clear));
    EXPECT_EQ(area_notes(merged)["reasons"], "identity merged twice");
    EXPECT_EQ(area_notes(unseen)["reasons"], "hardly seen");
}

RC_GTEST_PROP(Confidence, IsAShareAndNeverRisesWithADoubt, ()) {
    const auto value = [] { return *rc::gen::inRange(0, 400) / 100.0; };
    const Doubts d{value(),
                   value(),
                   value(),
                   value(),
                   value(),
                   value(),
                   value(),
                   value(),
                   value(),
                   value(),
                   *rc::gen::arbitrary<bool>()};
    RC_ASSERT(confidence_of(d) > 0 && confidence_of(d) < 1);
    for (double Doubts::*doubt :
         {&Doubts::split, &Doubts::start, &Doubts::end, &Doubts::length, &Doubts::attended, &Doubts::hidden,
          &Doubts::edge, &Doubts::identity, &Doubts::unseen, &Doubts::rule}) {
        Doubts more = d;
        more.*doubt += 0.5;
        RC_ASSERT(confidence_of(more) <= confidence_of(d));
    }
}

Stay stay(Verdict verdict, double confidence, const std::string& why = "") {
    Stay out;
    out.verdict = verdict;
    out.confidence = confidence;
    out.closed = true;
    if (!why.empty()) out.notes["rejected"] = why;
    return out;
}

TEST(Judged, TheConfidenceDecides) {
    const CountingLimits limits{0.6, 0.3};
    EXPECT_EQ(judged(stay(Verdict::kCounted, 0.6), limits), Verdict::kCounted);
    EXPECT_EQ(judged(stay(Verdict::kCounted, 0.59), limits), Verdict::kReview);
    EXPECT_EQ(judged(stay(Verdict::kCounted, 0.3), limits), Verdict::kReview);
    EXPECT_EQ(judged(stay(Verdict::kCounted, 0.29), limits), Verdict::kRejected);
}

TEST(Judged, WhatTheEngineDoubtsIsNeverCountedButMayBeReviewed) {
    EXPECT_EQ(judged(stay(Verdict::kReview, 0.9), {}), Verdict::kReview);
    EXPECT_EQ(judged(stay(Verdict::kRejected, 0.9, "unattended"), {}), Verdict::kReview);
    EXPECT_EQ(judged(stay(Verdict::kRejected, 0.1, "unattended"), {}), Verdict::kRejected);
}

TEST(Judged, AFactRejectsWhateverTheConfidence) {
    for (const char* fact : {"short", "not seated", "never moved"})
        EXPECT_EQ(judged(stay(Verdict::kRejected, 0.99, fact), {0, 0}), Verdict::kRejected) << fact;
}

TEST(Number, IsTheSameEverywhere) {
    EXPECT_EQ(number(12.345), "12.3");
    EXPECT_EQ(number(-0.5, 0), "-0");
    EXPECT_EQ(number(3, 2), "3.00");
}

}  // namespace
}  // namespace chairside
