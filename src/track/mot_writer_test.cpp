#include "track/mot_writer.hpp"

#include <gtest/gtest.h>

namespace chairside {
namespace {

Track track(double x, float score) {
    Track t;
    t.id = TrackId{7};
    t.box = {x, 2.005, 30.999, 1e6};
    t.score = score;
    return t;
}

TEST(MotWriter, WritesFixedDecimalsAndAppends) {
    std::string rows = "before\n";
    append_mot_row(rows, 12, track(1.5, 0.25F));
    EXPECT_EQ(rows, "before\n12,7,1.50,2.00,31.00,1000000.00,0.2500,-1,-1,-1\n");
}

TEST(MotWriter, NeverWritesMinusZero) {
    std::string rows;
    append_mot_row(rows, 1, track(-0.001, 0));
    append_mot_row(rows, 1, track(-0.01, 0));
    EXPECT_EQ(
        rows,
        "1,7,0.00,2.00,31.00,1000000.00,0.0000,-1,-1,-1\n1,7,-0.01,2.00,31.00,1000000.00,0.0000,-1,-1,-1\n");
}

}  // namespace
}  // namespace chairside
