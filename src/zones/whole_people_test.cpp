#include "zones/whole_people.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

Sighting at(double x, double y, double w, double h, float score = 0.9F) {
    return {{x, y, w, h}, score};
}

std::vector<Box> left(std::vector<Sighting> sightings) {
    keep_whole_people(sightings);
    std::vector<Box> out;
    for (const Sighting& sighting : sightings)
        out.push_back(sighting.box);
    return out;
}

constexpr Box kWhole{100, 100, 80, 200};

TEST(WholePeople, TheUpperHalfOfSomebodyWhoStandsIsNobody) {
    EXPECT_EQ(left({at(100, 100, 80, 200, 0.6F), at(103, 104, 74, 110, 0.8F)}), std::vector{kWhole});
    EXPECT_EQ(left({at(103, 104, 74, 110, 0.5F), at(100, 100, 80, 200, 0.6F)}), std::vector{kWhole});
}

TEST(WholePeople, OfTwoBoxesOfOnePersonTheSurerStays) {
    EXPECT_EQ(left({at(106, 104, 78, 190, 0.4F), at(100, 100, 80, 200, 0.6F)}), std::vector{kWhole});
}

TEST(WholePeople, APoorBoxOfOnePersonHasItsHeadInTheSamePlace) {
    EXPECT_EQ(left({at(110, 106, 66, 165, 0.5F), at(100, 100, 80, 200, 0.8F)}), std::vector{kWhole});
    EXPECT_EQ(left({at(100, 140, 80, 160, 0.5F), at(100, 100, 80, 200, 0.8F)}), std::vector{kWhole}) << "IoU";
    EXPECT_EQ(left({at(110, 140, 80, 170, 0.5F), at(100, 100, 80, 200, 0.8F)}).size(), 2U) << "lower head";
}

TEST(WholePeople, WhoSitsBehindSomebodyWhoStandsIsThere) {
    EXPECT_EQ(left({at(100, 100, 80, 200), at(85, 140, 110, 148)}).size(), 2U);
}

TEST(WholePeople, WhoSitsInFrontOfSomebodyWhoStandsIsThere) {
    EXPECT_EQ(left({at(100, 100, 80, 200), at(90, 165, 105, 150)}).size(), 2U);
}

TEST(WholePeople, AChildBeforeAnAdultIsThere) {
    EXPECT_EQ(left({at(100, 100, 80, 200), at(110, 190, 50, 120)}).size(), 2U);
}

TEST(WholePeople, ABoxAroundTwoPeopleHidesNeither) {
    EXPECT_EQ(left({at(100, 100, 80, 200, 0.2F), at(102, 104, 76, 110, 0.8F)}).size(), 2U);
}

TEST(WholePeople, OneOfSeveralIsLeft) {
    // each of the three is less than another: by its score, by its height, by its score
    EXPECT_EQ(
        left({at(100, 100, 80, 200, 0.5F), at(100, 102, 78, 165, 0.9F), at(100, 101, 79, 180, 0.7F)}).size(),
        1U);
}

TEST(WholePeople, TwoWhoStandCloseAreTwo) {
    EXPECT_EQ(left({at(100, 100, 80, 200, 0.9F), at(104, 104, 80, 200, 0.85F)}).size(), 2U);
}

}  // namespace
}  // namespace chairside
